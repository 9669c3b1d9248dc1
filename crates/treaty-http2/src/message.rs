//! What the fields of a request or a response say together.
//!
//! *Holds*: what is returned is well-formed; what is not ends its stream. — *Source*: RFC 9113,
//! sections 8.1 to 8.3; gRPC over HTTP/2.

use crate::hpack::{Block, Name};

/// Fields that do not make a message. RFC 9113, section 8.1.1: a stream error of the kind
/// `PROTOCOL_ERROR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed: {0}")]
pub struct Malformed(pub &'static str);

/// What begins a call, borrowed from its block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestHead<'a> {
    /// `:method`
    pub method: &'a [u8],
    /// `:scheme`
    pub scheme: &'a [u8],
    /// `:path`; empty with CONNECT.
    pub path: &'a [u8],
    /// `:authority`; empty when there is none.
    pub authority: &'a [u8],
    /// `content-type`
    pub content_type: Option<&'a [u8]>,
    /// `content-length`
    pub content_length: Option<u64>,
    /// `grpc-timeout`
    pub timeout: Option<&'a [u8]>,
}

/// What begins an answer, borrowed from its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    /// `:status`
    pub status: u16,
    /// `content-length`
    pub content_length: Option<u64>,
    /// `grpc-status`, if the answer is nothing but trailers.
    pub grpc_status: Option<&'a [u8]>,
}

/// Reads the fields of a request.
///
/// # Errors
/// When they are not those of a request.
pub fn request(block: &Block) -> Result<RequestHead<'_>, Malformed> {
    well_formed(block)?;
    let mut head = RequestHead::default();
    let mut seen = 0_u8;
    let mut only = |bit: u8| {
        let first = seen & bit == 0;
        seen |= bit;
        if first { Ok(()) } else { Err(Malformed("a pseudo-header field comes twice")) }
    };
    let mut regular = false;
    for field in block.iter() {
        if field.name.is_pseudo() && regular {
            return Err(Malformed("a pseudo-header field comes after another field"));
        }
        regular |= !field.name.is_pseudo();
        match field.name {
            Name::Method => {
                only(1)?;
                head.method = field.value;
            }
            Name::Scheme => {
                only(2)?;
                head.scheme = field.value;
            }
            Name::Path => {
                only(4)?;
                head.path = field.value;
            }
            Name::Authority => {
                only(8)?;
                head.authority = field.value;
            }
            Name::Status | Name::OtherPseudo => {
                return Err(Malformed("a pseudo-header field that requests do not have"));
            }
            Name::Te if field.value != b"trailers" => {
                return Err(Malformed("`te` says anything but `trailers`"));
            }
            Name::ContentType => head.content_type = Some(field.value),
            Name::ContentLength => head.content_length = Some(length(field.value)?),
            Name::GrpcTimeout => head.timeout = Some(field.value),
            _ => {}
        }
    }
    let whole = !head.method.is_empty() && !head.scheme.is_empty() && !head.path.is_empty();
    let connects = head.method == b"CONNECT" && seen & 6 == 0 && !head.authority.is_empty();
    if whole || connects { Ok(head) } else { Err(Malformed("a pseudo-header field is missing")) }
}

/// Reads the fields of a response that is not informational.
///
/// # Errors
/// When they are not those of a response.
pub fn response(block: &Block) -> Result<ResponseHead<'_>, Malformed> {
    well_formed(block)?;
    let mut head = ResponseHead { status: 0, content_length: None, grpc_status: None };
    for (place, field) in block.iter().enumerate() {
        match field.name {
            Name::Status if place == 0 => {
                let text = std::str::from_utf8(field.value)
                    .ok()
                    .filter(|text| text.len() == 3 && text.as_bytes()[0] != b'+');
                head.status = text
                    .and_then(|text| text.parse().ok())
                    .filter(|status| (100..1000).contains(status))
                    .ok_or(Malformed("`:status` is not a number of three digits"))?;
            }
            name if name.is_pseudo() => {
                return Err(Malformed("a pseudo-header field that responses do not have"));
            }
            Name::ContentLength => head.content_length = Some(length(field.value)?),
            Name::GrpcStatus => head.grpc_status = Some(field.value),
            _ => {}
        }
    }
    if head.status == 0 { Err(Malformed("`:status` is missing")) } else { Ok(head) }
}

/// Checks the fields after a body.
///
/// # Errors
/// When they are not those of trailers.
pub fn trailers(block: &Block) -> Result<(), Malformed> {
    well_formed(block)?;
    if block.iter().any(|field| field.name.is_pseudo()) {
        return Err(Malformed("trailers have a pseudo-header field"));
    }
    Ok(())
}

fn well_formed(block: &Block) -> Result<(), Malformed> {
    if !block.is_valid() {
        return Err(Malformed("a name or a value has characters that HTTP/2 does not allow"));
    }
    if block.iter().any(|field| field.name == Name::OfConnection) {
        return Err(Malformed("a field of HTTP/1 connections"));
    }
    Ok(())
}

fn length(value: &[u8]) -> Result<u64, Malformed> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(value).ok().filter(|_| digits);
    text.and_then(|text| text.parse().ok()).ok_or(Malformed("`content-length` is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(fields: &[(&str, &str)]) -> Block {
        let mut block = Block::new();
        for (name, value) in fields {
            block.push(name, value.as_bytes());
        }
        block
    }

    const CALL: [(&str, &str); 4] =
        [(":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), (":authority", "a")];

    #[test]
    fn reads_a_call() {
        let mut fields = CALL.to_vec();
        fields.extend([("te", "trailers"), ("grpc-timeout", "1S"), ("content-length", "5")]);
        fields.push(("content-type", "application/grpc"));
        let block = block(&fields);
        let head = request(&block).unwrap();
        assert_eq!((head.path, head.authority), (&b"/a.B/C"[..], &b"a"[..]));
        assert_eq!((head.timeout, head.content_length), (Some(&b"1S"[..]), Some(5)));
        assert_eq!(head.content_type, Some(&b"application/grpc"[..]));
    }

    #[test]
    fn refuses_what_is_no_request() {
        for (at, field) in [
            (4, (":status", "200")),
            (4, (":protocol", "websocket")),
            (4, (":path", "/b")),
            (4, ("connection", "close")),
            (4, ("te", "gzip")),
            (4, ("Upper", "x")),
            (4, ("x", "a\nb")),
            (4, ("content-length", "+5")),
            (0, ("te", "trailers")),
        ] {
            let mut fields = CALL.to_vec();
            fields.insert(at, field);
            assert!(request(&block(&fields)).is_err(), "{field:?}");
        }
        for missing in 0..3 {
            let mut fields = CALL.to_vec();
            fields.remove(missing);
            assert!(request(&block(&fields)).is_err(), "{missing}");
        }
        let connect = [(":method", "CONNECT"), (":authority", "a:1")];
        assert!(request(&block(&connect)).is_ok());
    }

    #[test]
    fn reads_answers_and_trailers() {
        let head = block(&[(":status", "200"), ("grpc-status", "5")]);
        assert_eq!(
            response(&head),
            Ok(ResponseHead { status: 200, content_length: None, grpc_status: Some(b"5") })
        );
        for bad in [
            &[][..],
            &[("x", "y")],
            &[("x", "y"), (":status", "200")],
            &[(":status", "20")],
            &[(":status", "+20")],
            &[(":status", "200"), (":path", "/")],
        ] {
            assert!(response(&block(bad)).is_err(), "{bad:?}");
        }
        assert_eq!(trailers(&block(&[("grpc-status", "0")])), Ok(()));
        assert!(trailers(&head).is_err());
    }
}

//! The field names that a gRPC forwarder looks at.
//!
//! *Source*: RFC 9113, section 8; gRPC over HTTP/2; W3C Trace Context; gRFC A6.

/// A field's name, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// `:method`
    Method,
    /// `:scheme`
    Scheme,
    /// `:authority`
    Authority,
    /// `:path`
    Path,
    /// `:status`
    Status,
    /// Begins with a colon and is none of the above.
    OtherPseudo,
    /// `content-type`
    ContentType,
    /// `content-length`
    ContentLength,
    /// `te`
    Te,
    /// `grpc-timeout`
    GrpcTimeout,
    /// `grpc-status`
    GrpcStatus,
    /// `grpc-message`
    GrpcMessage,
    /// `grpc-retry-pushback-ms`
    GrpcRetryPushback,
    /// `grpc-previous-rpc-attempts`
    GrpcPreviousAttempts,
    /// `traceparent`
    TraceParent,
    /// `connection`, `keep-alive`, `proxy-connection`, `transfer-encoding` or `upgrade`: of
    /// HTTP/1 connections, and malformed in HTTP/2.
    OfConnection,
    /// Any other name of lower-case letters, digits and the marks of a token.
    Other,
    /// No name that HTTP/2 allows.
    Malformed,
}

impl Name {
    /// Which name this is.
    pub fn of(name: &[u8]) -> Self {
        match name {
            b":method" => Self::Method,
            b":scheme" => Self::Scheme,
            b":authority" => Self::Authority,
            b":path" => Self::Path,
            b":status" => Self::Status,
            b"content-type" => Self::ContentType,
            b"content-length" => Self::ContentLength,
            b"te" => Self::Te,
            b"grpc-timeout" => Self::GrpcTimeout,
            b"grpc-status" => Self::GrpcStatus,
            b"grpc-message" => Self::GrpcMessage,
            b"grpc-retry-pushback-ms" => Self::GrpcRetryPushback,
            b"grpc-previous-rpc-attempts" => Self::GrpcPreviousAttempts,
            b"traceparent" => Self::TraceParent,
            b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding"
            | b"upgrade" => Self::OfConnection,
            [b':', rest @ ..] if is_token(rest) => Self::OtherPseudo,
            name if is_token(name) => Self::Other,
            _ => Self::Malformed,
        }
    }

    /// Whether the name begins with a colon.
    pub fn is_pseudo(self) -> bool {
        matches!(
            self,
            Self::Method
                | Self::Scheme
                | Self::Authority
                | Self::Path
                | Self::Status
                | Self::OtherPseudo
        )
    }
}

/// Source: RFC 9110, section 5.6.2; RFC 9113, section 8.2.1: no upper case.
fn is_token(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|&b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b)
        })
}

/// Source: RFC 9113, section 8.2.1.
pub(super) fn is_value(value: &[u8]) -> bool {
    let blank = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
    !blank(value.first())
        && !blank(value.last())
        && !value.iter().any(|b| matches!(b, 0 | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_names_and_refuses_what_is_none() {
        assert_eq!(Name::of(b":path"), Name::Path);
        assert_eq!(Name::of(b":protocol"), Name::OtherPseudo);
        assert_eq!(Name::of(b"x-b3-traceid"), Name::Other);
        for bad in [&b""[..], b":", b"Te", b"a b", b"a:b", b"a\0", "\u{e9}".as_bytes()] {
            assert_eq!(Name::of(bad), Name::Malformed, "{bad:?}");
        }
    }

    #[test]
    fn refuses_values_that_could_split_a_message() {
        assert!(is_value(b"") && is_value(b"a b") && is_value("\u{e9}".as_bytes()));
        for bad in [&b" a"[..], b"a\t", b"a\r", b"a\nb: c", b"\0"] {
            assert!(!is_value(bad), "{bad:?}");
        }
    }
}

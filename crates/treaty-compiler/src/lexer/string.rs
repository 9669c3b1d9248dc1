//! Unescapes strings, and escapes the defaults of `bytes` fields. — *Source*: protoc's
//! `io/tokenizer.cc`, `absl::CEscape`.

use crate::compile::Places;

/// An escape that is none: its place within the token, its length, and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadEscape {
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) message: &'static str,
}

/// Appends what a string token stands for; the token has its quotes, or lacks the closing one. To buf,
/// half a surrogate pair is no escape, also where the other half follows.
pub(crate) fn unescape(
    token: &str,
    places: Places,
    into: &mut Vec<u8>,
    mut bad: impl FnMut(BadEscape),
) {
    let bytes = token.as_bytes();
    let Some(&quote) = bytes.first() else { return };
    let closed = bytes.len() > 1 && bytes.last() == Some(&quote);
    let end = if closed { bytes.len() - 1 } else { bytes.len() };
    let mut at = 1;
    while at < end {
        let plain = bytes[at..end].iter().position(|&byte| byte == b'\\').unwrap_or(end - at);
        into.extend_from_slice(&bytes[at..at + plain]);
        at += plain;
        if at < end {
            match escape(&bytes[at..end], places, into) {
                Ok(length) => at += length,
                Err((length, message)) => {
                    bad(BadEscape { at, length, message });
                    at += length;
                }
            }
        }
    }
}

type Escape = Result<usize, (usize, &'static str)>;

/// One escape at the beginning of `rest`: its length.
fn escape(rest: &[u8], places: Places, into: &mut Vec<u8>) -> Escape {
    let Some(&letter) = rest.get(1) else { return Err((1, "a backslash escapes nothing")) };
    let simple = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'?' | b'\'' | b'"' => letter,
        b'0'..=b'7' => return Ok(1 + digits(&rest[1..], 8, 3, into)),
        b'x' | b'X' => match digits(&rest[2..], 16, 2, into) {
            0 => return Err((2, "`\\x` needs one or two hexadecimal digits")),
            length => return Ok(2 + length),
        },
        b'u' | b'U' => return unicode(rest, places, into),
        // The whole character, so that what is reported and left out is one.
        _ => {
            let width = rest[2..].iter().take_while(|&&byte| byte & 0xc0 == 0x80).count();
            return Err((2 + width, "there is no such escape"));
        }
    };
    into.push(simple);
    Ok(2)
}

/// Appends the byte that up to `most` digits stand for; how many there are.
fn digits(rest: &[u8], radix: u32, most: usize, into: &mut Vec<u8>) -> usize {
    let values = rest.iter().take(most).map_while(|&byte| char::from(byte).to_digit(radix));
    let (length, value) =
        values.fold((0, 0), |(length, sum), digit| (length + 1, sum * radix + digit));
    if length > 0 {
        into.push(value as u8);
    }
    length
}

fn unicode(rest: &[u8], places: Places, into: &mut Vec<u8>) -> Escape {
    const WRONG: &str = "`\\u` needs four hexadecimal digits, `\\U` eight up to 0010ffff";
    let (head, mut length) = code(rest).ok_or((2, WRONG))?;
    let mut point = head;
    if places == Places::Protoc && (0xd800..0xdc00).contains(&head) {
        let tail = code(&rest[length..])
            .filter(|(tail, width)| *width == 6 && (0xdc00..0xe000).contains(tail));
        if let Some((tail, width)) = tail {
            point = 0x10000 + ((head - 0xd800) << 10 | (tail - 0xdc00));
            length += width;
        }
    }
    let character = char::from_u32(point).ok_or((length, "that is half a surrogate pair"))?;
    into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(length)
}

/// `\uXXXX` or `\UXXXXXXXX`: its number and length.
fn code(rest: &[u8]) -> Option<(u32, usize)> {
    let width = match rest {
        [b'\\', b'u', ..] => 4,
        [b'\\', b'U', ..] => 8,
        _ => return None,
    };
    let digits = std::str::from_utf8(rest.get(2..2 + width)?).ok()?;
    let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = all_hex.then(|| u32::from_str_radix(digits, 16).ok())??;
    (number <= 0x10_ffff).then_some((number, 2 + width))
}

/// As `descriptor.proto` has the default of a `bytes` field.
pub(crate) fn c_escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'"' => text.push_str("\\\""),
            b'\'' => text.push_str("\\'"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\{byte:03o}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(token: &str) -> (Vec<u8>, Vec<BadEscape>) {
        read_as(token, Places::Protoc)
    }

    fn read_as(token: &str, places: Places) -> (Vec<u8>, Vec<BadEscape>) {
        let (mut bytes, mut bad) = (Vec::new(), Vec::new());
        unescape(token, places, &mut bytes, |one| bad.push(one));
        (bytes, bad)
    }

    #[test]
    fn escapes_stand_for_bytes() {
        let all = r#""a\n\t\x41\X4\101\7\0\\\'\"\?ü\u00fc\U0001f600""#;
        let expected = b"a\n\tA\x04A\x07\0\\'\"?\xc3\xbc\xc3\xbc\xf0\x9f\x98\x80";
        assert_eq!(read(all), (expected.to_vec(), vec![]));
        assert_eq!(read(r#""\ud83d\ude00""#), ("😀".as_bytes().to_vec(), vec![]));
        assert_eq!(read_as(r#""\ud83d\ude00""#, Places::Buf).1.len(), 2, "halves of a pair");
        assert_eq!(read(r"'\777'"), (vec![0xff], vec![]));
    }

    #[test]
    fn what_is_no_escape_is_told_with_its_place() {
        for (token, at, length) in [
            (r#""a\q""#, 2, 2),
            (r#""\x""#, 1, 2),
            (r#""\u12""#, 1, 2),
            (r#""\U00110000""#, 1, 2),
            (r#""\ud800x""#, 1, 6),
            (r#""\ü""#, 1, 3),
        ] {
            let (_, bad) = read(token);
            let places: Vec<_> = bad.iter().map(|bad| (bad.at, bad.length)).collect();
            assert_eq!(places, [(at, length)], "{token}: {bad:?}");
        }
    }

    #[test]
    fn bytes_are_escaped_as_protoc_does() {
        assert_eq!(c_escape(b"\0\x01a\"'\\\n\xff "), "\\000\\001a\\\"\\'\\\\\\n\\377 ");
    }
}

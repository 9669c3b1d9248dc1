//! Quotes text as Go's `%q` does, which is how buf's messages show it.

/// In double quotes, with what cannot be printed escaped.
pub(crate) fn quoted(text: &str) -> String {
    quoted_bytes(text.as_bytes())
}

/// The same for bytes that need not be UTF-8.
pub(crate) fn quoted_bytes(bytes: &[u8]) -> String {
    let mut quoted = String::with_capacity(bytes.len() + 2);
    quoted.push('"');
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|letter| push(&mut quoted, letter));
        chunk.invalid().iter().for_each(|byte| quoted.push_str(&format!("\\x{byte:02x}")));
    }
    quoted.push('"');
    quoted
}

fn push(into: &mut String, letter: char) {
    match letter {
        '"' | '\\' => into.extend(['\\', letter]),
        '\x07' => into.push_str("\\a"),
        '\x08' => into.push_str("\\b"),
        '\x0c' => into.push_str("\\f"),
        '\n' => into.push_str("\\n"),
        '\r' => into.push_str("\\r"),
        '\t' => into.push_str("\\t"),
        '\x0b' => into.push_str("\\v"),
        ' '..='~' => into.push(letter),
        '\0'..='\x1f' | '\x7f' => into.push_str(&format!("\\x{:02x}", u32::from(letter))),
        _ if is_printed(letter) => into.push(letter),
        _ if u32::from(letter) > 0xffff => into.push_str(&format!("\\U{:08x}", u32::from(letter))),
        _ => into.push_str(&format!("\\u{:04x}", u32::from(letter))),
    }
}

/// Rust's own debug form escapes what cannot be printed, and marks that join another letter.
fn is_printed(letter: char) -> bool {
    !letter.is_whitespace() && letter.escape_debug().count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_as_go_quotes_it() {
        assert_eq!(quoted("a\"\\\n\x01é"), r#""a\"\\\n\x01é""#);
        assert_eq!(quoted("\u{a0}\u{200b}\u{10ffff}"), r#""\u00a0\u200b\U0010ffff""#);
        assert_eq!(quoted_bytes(&[b'a', 0xff]), r#""a\xff""#);
    }
}

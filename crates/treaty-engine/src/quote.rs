//! Quotes text as buf's messages do. — *Source*: Go's `%q`, which is `strconv.Quote`; of letters that a
//! later Unicode names than Go's does, ours are printed and Go's escaped.

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

/// Letters, marks, numbers, punctuation and signs. Rust tells them from the others in its debug form,
/// where marks are as they are only behind another letter.
fn is_printed(letter: char) -> bool {
    let behind_another = String::from_iter(['a', letter]);
    behind_another.escape_debug().eq(behind_another.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_as_go_quotes_it() {
        for (text, expected) in [
            ("a/b;c", r#""a/b;c""#),
            ("a\"b\\c\n\t\r\x07\x08\x0b\x0c", r#""a\"b\\c\n\t\r\a\b\v\f""#),
            ("\0\u{1}\u{7f}é'", r#""\x00\x01\x7fé'""#),
            ("\u{80}\u{9f}", r#""\u0080\u009f""#),
            ("\u{a0}\u{200b}\u{ad}\u{2028}\u{feff}", r#""\u00a0\u200b\u00ad\u2028\ufeff""#),
            // Marks are printed, joiners and private letters are not.
            (
                "e\u{301} \u{301}\u{e34}\u{94d}\u{fe0f}",
                "\"e\u{301} \u{301}\u{e34}\u{94d}\u{fe0f}\"",
            ),
            ("\u{200c}\u{200d}\u{e000}\u{fffe}", r#""\u200c\u200d\ue000\ufffe""#),
            ("日本 \u{1f600}\u{fffd}", "\"日本 \u{1f600}\u{fffd}\""),
            ("\u{3000}\u{e0001}\u{10ffff}", r#""\u3000\U000e0001\U0010ffff""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
        assert_eq!(quoted_bytes(&[b'a', 0xff, 0xe2, 0x82]), r#""a\xff\xe2\x82""#);
    }
}

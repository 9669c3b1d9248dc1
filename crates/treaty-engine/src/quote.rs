//! Quotes text as buf's messages do. — *Source*: Go's `%q`.

use std::fmt::Write as _;

/// The text between double quotes, with what cannot be printed escaped.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        push(&mut quoted, letter);
    }
    quoted.push('"');
    quoted
}

fn push(into: &mut String, letter: char) {
    let short = match letter {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        _ => "",
    };
    let written = match letter {
        _ if !short.is_empty() => into.write_str(short),
        _ if is_printed(letter) => into.write_char(letter),
        '\0'..=' ' | '\u{7f}' => write!(into, "\\x{:02x}", letter as u32),
        '\u{80}'..='\u{ffff}' => write!(into, "\\u{:04x}", letter as u32),
        _ => write!(into, "\\U{:08x}", letter as u32),
    };
    written.expect("a string takes all that is written");
}

/// Letters, marks, numbers, signs and the plain space, as far as Rust tells them: Rust escapes what
/// Unicode does not print, and other spaces.
fn is_printed(letter: char) -> bool {
    match letter {
        ' '..='~' => true,
        _ if letter.is_whitespace() || letter.is_control() => false,
        // Marks that join the letter before are escaped by Rust, not by Go.
        _ => letter.is_alphanumeric() || is_mark(letter) || letter.escape_debug().len() == 1,
    }
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20f0}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        for (text, expected) in [
            ("a/b;c", r#""a/b;c""#),
            ("a\"b\\c\n\t", r#""a\"b\\c\n\t""#),
            ("\u{1}\u{7f}é", r#""\x01\x7fé""#),
            ("\u{a0}\u{200b}\u{ad}", r#""\u00a0\u200b\u00ad""#),
            ("日本 \u{1f600}", "\"日本 \u{1f600}\""),
            ("e\u{301}", "\"e\u{301}\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}

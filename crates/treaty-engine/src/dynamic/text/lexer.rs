//! Splits the text format into tokens. — *Holds*: every token knows where it begins.

use super::Unreadable;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name, or a word such as `true`.
    Word(String),
    /// Digits as written, with `0x` or a suffix `f`.
    Number(String),
    /// Unescaped.
    Text(Vec<u8>),
    Sign(char),
    End,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The token that comes next, and where it begins.
    next: Token,
    start: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, Unreadable> {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut lexer = Self { text, at, next: Token::End, start: 0 };
        lexer.advance()?;
        Ok(lexer)
    }

    pub(super) fn peek(&self) -> &Token {
        &self.next
    }

    pub(super) fn is(&self, sign: char) -> bool {
        self.next == Token::Sign(sign)
    }

    /// Takes the sign if it comes next.
    pub(super) fn take(&mut self, sign: char) -> Result<bool, Unreadable> {
        let is = self.is(sign);
        if is {
            self.advance()?;
        }
        Ok(is)
    }

    pub(super) fn next(&mut self) -> Result<Token, Unreadable> {
        let token = std::mem::replace(&mut self.next, Token::End);
        self.advance()?;
        Ok(token)
    }

    /// An error at the token that comes next.
    pub(super) fn error<T>(&self, why: impl Into<String>) -> Result<T, Unreadable> {
        Err(self.error_at(self.start, why))
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    pub(super) fn error_at(&self, at: usize, why: impl Into<String>) -> Unreadable {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        Unreadable { line, column: before.len() - line_start + 1, why: why.into() }
    }

    fn advance(&mut self) -> Result<(), Unreadable> {
        self.skip_space();
        self.start = self.at;
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            self.next = Token::End;
            return Ok(());
        };
        let until = |ends: &dyn Fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        self.next = match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = until(&|letter| !is_word(letter));
                self.at += end;
                Token::Word(rest[..end].to_owned())
            }
            '0'..='9' => self.number(rest),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(rest),
            '"' | '\'' => {
                self.at += 1;
                Token::Text(self.quoted(first as u8)?)
            }
            sign => {
                self.at += sign.len_utf8();
                Token::Sign(sign)
            }
        };
        Ok(())
    }

    fn skip_space(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn number(&mut self, rest: &str) -> Token {
        let bytes = rest.as_bytes();
        let mut end = 0;
        while let Some(byte) = bytes.get(end) {
            let exponent = end > 0 && matches!(bytes[end - 1], b'e' | b'E');
            let hex = rest.starts_with("0x") || rest.starts_with("0X");
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'_' => end += 1,
                b'+' | b'-' if exponent && !hex => end += 1,
                _ => break,
            }
        }
        self.at += end;
        Token::Number(rest[..end].to_owned())
    }

    fn quoted(&mut self, quote: u8) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.text.as_bytes();
        let mut unescaped = Vec::new();
        loop {
            match bytes.get(self.at) {
                None | Some(b'\n') => {
                    return Err(self.error_at(self.start, "the string has no end"));
                }
                Some(byte) if *byte == quote => {
                    self.at += 1;
                    return Ok(unescaped);
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut unescaped)?;
                }
                Some(byte) => {
                    unescaped.push(*byte);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, into: &mut Vec<u8>) -> Result<(), Unreadable> {
        let Some(&kind) = self.text.as_bytes().get(self.at) else {
            return Err(self.error_at(self.start, "the string has no end"));
        };
        if !kind.is_ascii_digit() {
            self.at += 1;
        }
        match kind {
            b'a' => into.push(7),
            b'b' => into.push(8),
            b'f' => into.push(12),
            b'n' => into.push(b'\n'),
            b'r' => into.push(b'\r'),
            b't' => into.push(b'\t'),
            b'v' => into.push(11),
            b'\\' | b'\'' | b'"' | b'?' => into.push(kind),
            b'x' | b'X' => into.push(self.digits(16, 1, 2)? as u8),
            b'0'..=b'7' => into.push(self.digits(8, 1, 3)? as u8),
            b'u' => self.letter(4, into)?,
            b'U' => self.letter(8, into)?,
            _ => return Err(self.error_at(self.at - 1, "this escape is not known")),
        }
        Ok(())
    }

    fn letter(&mut self, digits: usize, into: &mut Vec<u8>) -> Result<(), Unreadable> {
        let start = self.at;
        let mut code = self.digits(16, digits, digits)?;
        let high = (0xd800..0xdc00).contains(&code);
        if high && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let low = self.digits(16, 4, 4)?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        let letter = char::from_u32(code);
        let letter = letter.ok_or_else(|| self.error_at(start, "this is no character"))?;
        into.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn digits(&mut self, radix: u32, least: usize, most: usize) -> Result<u32, Unreadable> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
        let count = rest.iter().take(most).take_while(is_digit).count();
        if count < least {
            return Err(self.error_at(self.at, "digits are missing"));
        }
        let digits = rest[..count].iter().filter_map(|&byte| char::from(byte).to_digit(radix));
        let number = digits.fold(0_u32, |number, digit| number.wrapping_mul(radix) + digit);
        self.at += count;
        if radix == 8 && number > 255 {
            return Err(self.error_at(self.at, "this is more than a byte"));
        }
        Ok(number)
    }
}

//! Cuts an expression into tokens. — *Source*: `CEL.g4` of cel-go, whose tokens its errors show.

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Name,
    /// A name between backticks.
    Escaped,
    Int,
    Uint,
    Float,
    Text(String),
    Bytes(Vec<u8>),
    /// An operator, a bracket, or a word that is one.
    Sign(&'static str),
    End,
}

/// A token as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
}

const SIGNS: [&str; 27] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!",
    "?", ":", "+", "*", "/", "%", "true", "false", "null",
];

/// The tokens, the last an end; and what is none.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<String>) {
    let mut lexer = Lexer { rest: text, errors: Vec::new() };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token() {
        tokens.push(token);
    }
    tokens.push(Token { kind: Kind::End, text: "<EOF>".to_owned() });
    (tokens, lexer.errors)
}

struct Lexer<'t> {
    rest: &'t str,
    errors: Vec<String>,
}

impl<'t> Lexer<'t> {
    fn token(&mut self) -> Option<Token> {
        loop {
            self.rest = self.rest.trim_start_matches(['\t', ' ', '\r', '\n', '\x0c']);
            if let Some(comment) = self.rest.strip_prefix("//") {
                self.rest = comment.find('\n').map_or("", |end| &comment[end..]);
                continue;
            }
            let first = self.rest.chars().next()?;
            let token = self.quoted().or_else(|| self.number(first)).or_else(|| self.word(first));
            if let Some(token) = token.or_else(|| self.sign()) {
                return Some(token);
            }
            self.refuse(first);
        }
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// An open quote swallows what is behind it, any other letter goes alone.
    fn refuse(&mut self, first: char) {
        let end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
        let length = if matches!(first, '"' | '\'') { end } else { first.len_utf8() };
        let wrong = self.take(length);
        self.errors.push(format!("token recognition error at: '{wrong}'"));
    }

    fn word(&mut self, first: char) -> Option<Token> {
        if first == '`' {
            let end = self.rest[1..].find('`')? + 2;
            let text = self.take(end).to_owned();
            return Some(Token { kind: Kind::Escaped, text });
        }
        if !first.is_ascii_alphabetic() && first != '_' {
            return None;
        }
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let text = self.take(end.unwrap_or(self.rest.len()));
        let kind = match text {
            "in" => Kind::Sign("in"),
            _ => SIGNS.iter().find(|sign| **sign == text).map_or(Kind::Name, |s| Kind::Sign(s)),
        };
        Some(Token { kind, text: text.to_owned() })
    }

    fn sign(&mut self) -> Option<Token> {
        let sign = SIGNS.iter().find(|sign| self.rest.starts_with(**sign))?;
        let text = self.take(sign.len()).to_owned();
        Some(Token { kind: Kind::Sign(sign), text })
    }

    fn number(&mut self, first: char) -> Option<Token> {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let point = first == '.' && digits(&self.rest[1..]) > 0;
        if !first.is_ascii_digit() && !point {
            return None;
        }
        if let Some(hex) = self.rest.strip_prefix("0x") {
            let length = hex.bytes().take_while(u8::is_ascii_hexdigit).count();
            if length > 0 {
                return Some(self.whole(length + 2));
            }
        }
        let mut length = digits(self.rest);
        let mut float = false;
        let fraction = self.rest[length..].strip_prefix('.').map_or(0, digits);
        if fraction > 0 {
            length += fraction + 1;
            float = true;
        }
        let exponent = &self.rest[length..];
        if let Some(power) = exponent.strip_prefix(['e', 'E']) {
            let sign = usize::from(power.starts_with(['+', '-']));
            let power = digits(&power[sign..]);
            if power > 0 {
                length += 1 + sign + power;
                float = true;
            }
        }
        if float {
            let text = self.take(length).to_owned();
            return Some(Token { kind: Kind::Float, text });
        }
        Some(self.whole(length))
    }

    fn whole(&mut self, length: usize) -> Token {
        let unsigned = self.rest[length..].starts_with(['u', 'U']);
        let text = self.take(length + usize::from(unsigned)).to_owned();
        Token { kind: if unsigned { Kind::Uint } else { Kind::Int }, text }
    }

    /// A string or bytes, with `r` and `b` before it and one or three quotes around it.
    fn quoted(&mut self) -> Option<Token> {
        let prefix = self.rest.bytes().take(2).take_while(|byte| b"rRbB".contains(byte)).count();
        let (letters, rest) = self.rest.split_at(prefix);
        let letters = letters.to_ascii_lowercase();
        if !matches!(&*letters, "" | "r" | "b" | "br" | "rb") {
            return None;
        }
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|one| rest.starts_with(one))?;
        let body = &rest[quote.len()..];
        let raw = letters.contains('r');
        let length = body_length(body, quote, raw)?;
        let content = &body[..length];
        let bytes = letters.contains('b');
        let kind = unescape(content, raw, bytes)?;
        let text = self.take(prefix + 2 * quote.len() + length).to_owned();
        Some(Token { kind, text })
    }
}

/// How far it is to the quote that closes.
fn body_length(body: &str, quote: &str, raw: bool) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &body[at..];
        if rest.starts_with(quote) {
            return Some(at);
        }
        let letter = rest.chars().next()?;
        if quote.len() == 1 && matches!(letter, '\n' | '\r') {
            return None;
        }
        at += letter.len_utf8();
        if letter == '\\' && !raw {
            at += body[at..].chars().next()?.len_utf8();
        }
    }
}

/// None where an escape is none.
fn unescape(content: &str, raw: bool, bytes: bool) -> Option<Kind> {
    let mut out = Vec::with_capacity(content.len());
    let mut letters = content.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' || raw {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let (digits, radix) = match letters.next()? {
            'a' => (Err(7), 0),
            'b' => (Err(8), 0),
            'f' => (Err(12), 0),
            'n' => (Err(10), 0),
            'r' => (Err(13), 0),
            't' => (Err(9), 0),
            'v' => (Err(11), 0),
            sign @ ('\\' | '\'' | '"' | '`' | '?') => (Err(sign as u32), 0),
            'x' | 'X' => (Ok((String::new(), 2)), 16),
            'u' if !bytes => (Ok((String::new(), 4)), 16),
            'U' if !bytes => (Ok((String::new(), 8)), 16),
            digit @ '0'..='3' => (Ok((digit.to_string(), 2)), 8),
            _ => return None,
        };
        let code = match digits {
            Err(code) => code,
            Ok((mut digits, more)) => {
                digits.extend(letters.by_ref().take(more));
                let whole = digits.len() == more + usize::from(radix == 8);
                u32::from_str_radix(&digits, radix).ok().filter(|_| whole)?
            }
        };
        if bytes {
            out.push(u8::try_from(code).ok()?);
        } else {
            out.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    Some(if bytes { Kind::Bytes(out) } else { Kind::Text(String::from_utf8(out).ok()?) })
}

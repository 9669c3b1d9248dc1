//! Cuts a source into tokens, one at a time, straight from its bytes. — *Does not* keep tokens,
//! and does not unescape or convert them: [`number`] and [`string`] do. — *Holds*: every step ends
//! nearer to the end of the text; equal text gives equal tokens. — *Source*: protoc's
//! `io/tokenizer.cc`, whose lines and columns these are, unless they are to be buf's.

mod blank;
pub(crate) mod number;
pub(crate) mod string;
pub(crate) mod width;

use crate::compile::Places;
use crate::descriptor::{Position, Span};
pub(crate) use blank::CommentStyle;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Also every keyword: which one it is, only its place tells.
    Identifier,
    Integer,
    Float,
    /// With its quotes.
    String,
    /// One ASCII character.
    Symbol(u8),
    End,
}

/// A token, by its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) end_column: u32,
}

impl Token {
    /// What stands before the first token.
    pub(crate) const BEFORE_FIRST: Self =
        Self { kind: TokenKind::End, start: 0, end: 0, line: 0, column: 0, end_column: 0 };

    pub(crate) fn span(self) -> Span {
        Span {
            start: Position { line: self.line, column: self.column },
            end: Position { line: self.line, column: self.end_column },
        }
    }
}

/// What is wrong with the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

/// A place in the text from which tokens are read.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// The offset minus the column: moved by line ends and by tabs.
    base: i64,
    /// Where a tab goes: to the next multiple of this.
    tab: i64,
    /// Columns are of a terminal, not bytes.
    by_width: bool,
    /// `#` begins a comment, as it does within message literals.
    pub(crate) hash_comments: bool,
    /// A comment is never closed, so that whatever follows is lost.
    pub(crate) is_cut: bool,
    /// Found since somebody last took them.
    pub(crate) faults: Vec<Fault>,
}

const PROTOC_TAB: i64 = 8;

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'a> Lexer<'a> {
    /// At the beginning of a text below 4 GiB, behind its byte order mark.
    pub(crate) fn new(text: &'a str, places: Places) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let by_width = places == Places::Buf;
        let (tab, base) = if by_width { (width::TAB, at as i64) } else { (PROTOC_TAB, 0) };
        Self {
            text,
            at,
            line: 0,
            base,
            tab,
            by_width,
            hash_comments: false,
            is_cut: false,
            faults: Vec::new(),
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    fn byte(&self) -> Option<u8> {
        self.byte_at(self.at)
    }

    fn byte_at(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn column(&self) -> u32 {
        u32::try_from(self.at as i64 - self.base).unwrap_or(u32::MAX)
    }

    fn position(&self) -> Position {
        Position { line: self.line, column: self.column() }
    }

    fn tab(&mut self) {
        let column = self.at as i64 - self.base;
        self.at += 1;
        self.base = self.at as i64 - (column / self.tab + 1) * self.tab;
    }

    fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.base = self.at as i64;
    }

    /// The next token; whitespace and comments before it are passed over.
    pub(crate) fn next(&mut self) -> Token {
        loop {
            self.skip_whitespace_and_comments();
            let start = self.at;
            let (line, column) = (self.line, self.column());
            let Some(kind) = self.token() else { continue };
            return Token {
                kind,
                start: start as u32,
                end: self.at as u32,
                line,
                column,
                end_column: self.column(),
            };
        }
    }

    /// None if here is something that no token begins with; it is passed over.
    fn token(&mut self) -> Option<TokenKind> {
        let Some(first) = self.byte() else { return Some(TokenKind::End) };
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.pass_while(is_alphanumeric);
                Some(TokenKind::Identifier)
            }
            b'0'..=b'9' => Some(self.number()),
            b'.' if self.byte_at(self.at + 1).is_some_and(|next| next.is_ascii_digit()) => {
                Some(self.number())
            }
            b'"' | b'\'' => {
                let (begin, column) = (self.at, self.column());
                self.string(first);
                self.measure(begin, column);
                Some(TokenKind::String)
            }
            0..b' ' | 0x7f.. => {
                self.unknown();
                None
            }
            symbol => {
                self.at += 1;
                Some(TokenKind::Symbol(symbol))
            }
        }
    }

    fn pass_while(&mut self, class: fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|&byte| !class(byte)).unwrap_or(rest.len());
    }

    fn unknown(&mut self) {
        let start = self.position();
        let begin = self.at;
        self.pass_while(|byte| {
            byte >= 0x7f || (byte < b' ' && !byte.is_ascii_whitespace() && byte != 0x0b)
        });
        // What no token follows buf does not look at.
        if self.by_width && self.text[self.at..].trim_ascii().is_empty() {
            return;
        }
        let found: String = self.text[begin..self.at].chars().take(20).collect();
        let what = format!("`{}` cannot stand here", found.escape_debug());
        self.faults.push(Fault {
            span: Span { start, end: self.position() },
            message: what,
            help: Some("only comments and strings hold more than ASCII"),
        });
    }

    /// Passes a string up to its closing quote, or to the end of the line.
    fn string(&mut self, quote: u8) {
        let start = self.position();
        self.at += 1;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' => break,
                b'\t' => self.tab(),
                0 => self.nul(),
                // A backslash keeps the quote behind it from closing, never the end of the line.
                b'\\' => {
                    self.at += 1;
                    if self.byte().is_some_and(|next| next == quote || next == b'\\') {
                        self.at += 1;
                    }
                }
                _ => {
                    self.at += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
        self.faults.push(Fault {
            span: Span { start, end: self.position() },
            message: "this string is never closed".to_owned(),
            help: Some("a string ends on the line where it begins; several in a row are joined"),
        });
    }

    fn nul(&mut self) {
        let start = self.position();
        self.at += 1;
        self.faults.push(Fault {
            span: Span { start, end: self.position() },
            message: "there is a NUL character in the string".to_owned(),
            help: Some("write it as `\\0`"),
        });
    }

    fn number(&mut self) -> TokenKind {
        let (begin, start) = (self.at, self.position());
        let is_float = self.digits();
        let misfit = self.byte().is_some_and(|next| is_letter(next) || next == b'.');
        if misfit || number::is_malformed(&self.text[begin..self.at]) {
            self.pass_while(|byte| is_alphanumeric(byte) || byte == b'.');
            self.faults.push(Fault {
                span: Span { start, end: self.position() },
                message: format!("`{}` is no number", &self.text[begin..self.at]),
                help: Some(
                    "numbers are decimal, hexadecimal as `0x1f`, octal as `017`, or as `1.5e3`; \
                     a name behind one is set apart by a space",
                ),
            });
        }
        if is_float { TokenKind::Float } else { TokenKind::Integer }
    }

    /// Passes what belongs to a number, and tells whether it is a float.
    fn digits(&mut self) -> bool {
        let second = self.byte_at(self.at + 1);
        if self.byte() == Some(b'0') && matches!(second, Some(b'x' | b'X')) {
            self.at += 2;
            self.pass_while(|byte| byte.is_ascii_hexdigit());
            return false;
        }
        let is_octal =
            self.byte() == Some(b'0') && second.is_some_and(|next| next.is_ascii_digit());
        self.pass_while(|byte| byte.is_ascii_digit());
        if is_octal {
            return false;
        }
        let mut is_float = false;
        if self.byte() == Some(b'.') {
            is_float = true;
            self.at += 1;
            self.pass_while(|byte| byte.is_ascii_digit());
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            is_float = true;
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.pass_while(|byte| byte.is_ascii_digit());
        }
        is_float
    }
}

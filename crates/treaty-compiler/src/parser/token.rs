//! Looks at tokens and consumes them.

use super::{Failed, Parse, Parser};
use crate::comments::{Between, paragraphs};
use crate::compile::Places;
use crate::descriptor::{LocationId, Position, Span};
use crate::lexer::{Token, TokenKind, string, width};

impl<'a> Parser<'a> {
    /// Reads the first token, and the comments before it.
    pub(super) fn start(&mut self) {
        let (between, token) = self.read_between(None);
        self.leading = between.leading;
        self.detached = between.detached;
        self.step(token);
    }

    pub(super) fn advance(&mut self) {
        let token = self.lexer.next();
        self.step(token);
    }

    fn step(&mut self, token: Token) {
        self.previous = self.current;
        self.current = token;
        if !self.lexer.faults.is_empty() {
            for fault in std::mem::take(&mut self.lexer.faults) {
                self.fault_line = Some(fault.span.end.line);
                self.report(fault.span, fault.message, fault.help);
            }
        }
        if self.room == 0 {
            self.current = Token { kind: TokenKind::End, ..token };
        }
    }

    /// Consumes the token that ends a statement or begins or ends a block: the comments behind it
    /// are its location's, as are those that stood before the statement.
    pub(super) fn finish(&mut self, location: Option<LocationId>) {
        let ends_block = self.at(b'}');
        let (between, token) = self.read_between(Some(self.current));
        self.step(token);
        let leading = std::mem::replace(&mut self.leading, between.leading);
        if let Some(location) = location {
            self.locations.attach(location, leading, between.trailing, &self.detached);
            self.detached = between.detached;
        } else if ends_block || self.places == Places::Buf {
            self.detached = between.detached;
        } else {
            self.detached.extend(between.detached);
        }
    }

    fn read_between(&mut self, previous: Option<Token>) -> (Between, Token) {
        match self.places {
            Places::Buf => paragraphs::read(&mut self.lexer, previous),
            Places::Protoc => Between::read(&mut self.lexer, previous.is_none()),
        }
    }

    pub(super) fn text_of(&self, token: Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The current token, if it is an identifier, else nothing.
    pub(super) fn word(&self) -> &'a str {
        self.word_of(self.current)
    }

    pub(super) fn word_of(&self, token: Token) -> &'a str {
        if token.kind == TokenKind::Identifier { self.text_of(token) } else { "" }
    }

    pub(super) fn at(&self, symbol: u8) -> bool {
        self.current.kind == TokenKind::Symbol(symbol)
    }

    pub(super) fn at_end(&self) -> bool {
        self.current.kind == TokenKind::End
    }

    /// The tokens behind the current one, without consuming them.
    pub(super) fn ahead(&self) -> impl Iterator<Item = Token> {
        let mut lexer = self.lexer.clone();
        std::iter::repeat_with(move || lexer.next())
    }

    pub(super) fn try_symbol(&mut self, symbol: u8) -> bool {
        let here = self.at(symbol);
        if here {
            self.advance();
        }
        here
    }

    pub(super) fn try_word(&mut self, word: &str) -> bool {
        let here = self.word() == word;
        if here {
            self.advance();
        }
        here
    }

    pub(super) fn symbol(&mut self, symbol: u8) -> Parse {
        if self.try_symbol(symbol) {
            return Ok(());
        }
        Err(self.expected(&format!("`{}`", char::from(symbol)), None))
    }

    pub(super) fn identifier(&mut self, what: &str) -> Parse<&'a str> {
        if self.current.kind != TokenKind::Identifier {
            return Err(self.expected(what, None));
        }
        let word = self.word();
        self.advance();
        Ok(word)
    }

    /// Reports that something else stands here.
    pub(super) fn expected(&mut self, what: &str, help: Option<&str>) -> Failed {
        // What is missing at the end of a line is missing there, not where the next one begins.
        let is_behind = self.current.line > self.previous.line && self.previous.end > 0;
        let span = if is_behind { self.behind_previous() } else { self.current.span() };
        self.expected_at(span, what, help)
    }

    /// Reports that another statement stands here.
    pub(super) fn expected_statement(&mut self, what: &str, help: &str) -> Failed {
        self.expected_at(self.current.span(), what, Some(help))
    }

    fn expected_at(&mut self, span: Span, what: &str, help: Option<&str>) -> Failed {
        if !self.follows_fault() {
            let found = self.found();
            self.report(span, format!("expected {what}, found {found}"), help);
        }
        Failed
    }

    /// Whether the text itself is at fault on this line, so that more need not be said of it.
    fn follows_fault(&self) -> bool {
        let lines = [self.previous.line, self.current.line];
        self.fault_line.is_some_and(|line| lines.contains(&line))
    }

    /// The character behind the previous token.
    pub(super) fn behind_previous(&self) -> Span {
        let start = self.previous.span().end;
        Span { start, end: Position { column: start.column + 1, ..start } }
    }

    /// What stands here, for a message.
    pub(super) fn found(&self) -> String {
        match self.current.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::String => "a string".to_owned(),
            _ => {
                let text = self.text_of(self.current);
                let short: String = text.chars().take(40).collect();
                let rest = if short.len() < text.len() { "..." } else { "" };
                format!("`{}{rest}`", short.escape_debug())
            }
        }
    }

    /// The end of a statement. Where only the semicolon is missing it is thought to be there.
    pub(super) fn semicolon(&mut self, location: Option<LocationId>) -> Parse {
        if self.at(b';') {
            self.finish(location);
            return Ok(());
        }
        let is_next_line = self.current.line > self.previous.line;
        let is_next_statement = match self.current.kind {
            TokenKind::Symbol(b'}') | TokenKind::End => true,
            TokenKind::Identifier => is_next_line,
            _ => false,
        };
        let help = "a statement ends with `;`";
        if !is_next_statement {
            return Err(self.expected("`;`", Some(help)));
        }
        self.expected_at(self.behind_previous(), "`;`", Some(help));
        Ok(())
    }

    /// Adjacent strings, joined.
    pub(super) fn string(&mut self, what: &str) -> Parse<Vec<u8>> {
        if self.current.kind != TokenKind::String {
            return Err(self.expected(what, None));
        }
        let mut joined = Vec::new();
        while self.current.kind == TokenKind::String {
            let token = self.current;
            let mut bad = Vec::new();
            let text = self.text_of(token);
            string::unescape(text, self.places, &mut joined, |escape| bad.push(escape));
            for escape in bad {
                self.report_escape(token, escape);
            }
            self.advance();
        }
        Ok(joined)
    }

    fn report_escape(&mut self, token: Token, escape: string::BadEscape) {
        let text = self.text_of(token);
        let written = &text[escape.at..escape.at + escape.length];
        let behind = |column, text: &str| match self.places {
            Places::Buf => width::column_behind(column, text),
            // A tab within the string is rare, and moves only the mark of this message.
            Places::Protoc => column + text.len() as u32,
        };
        let start = behind(token.column, &text[..escape.at]);
        let end = Position { line: token.line, column: behind(start, written) };
        let span = Span { start: Position { line: token.line, column: start }, end };
        let help = "a backslash itself is written `\\\\`";
        self.report(span, format!("`{written}` is no escape: {}", escape.message), Some(help));
    }

    /// Adjacent strings that are text.
    pub(super) fn utf8_string(&mut self, what: &str) -> Parse<String> {
        let start = self.current.span().start;
        let bytes = self.string(what)?;
        String::from_utf8(bytes).map_err(|_| {
            let span = Span { start, end: self.previous.span().end };
            self.report(span, "this string must be UTF-8", None);
            Failed
        })
    }
}

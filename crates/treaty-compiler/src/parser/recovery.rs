//! Finds the next statement after one that could not be understood, and the end of blocks. —
//! *Holds*: every call ends nearer to the end of the file, or at the end of the block around.

use super::Parser;
use crate::descriptor::LocationId;
use crate::lexer::{Token, TokenKind};

/// Words that begin statements and are rarely anything else at the beginning of a line.
pub(super) const STATEMENTS: [&str; 34] = [
    "message",
    "enum",
    "service",
    "rpc",
    "option",
    "import",
    "package",
    "syntax",
    "edition",
    "extend",
    "extensions",
    "reserved",
    "oneof",
    "optional",
    "required",
    "repeated",
    "map",
    "export",
    "local",
    "double",
    "float",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
];

impl Parser<'_> {
    /// The `{` of a declaration. Where it is missing, but what it would open is there, it is thought
    /// to be there too; else the declaration has no body.
    pub(super) fn open_block(&mut self, location: LocationId) -> Option<Token> {
        let header = self.previous;
        if !self.at(b'{') {
            self.expected("`{`", None);
            let ends = [b'{', b'}', b';'].map(TokenKind::Symbol);
            while self.current.line == header.line
                && !ends.contains(&self.current.kind)
                && !self.at_end()
            {
                self.advance();
            }
        }
        let open = self.current;
        if self.at(b'{') {
            self.finish(Some(location));
            return Some(open);
        }
        let is_within = open.column > self.locations.start_of(location).column;
        if open.line > header.line && open.kind == TokenKind::Identifier && is_within {
            return Some(header);
        }
        if self.at(b';') {
            self.finish(None);
        }
        None
    }

    /// Whether the block that `open` opened goes on; if not, its end has been consumed, or it has
    /// been reported that there is none.
    pub(super) fn in_block(&mut self, open: Token, what: &str) -> bool {
        if self.at(b'}') {
            self.finish(None);
            return false;
        }
        if self.at_end() && self.lexer.is_cut {
            return false;
        }
        if self.at_end() {
            self.report(open.span(), format!("this {what} is never closed"), Some("add a `}`"));
            return false;
        }
        if !self.at_foreign_statement(what) {
            return true;
        }
        if self.escaped_at != Some(self.current.start) {
            self.escaped_at = Some(self.current.start);
            let next = self.current.line + 1;
            let word = self.word();
            let help = format!("`{word}` on line {next} cannot stand in it: add a `}}` before");
            self.report(open.span(), format!("this {what} is never closed"), Some(&help));
        }
        false
    }

    /// Whether here begins a statement that no such block can hold.
    pub(super) fn at_foreign_statement(&self, block: &str) -> bool {
        let kinds = |count: usize| self.ahead().take(count).map(|token| token.kind);
        let is_block = || kinds(2).eq([TokenKind::Identifier, TokenKind::Symbol(b'{')]);
        let is_literal = block == "literal";
        match self.word() {
            "service" => is_block(),
            "extend" if is_literal => is_block(),
            "message" | "enum" => block != "message" && is_block(),
            "import" => {
                let mut ahead = self.ahead();
                let first = ahead.next();
                let is_modified = first.is_some_and(|token| {
                    ["public", "weak", "option"].contains(&self.word_of(token))
                });
                let path = if is_modified { ahead.next() } else { first };
                path.is_some_and(|token| token.kind == TokenKind::String)
            }
            "package" => {
                let mut kinds = kinds(2);
                kinds.next() == Some(TokenKind::Identifier)
                    && matches!(kinds.next(), Some(TokenKind::Symbol(b'.' | b';')))
            }
            "syntax" | "edition" => kinds(2).eq([TokenKind::Symbol(b'='), TokenKind::String]),
            _ => false,
        }
    }

    /// Passes the rest of a statement that began with `first` and could not be understood.
    pub(super) fn recover(&mut self, first: Token) {
        self.lexer.hash_comments = false;
        let mut open = std::mem::take(&mut self.braces);
        let mut is_block = false;
        while !self.at_end() {
            let begins_line = self.current.line > self.previous.line;
            let is_left = self.current.column < first.column;
            match self.current.kind {
                TokenKind::Symbol(b';') if open == 0 => return self.finish(None),
                TokenKind::Symbol(b'{') => {
                    is_block |= open == 0;
                    open += 1;
                }
                TokenKind::Symbol(b'}') if open == 0 || (begins_line && is_left) => return,
                TokenKind::Symbol(b'}') => {
                    open -= 1;
                    if open == 0 && is_block {
                        self.finish(None);
                        if self.at(b';') {
                            self.finish(None);
                        }
                        return;
                    }
                }
                TokenKind::Identifier if begins_line && self.current.start != first.start => {
                    let is_statement = STATEMENTS.contains(&self.word());
                    let is_aligned = self.current.column <= first.column;
                    let is_next = if open == 0 {
                        is_statement || is_aligned
                    } else {
                        is_statement && is_aligned
                    };
                    if is_next {
                        return;
                    }
                }
                _ => {}
            }
            self.advance();
        }
    }
}

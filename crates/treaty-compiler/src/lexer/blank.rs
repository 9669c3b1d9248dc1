//! What stands between tokens: blanks, ends of lines, comments. — *Holds*: passing it counts lines
//! and columns as protoc does, or as buf does.

use super::{Fault, Lexer, width};
use crate::descriptor::{Position, Span};

/// How a comment began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommentStyle {
    /// `// ...`
    Line,
    /// `/* ... */`
    Block,
}

impl Lexer<'_> {
    /// Passes blanks, without the end of the line.
    pub(crate) fn skip_blanks(&mut self) {
        while let Some(byte) = self.byte() {
            match byte {
                b' ' => self.at += 1,
                b'\t' => self.tab(),
                b'\r' | 0x0b | 0x0c => {
                    self.at += 1;
                    self.base += i64::from(self.by_width);
                }
                0x80.. if self.at_wide_blank() => {
                    let width = self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                    self.at += width;
                    self.base += width as i64;
                }
                _ => break,
            }
        }
    }

    /// Whether here is a blank beyond ASCII, of which buf knows five and protoc none.
    fn at_wide_blank(&self) -> bool {
        const BLANKS: [char; 5] = ['\u{85}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'];
        self.by_width && self.text[self.at..].starts_with(BLANKS)
    }

    /// Passes the end of the line, if here is one.
    pub(crate) fn skip_newline(&mut self) -> bool {
        let here = self.byte() == Some(b'\n');
        if here {
            self.newline();
        }
        here
    }

    /// The comment that begins here, if one does.
    pub(crate) fn comment(&self) -> Option<CommentStyle> {
        match self.byte()? {
            b'/' => match self.byte_at(self.at + 1)? {
                b'/' => Some(CommentStyle::Line),
                b'*' => Some(CommentStyle::Block),
                _ => None,
            },
            b'#' if self.hash_comments => Some(CommentStyle::Line),
            _ => None,
        }
    }

    /// Passes a comment: to the next line, or behind its end.
    pub(crate) fn skip_comment(&mut self, style: CommentStyle) {
        match style {
            CommentStyle::Line => self.skip_line_comment(),
            CommentStyle::Block => self.skip_block_comment(),
        }
    }

    fn skip_line_comment(&mut self) {
        let length = self.text[self.at..].find('\n');
        if let Some(length) = length {
            self.at += length;
            self.newline();
        } else {
            self.pass_to(self.text.len());
        }
    }

    fn skip_block_comment(&mut self) {
        let start = self.position();
        let body = self.at + 2;
        if let Some(length) = self.text[body..].find("*/") {
            let begin = self.at;
            self.pass_to(body + length + 2);
            self.measure(begin, start.column);
            return;
        }
        self.pass_to(self.text.len());
        self.is_cut = true;
        let end = Position { line: start.line, column: start.column + 2 };
        self.faults.push(Fault {
            span: Span { start, end },
            message: "this comment is never closed".to_owned(),
            help: Some("end it with `*/`"),
        });
    }

    /// Passes text of any kind, counting its lines and tabs.
    fn pass_to(&mut self, end: usize) {
        while self.at < end {
            match self.text.as_bytes()[self.at] {
                b'\n' => self.newline(),
                b'\t' => self.tab(),
                _ => self.at += 1,
            }
        }
    }

    /// Has what was passed since `begin` count as wide as a terminal shows it.
    pub(super) fn measure(&mut self, begin: usize, column: u32) {
        let passed = &self.text[begin..self.at];
        if !self.by_width || passed.bytes().all(|byte| width::is_plain(byte) || byte == b'\n') {
            return;
        }
        let (column, line) = match passed.rsplit_once('\n') {
            Some((_, line)) => (0, line),
            None => (column, passed),
        };
        self.base = self.at as i64 - i64::from(width::column_behind(column, line));
    }

    /// Passes blanks and ends of lines.
    pub(crate) fn skip_whitespace(&mut self) {
        loop {
            self.skip_blanks();
            if !self.skip_newline() {
                return;
            }
        }
    }

    pub(super) fn skip_whitespace_and_comments(&mut self) {
        loop {
            self.skip_whitespace();
            match self.comment() {
                Some(style) => self.skip_comment(style),
                None => return,
            }
        }
    }
}

//! Decides as buf does which comment belongs to which declaration. — *Holds*: between two tokens it
//! looks at the text between them and nothing else. — *Source*: protocompile's `fdp/comments.go`,
//! which is not protoc's way.

use super::{Between, CommentRange};
use crate::lexer::{CommentStyle, Lexer, Token, TokenKind};

/// Lines of `//` without an empty one between, or one `/* */`. The end of the last line is part of
/// it, unless the comment stands behind a token.
type Paragraph = CommentRange;

/// Reads on to the next token.
pub(crate) fn read(lexer: &mut Lexer<'_>, previous: Option<Token>) -> (Between, Token) {
    lexer.skip_whitespace();
    if lexer.comment().is_none() {
        return (Between::default(), lexer.next());
    }
    let mut reader = Reader { lines: Lines { text: lexer.text() }, previous, is_beside: false };
    let paragraphs = reader.paragraphs(lexer);
    let token = lexer.next();
    // Behind the last token there is nothing that could say whose a comment is.
    let is_end = token.kind == TokenKind::End;
    if is_end {
        return (Between::default(), token);
    }
    let (mut between, rest) = reader.attribute(&paragraphs, token);
    if !rest.is_empty() {
        between.detached = reader.detached(rest, lexer.clone().next());
    }
    (between, token)
}

struct Reader<'a> {
    lines: Lines<'a>,
    previous: Option<Token>,
    /// The first comment stands on the line of the previous token.
    is_beside: bool,
}

impl Reader<'_> {
    fn paragraphs(&mut self, lexer: &mut Lexer<'_>) -> Vec<Paragraph> {
        let mut paragraphs: Vec<Paragraph> = Vec::new();
        let mut is_open = false;
        loop {
            lexer.skip_whitespace();
            let Some(style) = lexer.comment() else { return paragraphs };
            let start = lexer.offset() as u32;
            lexer.skip_comment(style);
            let range = CommentRange { start, end: lexer.offset() as u32 };
            if style == CommentStyle::Block {
                is_open = false;
                paragraphs.push(range);
                continue;
            }
            match paragraphs.last_mut().filter(|_| is_open) {
                Some(last) if self.lines.between(last.end, start) < 2 => last.end = range.end,
                _ => {
                    is_open = !self.begins_beside(start);
                    paragraphs.push(if is_open { range } else { self.lines.without_end(range) });
                }
            }
        }
    }

    fn begins_beside(&mut self, start: u32) -> bool {
        let is_beside =
            self.previous.is_some_and(|previous| self.lines.between(previous.end, start) == 0);
        self.is_beside |= is_beside;
        is_beside
    }

    /// Also returns those that are neither trailing nor leading.
    fn attribute<'p>(
        &self,
        mut paragraphs: &'p [Paragraph],
        token: Token,
    ) -> (Between, &'p [Paragraph]) {
        let mut between = Between::default();
        if let Some((first, rest)) = paragraphs.split_first()
            && self.is_trailing(*first, rest, token)
        {
            between.trailing = Some(*first);
            paragraphs = rest;
        }
        if let Some((last, rest)) = paragraphs.split_last()
            && self.lines.between(last.end, token.start) == 1
        {
            between.leading = Some(*last);
            paragraphs = rest;
        }
        (between, paragraphs)
    }

    fn is_trailing(&self, first: Paragraph, rest: &[Paragraph], token: Token) -> bool {
        let Some(previous) = self.previous else { return false };
        let closes = [b')', b']', b'}'].map(TokenKind::Symbol).contains(&token.kind);
        let is_near = || self.lines.between(previous.end, first.start) < 2;
        let is_apart = || self.lines.between(first.end, token.start) > 1;
        self.is_beside || is_near() && (!rest.is_empty() || closes || is_apart())
    }

    /// All from the first on that has an empty line before it, and one somewhere between it and the
    /// second token of the declaration.
    fn detached(&self, paragraphs: &[Paragraph], second: Token) -> Vec<CommentRange> {
        let previous = self.previous.filter(|previous| previous.kind != TokenKind::Symbol(b'{'));
        let is_detached = |one: &Paragraph| {
            previous.is_none_or(|previous| self.lines.between(previous.end, one.start) >= 2)
                && second.kind != TokenKind::End
                && self.lines.between(one.end, second.start) >= 2
        };
        let first = paragraphs.iter().position(is_detached);
        first.map(|first| paragraphs[first..].to_vec()).unwrap_or_default()
    }
}

/// Counts line ends.
struct Lines<'a> {
    text: &'a str,
}

impl Lines<'_> {
    /// From the last character of one thing to the beginning of another.
    fn between(&self, end: u32, start: u32) -> usize {
        let begin = (end as usize).saturating_sub(1);
        let between = self.text.as_bytes().get(begin..start as usize).unwrap_or_default();
        between.iter().filter(|&&byte| byte == b'\n').count()
    }

    fn without_end(&self, range: CommentRange) -> CommentRange {
        let is_ended = self.text.as_bytes()[..range.end as usize].ends_with(b"\n");
        CommentRange { end: range.end - u32::from(is_ended), ..range }
    }
}

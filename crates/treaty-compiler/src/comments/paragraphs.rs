//! Decides as buf does which comment belongs to which declaration. — *Holds*: between two tokens it
//! looks at the text between them and nothing else, at each part of it once. — *Source*: protocompile's `fdp/comments.go`,
//! which is not protoc's way.

use super::{Between, CommentRange};
use crate::lexer::{CommentStyle, Lexer, Token, TokenKind};

/// Lines of `//` without an empty one between, or one `/* */`. The end of the last line is part of
/// its range, unless the comment stands behind a token.
#[derive(Clone, Copy)]
struct Paragraph {
    range: CommentRange,
    first_line: u32,
    last_line: u32,
}

/// Reads on to the next token.
pub(crate) fn read(lexer: &mut Lexer<'_>, previous: Option<Token>) -> (Between, Token) {
    lexer.skip_whitespace();
    if lexer.comment().is_none() {
        return (Between::default(), lexer.next());
    }
    let mut reader = Reader { previous, is_beside: false };
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

struct Reader {
    previous: Option<Token>,
    /// The first comment stands on the line of the previous token.
    is_beside: bool,
}

impl Reader {
    fn paragraphs(&mut self, lexer: &mut Lexer<'_>) -> Vec<Paragraph> {
        let mut paragraphs: Vec<Paragraph> = Vec::new();
        let mut is_open = false;
        loop {
            lexer.skip_whitespace();
            let Some(style) = lexer.comment() else { return paragraphs };
            let one = paragraph(lexer, style);
            if style == CommentStyle::Block {
                is_open = false;
                paragraphs.push(one);
                continue;
            }
            match paragraphs.last_mut().filter(|_| is_open) {
                Some(last) if one.first_line - last.last_line < 2 => {
                    last.range.end = one.range.end;
                    last.last_line = one.last_line;
                }
                _ => {
                    is_open = !self.begins_beside(one);
                    paragraphs.push(if is_open { one } else { without_end(one, lexer.text()) });
                }
            }
        }
    }

    fn begins_beside(&mut self, one: Paragraph) -> bool {
        let is_beside = self.previous.is_some_and(|previous| previous.line == one.first_line);
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
            between.trailing = Some(first.range);
            paragraphs = rest;
        }
        if let Some((last, rest)) = paragraphs.split_last()
            && token.line - last.last_line == 1
        {
            between.leading = Some(last.range);
            paragraphs = rest;
        }
        (between, paragraphs)
    }

    fn is_trailing(&self, first: Paragraph, rest: &[Paragraph], token: Token) -> bool {
        let Some(previous) = self.previous else { return false };
        let closes = [b')', b']', b'}'].map(TokenKind::Symbol).contains(&token.kind);
        let is_near = first.first_line - previous.line < 2;
        let is_apart = token.line - first.last_line > 1;
        self.is_beside || is_near && (!rest.is_empty() || closes || is_apart)
    }

    /// All from the first on that has an empty line before it, and one somewhere between it and the
    /// second token of the declaration.
    fn detached(&self, paragraphs: &[Paragraph], second: Token) -> Vec<CommentRange> {
        let previous = self.previous.filter(|previous| previous.kind != TokenKind::Symbol(b'{'));
        let is_detached = |one: &Paragraph| {
            previous.is_none_or(|previous| one.first_line - previous.line >= 2)
                && second.kind != TokenKind::End
                && second.line - one.last_line >= 2
        };
        let first = paragraphs.iter().position(is_detached).unwrap_or(paragraphs.len());
        paragraphs[first..].iter().map(|one| one.range).collect()
    }
}

/// Reads the comment that begins here.
fn paragraph(lexer: &mut Lexer<'_>, style: CommentStyle) -> Paragraph {
    let (start, first_line) = (lexer.offset() as u32, lexer.line());
    lexer.skip_comment(style);
    let range = CommentRange { start, end: lexer.offset() as u32 };
    // Behind `//` the lexer is on the next line, unless the text ends there.
    let is_ended = style == CommentStyle::Line && lexer.line() > first_line;
    Paragraph { range, first_line, last_line: lexer.line() - u32::from(is_ended) }
}

fn without_end(one: Paragraph, text: &str) -> Paragraph {
    let is_ended = text.as_bytes()[..one.range.end as usize].ends_with(b"\n");
    let range = CommentRange { end: one.range.end - u32::from(is_ended), ..one.range };
    Paragraph { range, ..one }
}

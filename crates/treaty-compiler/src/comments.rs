//! Decides which comment belongs to which declaration, and strips comments of their signs. —
//! *Holds*: a comment is kept as its range of the text until somebody asks for it. — *Source*:
//! protoc's `Tokenizer::NextWithComments`.

pub(crate) mod paragraphs;

use crate::lexer::{CommentStyle, Lexer, Token, TokenKind};

/// Where a comment stands: lines that begin with `//` up to the end of the last, or one `/* */`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommentRange {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The comments between two tokens.
#[derive(Debug, Default)]
pub(crate) struct Between {
    /// Of the declaration that the first token ends.
    pub(crate) trailing: Option<CommentRange>,
    /// Of neither.
    pub(crate) detached: Vec<CommentRange>,
    /// Of the declaration that the second token begins.
    pub(crate) leading: Option<CommentRange>,
}

impl Between {
    /// Reads on to the next token. `first` is whether no token has been read before.
    pub(crate) fn read(lexer: &mut Lexer<'_>, first: bool) -> (Self, Token) {
        let mut collector = Collector { attachable: !first, ..Collector::default() };
        let mut line_before = Some(lexer.line()).filter(|_| !first);
        let mut trailing_ends = None;
        if !first {
            lexer.skip_blanks();
            match lexer.comment() {
                Some(CommentStyle::Line) => {
                    trailing_ends = Some(lexer.line());
                    collector.take(lexer, CommentStyle::Line);
                    collector.flush();
                }
                Some(CommentStyle::Block) => {
                    collector.take(lexer, CommentStyle::Block);
                    trailing_ends = Some(lexer.line());
                    lexer.skip_blanks();
                    collector.flush();
                }
                None if lexer.skip_newline() => {}
                None => return (Self::default(), lexer.next()),
            }
        }
        let token = loop {
            lexer.skip_blanks();
            if let Some(style) = lexer.comment() {
                collector.take(lexer, style);
                if style == CommentStyle::Block {
                    lexer.skip_blanks();
                    lexer.skip_newline();
                }
            } else if lexer.skip_newline() {
                collector.flush();
                collector.attachable = false;
            } else {
                break lexer.next();
            }
        };
        let ends_scope = [b'}', b']', b')'].map(TokenKind::Symbol).contains(&token.kind);
        if ends_scope || token.kind == TokenKind::End {
            collector.flush();
        }
        let here = Some(token.line);
        if token.kind != TokenKind::End && (line_before.take() == here || trailing_ends == here) {
            collector.detach_single();
        }
        (collector.finish(), token)
    }
}

#[derive(Default)]
struct Collector {
    between: Between,
    /// Not yet decided whose it is.
    pending: Option<(CommentRange, CommentStyle)>,
    /// How many have been decided.
    decided: usize,
    /// Whether a comment may still be the trailing one.
    attachable: bool,
}

impl Collector {
    /// Reads the comment that begins here.
    fn take(&mut self, lexer: &mut Lexer<'_>, style: CommentStyle) {
        let start = lexer.offset() as u32;
        lexer.skip_comment(style);
        let end = lexer.offset() as u32;
        // Lines are one comment, as long as nothing else stands between them.
        if let (Some((range, CommentStyle::Line)), CommentStyle::Line) = (&mut self.pending, style)
        {
            range.end = end;
            return;
        }
        self.flush();
        self.pending = Some((CommentRange { start, end }, style));
    }

    /// Decides that the pending comment is not of what comes next.
    fn flush(&mut self) {
        let Some((range, _)) = self.pending.take() else { return };
        if self.attachable {
            self.between.trailing = Some(range);
            self.attachable = false;
        } else {
            self.between.detached.push(range);
        }
        self.decided += 1;
    }

    /// Between tokens of one line, nobody can tell whose a single comment is.
    fn detach_single(&mut self) {
        if self.decided + usize::from(self.pending.is_some()) == 1 {
            if let Some(range) = self.between.trailing.take() {
                self.between.detached.insert(0, range);
            }
            self.flush();
        }
    }

    fn finish(mut self) -> Between {
        self.between.leading = self.pending.map(|(range, _)| range);
        self.between
    }
}

/// The text of a comment without its signs, as `SourceCodeInfo` has it.
pub(crate) fn cook(comment: &str, into: &mut String) {
    if let Some(body) = comment.strip_prefix("/*") {
        return cook_block(body, into);
    }
    for line in comment.split_inclusive('\n') {
        let line = line.trim_start_matches(is_blank);
        into.push_str(line.strip_prefix("//").unwrap_or(line));
    }
}

/// `body` is what stands behind `/*`, its end included unless it is never closed.
fn cook_block(body: &str, into: &mut String) {
    let body = body.strip_suffix("*/").unwrap_or(body);
    let mut lines = body.split_inclusive('\n');
    into.push_str(lines.next().unwrap_or_default());
    if !body.contains('\n') {
        return;
    }
    for line in lines {
        let line = line.trim_start_matches(is_blank);
        into.push_str(line.strip_prefix('*').unwrap_or(line));
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\x0b' | '\x0c')
}

//! Parses a source into a descriptor whose names are not yet resolved. — *Does not* look at other
//! files, nor at what a number or a name may be in its message: the linker does. — *Holds*: every
//! fault is reported where it is, and parsing goes on at the next statement; nesting is bounded;
//! without faults, locations are protoc's, entry for entry. — *Source*: protoc's
//! `compiler/parser.cc`.

mod aggregate;
mod default;
mod enumeration;
mod extension;
mod field;
mod file;
mod map;
mod message;
mod names;
mod oneof;
mod option;
mod range;
mod recovery;
mod service;
mod suggestion;
mod token;
mod value;
mod word;

use std::sync::Arc;

use crate::comments::CommentRange;
use crate::compile::Places;
use crate::descriptor::{File, LocationId, Locations, Recorded, Span, Step, Syntax};
use crate::diagnostic::Diagnostic;
use crate::lexer::{Lexer, Token};

/// How deep messages and groups may nest, the outermost counted: as protoc.
const MAX_MESSAGES: usize = 31;
/// How deep message literals may nest: as buf, where lists count too, and as protoc, where they do not.
const MAX_LITERALS: usize = 100;
/// How many parts the name of an option may have: each but the last is a message around the next. buf
/// takes thousands, which no reader of protobuf's reads.
const MAX_NAME_PARTS: usize = 256;
/// How deep messages in options nest at most, however they are written.
pub(crate) const MAX_OPTION_DEPTH: usize = MAX_NAME_PARTS + MAX_LITERALS;
/// How much text of options a file may have repeated for the further ranges of `extensions` statements. Each
/// of them has the options anew, which costs memory by the product.
const MAX_REPEATED_BYTES: usize = 64 << 10;
/// How many faults of a file are told.
const MAX_DIAGNOSTICS: usize = 100;

/// A statement could not be understood; it has been told why.
#[derive(Debug)]
struct Failed;

type Parse<T = ()> = Result<T, Failed>;

/// Parses one source without looking at any other: names of types are as written, and options are
/// left out. What is wrong is in the list; what is right is in the file.
#[must_use]
pub fn parse_unlinked(name: &str, text: &Arc<str>, places: Places) -> (File, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let file = parse(name, text, places, &mut diagnostics);
    (file, diagnostics)
}

/// Parses the source of the file `name`. What is wrong with it is added to `diagnostics`; what is
/// right is returned, named but not resolved.
pub(crate) fn parse(
    name: &str,
    text: &Arc<str>,
    places: Places,
    diagnostics: &mut Vec<Diagnostic>,
) -> File {
    let mut file = File { name: name.into(), ..File::default() };
    if u32::try_from(text.len()).is_err() {
        let message = "the file is larger than 4 GiB".to_owned();
        diagnostics.push(Diagnostic {
            file: name.into(),
            span: Span::default(),
            message,
            help: None,
        });
        return file;
    }
    let told = diagnostics.len();
    let mut parser = Parser::new(name, text, places, diagnostics);
    parser.file(&mut file);
    // Lexical faults are seen a token early, and some of a message only at its end.
    parser.diagnostics[told..].sort_by_key(|fault| fault.span);
    let locations = std::mem::replace(&mut parser.locations, Recorded::new(&Arc::from(""), places));
    file.locations = Locations::from_recorded(locations.finish());
    names::fill_in(&mut file);
    file
}

struct Parser<'a> {
    name: &'a str,
    text: &'a str,
    places: Places,
    lexer: Lexer<'a>,
    current: Token,
    previous: Token,
    /// The comment before the statement that comes.
    leading: Option<CommentRange>,
    /// Those before it, an empty line away.
    detached: Vec<CommentRange>,
    locations: Recorded,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// How many may still be added.
    room: usize,
    syntax: Syntax,
    /// The file says a syntax that there is not, so that nothing is wrong for its sake.
    is_syntax_unknown: bool,
    /// What stands at the top level seems to belong elsewhere.
    is_lost: bool,
    /// How many messages are open.
    depth: usize,
    /// How many braces of a message literal are open.
    braces: usize,
    /// How much text of options was repeated for further ranges.
    repeated_bytes: usize,
    /// The last line on which the text itself was at fault.
    fault_line: Option<u32>,
    /// Where it was seen that a block is not closed.
    escaped_at: Option<u32>,
}

impl<'a> Parser<'a> {
    fn new(
        name: &'a str,
        text: &'a Arc<str>,
        places: Places,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            name,
            text,
            places,
            lexer: Lexer::new(text, places),
            current: Token::BEFORE_FIRST,
            previous: Token::BEFORE_FIRST,
            leading: None,
            detached: Vec::new(),
            locations: Recorded::new(text, places),
            diagnostics,
            room: MAX_DIAGNOSTICS,
            syntax: Syntax::Proto2,
            is_syntax_unknown: false,
            is_lost: false,
            depth: 0,
            braces: 0,
            repeated_bytes: 0,
            fault_line: None,
            escaped_at: None,
        }
    }

    fn report(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        if self.room == 0 {
            return;
        }
        self.room -= 1;
        let (message, help) = match self.room {
            0 => (
                "there are more faults than are told".to_owned(),
                Some("correct those before first"),
            ),
            _ => (message.into(), help),
        };
        let help = help.map(str::to_owned);
        self.diagnostics.push(Diagnostic { file: self.name.into(), span, message, help });
    }

    /// Begins the location of what begins with the current token.
    fn open(&mut self, parent: LocationId, step: Step) -> LocationId {
        self.locations.open(Some(parent), step, self.current.span().start)
    }

    /// Begins the location of what began with another token.
    fn open_at(&mut self, parent: LocationId, step: Step, start: Token) -> LocationId {
        self.locations.open(Some(parent), step, start.span().start)
    }

    /// Ends the location of what ended with the token before.
    fn close(&mut self, location: LocationId) {
        self.locations.close(location, self.previous.span().end);
    }

    /// The location of exactly these tokens.
    fn locate(&mut self, parent: LocationId, step: Step, first: Token, last: Token) -> LocationId {
        let location = self.open_at(parent, step, first);
        self.locations.close(location, last.span().end);
        location
    }

    /// Whether features stand for what labels and groups stood for.
    fn is_editions(&self) -> bool {
        self.syntax.is_editions() && !self.is_syntax_unknown
    }
}

//! Where elements stand in their source, and the comments around them: `SourceCodeInfo`. — *Holds*:
//! what is decoded stays encoded, and what is parsed stays a table over the text, until somebody
//! asks.

mod encoded;
mod index;
mod recorded;

use std::borrow::Cow;

use crate::wire::put_bytes;
pub use index::LocationIndex;
pub(crate) use recorded::{LocationId, Recorded, Step};

/// A place in a source file, counted from 0.
///
/// What a column is depends on whom the compile followed, as [`crate::Places`] says: bytes with a tab at
/// every eighth, or what a terminal shows with a tab at every fourth. Those of faults are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A range in a source file; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

impl Span {
    /// From the three or four numbers of `SourceCodeInfo.Location.span`.
    #[must_use]
    pub fn from_numbers(span: &[i32]) -> Option<Self> {
        let number = |index: usize| u32::try_from(*span.get(index)?).ok();
        let start = Position { line: number(0)?, column: number(1)? };
        let end = match span.len() {
            3 => Position { line: start.line, column: number(2)? },
            4 => Position { line: number(2)?, column: number(3)? },
            _ => return None,
        };
        Some(Self { start, end })
    }
}

/// The comments around an element, without their signs, as `SourceCodeInfo` has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    /// Directly before it.
    pub leading: Option<String>,
    /// Directly behind it.
    pub trailing: Option<String>,
    /// Before it, with an empty line between.
    pub detached: Vec<String>,
}

/// One entry of `SourceCodeInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// Field numbers and indexes from `FileDescriptorProto` down to the element.
    pub path: Vec<i32>,
    /// Where it stands.
    pub span: Span,
    /// What is said of it.
    pub comments: Comments,
}

/// `SourceCodeInfo` of a file.
#[derive(Debug, Clone)]
pub struct Locations {
    store: Store,
}

#[derive(Debug, Clone)]
enum Store {
    /// The encoded message.
    Encoded(Vec<u8>),
    /// What the parser saw.
    Recorded(Box<Recorded>),
}

impl Default for Locations {
    fn default() -> Self {
        Self::from_encoded(Vec::new())
    }
}

impl PartialEq for Locations {
    fn eq(&self, other: &Self) -> bool {
        match (&self.store, &other.store) {
            (Store::Encoded(one), Store::Encoded(two)) if one == two => true,
            _ => self.iter().eq(other.iter()),
        }
    }
}

impl Locations {
    /// From the encoded `SourceCodeInfo`.
    #[must_use]
    pub fn from_encoded(encoded: Vec<u8>) -> Self {
        Self { store: Store::Encoded(encoded) }
    }

    /// From entries, in their order.
    #[must_use]
    pub fn from_entries<'a>(entries: impl IntoIterator<Item = &'a Location>) -> Self {
        let mut encoded = Vec::new();
        entries.into_iter().for_each(|entry| encoded::put(entry, &mut encoded));
        Self::from_encoded(encoded)
    }

    pub(crate) fn from_recorded(recorded: Recorded) -> Self {
        Self { store: Store::Recorded(Box::new(recorded)) }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.store {
            Store::Encoded(encoded) => encoded.is_empty(),
            Store::Recorded(recorded) => recorded.is_empty(),
        }
    }

    /// Appends the fields of the encoded `SourceCodeInfo`.
    pub fn encode_into(&self, into: &mut Vec<u8>) {
        match &self.store {
            Store::Encoded(encoded) => into.extend_from_slice(encoded),
            Store::Recorded(recorded) => recorded.encode_into(into),
        }
    }

    /// The encoded `SourceCodeInfo`.
    #[must_use]
    pub fn encoded(&self) -> Cow<'_, [u8]> {
        match &self.store {
            Store::Encoded(encoded) => Cow::Borrowed(encoded),
            Store::Recorded(recorded) => {
                let mut into = Vec::new();
                recorded.encode_into(&mut into);
                Cow::Owned(into)
            }
        }
    }

    /// The entries in order; what is malformed is left out.
    pub fn iter(&self) -> impl Iterator<Item = Location> {
        let (encoded, recorded) = match &self.store {
            Store::Encoded(encoded) => (Some(encoded), None),
            Store::Recorded(recorded) => (None, Some(recorded)),
        };
        let encoded = encoded.into_iter().flat_map(|encoded| encoded::iter(encoded));
        encoded.chain(recorded.into_iter().flat_map(|recorded| recorded.iter()))
    }

    /// Shows path and place of every entry, which costs less than [`Locations::iter`]. Those of one
    /// path come in their order.
    pub fn each_span(&self, mut show: impl FnMut(&[i32], Span)) {
        match &self.store {
            Store::Encoded(encoded) => {
                encoded::iter(encoded).for_each(|one| show(&one.path, one.span));
            }
            Store::Recorded(recorded) => {
                let mut path = Vec::new();
                for place in recorded.as_recorded() {
                    let span = recorded.look(place, &mut path);
                    show(&path, span);
                }
            }
        }
    }

    /// The first entry of an element. Reads all entries before it: for more than a few questions
    /// there is [`Locations::index`].
    #[must_use]
    pub fn find(&self, path: &[i32]) -> Option<Location> {
        match &self.store {
            Store::Encoded(encoded) => encoded::iter(encoded).find(|one| one.path == path),
            Store::Recorded(recorded) => recorded.find(path),
        }
    }

    /// The place of an element; reads as much as [`Locations::find`].
    #[must_use]
    pub fn span(&self, path: &[i32]) -> Option<Span> {
        self.find(path).map(|location| location.span)
    }

    /// A table of all entries by path, to ask many questions.
    #[must_use]
    pub fn index(&self) -> LocationIndex<'_> {
        LocationIndex::new(self, false)
    }

    /// The same with what has no location of its own, but a place to say that it is wrong.
    pub(crate) fn index_for_faults(&self) -> LocationIndex<'_> {
        LocationIndex::new(self, true)
    }

    /// The place of an entry that the parser numbered, as [`crate::ast::RawOption`] does.
    pub(crate) fn span_of(&self, id: LocationId) -> Option<Span> {
        match &self.store {
            Store::Encoded(_) => None,
            Store::Recorded(recorded) => recorded.span_of(id),
        }
    }

    /// Gives an entry that the parser numbered another path, once it is known where an option
    /// stands in its message. Its place in the order stays.
    pub(crate) fn set_path(&mut self, id: LocationId, path: &[i32]) {
        if let Store::Recorded(recorded) = &mut self.store {
            recorded.set_path(id, path);
        }
    }

    /// Gives an entry that the parser numbered another place.
    pub(crate) fn set_span(&mut self, id: LocationId, span: Span) {
        if let Store::Recorded(recorded) = &mut self.store {
            recorded.set_span(id, span);
        }
    }

    /// Takes its comments from an entry that the parser numbered.
    pub(crate) fn detach(&mut self, id: LocationId) {
        if let Store::Recorded(recorded) = &mut self.store {
            recorded.detach(id);
        }
    }

    /// Adds an entry behind one that the parser numbered, and behind those already added there.
    pub(crate) fn append_after(&mut self, id: LocationId, path: &[i32], span: Span) {
        if let Store::Recorded(recorded) = &mut self.store {
            recorded.append_after(id, path, span);
        }
    }
}

/// Appends comments as fields of `SourceCodeInfo.Location`.
fn put_comments(comments: &Comments, into: &mut Vec<u8>) {
    for (number, text) in [(3, &comments.leading), (4, &comments.trailing)] {
        if let Some(text) = text {
            put_bytes(into, number, text.as_bytes());
        }
    }
    comments.detached.iter().for_each(|text| put_bytes(into, 6, text.as_bytes()));
}

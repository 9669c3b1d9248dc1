//! What the parser hands to the linker beside descriptors: options as they are written. — *Does
//! not* know what an option's name means.

use crate::descriptor::{LocationId, Span};

/// The location of an option that has none of its own: a map's features, at its entry's fields.
pub(crate) const NO_LOCATION: LocationId = LocationId::MAX;

/// `option (my.option).part = value;`, or one of a list in brackets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawOption {
    pub(crate) name: Vec<NamePart>,
    pub(crate) value: RawValue,
    pub(crate) value_span: Span,
    /// Which of the file's recorded locations is that of the whole option, or [`NO_LOCATION`].
    pub(crate) location: LocationId,
}

/// A part of an option's name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamePart {
    /// As written, with a leading dot if there is one, without parentheses.
    pub(crate) text: Box<str>,
    /// Written in parentheses.
    pub(crate) is_extension: bool,
    /// Parentheses included.
    pub(crate) span: Span,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawValue {
    /// Also `true`, `inf` and `nan`.
    Identifier(Box<str>),
    Integer {
        negative: bool,
        magnitude: u64,
    },
    /// Also an integer beyond 64 bits, and `-inf` and `-nan`.
    Float(f64),
    /// Unescaped, adjacent strings joined.
    Text(Vec<u8>),
    /// `{ ... }` in the text format.
    Message(Aggregate),
    /// `[ ... ]`, only within a message.
    List(Vec<SpannedValue>),
}

/// A value within a message literal, with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpannedValue {
    pub(crate) value: RawValue,
    pub(crate) span: Span,
}

/// A message literal in the text format.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Aggregate {
    pub(crate) fields: Vec<AggregateField>,
}

/// A field of a message literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AggregateField {
    pub(crate) name: AggregateName,
    /// From the name to the end of the value.
    pub(crate) span: Span,
    pub(crate) value: SpannedValue,
}

/// How a message literal names a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AggregateName {
    /// `name`, of a group also the message's name.
    Field(Box<str>),
    /// `[pkg.extension]`
    Extension(Box<str>),
    /// `[type.googleapis.com/pkg.Message]`, of an `Any`.
    Any { url_prefix: Box<str>, message: Box<str> },
}

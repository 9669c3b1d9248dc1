//! Where the elements of a file stand, and the comments around them: `SourceCodeInfo`. — *Holds*:
//! decoded only when somebody asks.

use crate::wire::{Fields, Malformed, Value, put_bytes, put_varint};

/// A place in a source file, counted from 0.
///
/// Columns are bytes; a tab goes to the next multiple of eight, as protoc counts.
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Locations {
    /// The encoded message.
    encoded: Vec<u8>,
}

impl Locations {
    /// From the encoded `SourceCodeInfo`.
    #[must_use]
    pub fn from_encoded(encoded: Vec<u8>) -> Self {
        Self { encoded }
    }

    /// From entries, in their order.
    #[must_use]
    pub fn from_entries<'a>(entries: impl IntoIterator<Item = &'a Location>) -> Self {
        let mut encoded = Vec::new();
        for entry in entries {
            put_bytes(&mut encoded, 1, &encode(entry));
        }
        Self { encoded }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.encoded.is_empty()
    }

    /// The encoded `SourceCodeInfo`.
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// The entries in order; what is malformed is left out.
    pub fn iter(&self) -> impl Iterator<Item = Location> {
        let fields = Fields::new(&self.encoded).filter_map(Result::ok);
        fields.filter(|field| field.number == 1).filter_map(|field| decode(field.value.bytes()?))
    }

    /// The first entry of an element. Reads all entries before it.
    #[must_use]
    pub fn find(&self, path: &[i32]) -> Option<Location> {
        self.iter().find(|location| location.path == path)
    }

    /// The place of an element.
    #[must_use]
    pub fn span(&self, path: &[i32]) -> Option<Span> {
        self.find(path).map(|location| location.span)
    }
}

fn decode(bytes: &[u8]) -> Option<Location> {
    let mut location = Location::default();
    let mut span = Vec::with_capacity(4);
    for field in Fields::new(bytes) {
        let value = field.ok()?.clone();
        let text = |value: Value<'_>| value.text().map(str::to_owned);
        match value.number {
            1 => numbers(value.value, &mut location.path).ok()?,
            2 => numbers(value.value, &mut span).ok()?,
            3 => location.comments.leading = text(value.value),
            4 => location.comments.trailing = text(value.value),
            6 => location.comments.detached.extend(text(value.value)),
            _ => {}
        }
    }
    location.span = Span::from_numbers(&span)?;
    Some(location)
}

/// Packed or not.
fn numbers(value: Value<'_>, into: &mut Vec<i32>) -> Result<(), Malformed> {
    match value {
        Value::Varint(number) => into.push(number as i32),
        Value::Bytes(mut packed) => {
            while !packed.is_empty() {
                let length = packed.iter().take_while(|&&byte| byte >= 0x80).count() + 1;
                let cut = || Malformed("a number is cut short or too long");
                let (one, rest) = packed.split_at_checked(length).ok_or_else(cut)?;
                let number = one
                    .iter()
                    .take(5)
                    .rev()
                    .fold(0, |number: u64, &byte| number << 7 | u64::from(byte & 0x7f));
                into.push(number as i32);
                packed = rest;
            }
        }
        _ => {}
    }
    Ok(())
}

fn encode(location: &Location) -> Vec<u8> {
    let mut into = Vec::new();
    let packed = |numbers: &mut dyn Iterator<Item = u64>| {
        let mut bytes = Vec::new();
        numbers.for_each(|number| put_varint(&mut bytes, number));
        bytes
    };
    if !location.path.is_empty() {
        let mut path = location.path.iter().map(|&number| i64::from(number) as u64);
        put_bytes(&mut into, 1, &packed(&mut path));
    }
    let Span { start, end } = location.span;
    let span = [start.line, start.column, end.line, end.column].map(u64::from);
    let short = [span[0], span[1], span[3]];
    let span = if start.line == end.line { &short[..] } else { &span[..] };
    put_bytes(&mut into, 2, &packed(&mut span.iter().copied()));
    let comments = &location.comments;
    for (number, text) in [(3, &comments.leading), (4, &comments.trailing)] {
        if let Some(text) = text {
            put_bytes(&mut into, number, text.as_bytes());
        }
    }
    comments.detached.iter().for_each(|text| put_bytes(&mut into, 6, text.as_bytes()));
    into
}

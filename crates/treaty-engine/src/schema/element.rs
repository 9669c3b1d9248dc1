//! The elements of a contract.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Place;
use crate::Subject;

/// A message, also the entry message of a map field.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) full_name: String,
    pub(crate) name: String,
    /// The full name without the package.
    pub(crate) nested_name: String,
    pub(crate) package: String,
    pub(crate) place: Place,
    pub(crate) map_entry: bool,
    pub(crate) deprecated: bool,
    pub(crate) fields: BTreeMap<i32, Field>,
    /// Without those that stand for a proto3 `optional`.
    pub(crate) oneofs: Vec<Oneof>,
    pub(crate) reserved: Reserved,
}

/// A field of a message.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The short and the full name of the message it is in.
    pub(crate) parent: String,
    pub(crate) message: String,
    pub(crate) number: i32,
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    /// Of a message, group or enum: its full name.
    pub(crate) type_name: Option<String>,
    pub(crate) cardinality: Cardinality,
    pub(crate) in_map_entry: bool,
    pub(crate) json_name: String,
    pub(crate) oneof: Option<String>,
    pub(crate) deprecated: bool,
}

impl Field {
    /// As messages to people begin: `Field "7" with name "x" on message "M"`.
    pub(crate) fn description(&self) -> String {
        format!(
            "Field \"{}\" with name \"{}\" on message \"{}\"",
            self.number, self.name, self.parent
        )
    }

    pub(crate) fn subject(&self) -> Subject {
        let (message, name) = (self.message.clone(), self.name.clone());
        Subject::Field { message, number: self.number, name }
    }

    /// What the field is made of: a type's full name or a scalar's.
    pub(crate) fn type_text(&self) -> &str {
        self.type_name.as_deref().unwrap_or(self.kind.name())
    }
}

/// A declared oneof.
#[derive(Debug, Clone)]
pub(crate) struct Oneof {
    pub(crate) name: String,
    pub(crate) message: String,
}

impl Oneof {
    pub(crate) fn subject(&self) -> Subject {
        Subject::Oneof { message: self.message.clone(), name: self.name.clone() }
    }
}

/// An enum.
#[derive(Debug, Clone)]
pub(crate) struct Enum {
    pub(crate) full_name: String,
    pub(crate) name: String,
    pub(crate) nested_name: String,
    pub(crate) package: String,
    pub(crate) place: Place,
    /// A closed enum's reader does not keep a number that it does not know.
    pub(crate) closed: bool,
    pub(crate) deprecated: bool,
    pub(crate) numbers: BTreeMap<i32, EnumNumber>,
    pub(crate) reserved: Reserved,
}

/// One number of an enum, and every name it has.
#[derive(Debug, Clone)]
pub(crate) struct EnumNumber {
    pub(crate) number: i32,
    /// The short and the full name of the enum it is in.
    pub(crate) parent: String,
    pub(crate) of: String,
    /// Sorted by name.
    pub(crate) names: BTreeMap<String, Place>,
    pub(crate) deprecated: bool,
}

impl EnumNumber {
    /// The names, quoted, for messages to people.
    pub(crate) fn quoted(&self) -> String {
        let names: Vec<_> = self.names.keys().map(|name| format!("\"{name}\"")).collect();
        names.join(", ")
    }

    pub(crate) fn subject(&self) -> Subject {
        let name = self.names.keys().next().cloned().unwrap_or_default();
        Subject::Value { of: self.of.clone(), number: self.number, name }
    }
}

/// Numbers and names that must not be used again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reserved {
    /// First and last, both included.
    pub(crate) ranges: Vec<(i32, i32)>,
    pub(crate) names: BTreeSet<String>,
}

impl Reserved {
    pub(crate) fn has_number(&self, number: i32) -> bool {
        self.ranges.iter().any(|&(first, last)| (first..=last).contains(&number))
    }

    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The numbers that are reserved in `other` and not here, as disjoint ranges in order.
    pub(crate) fn missing(&self, other: &Self) -> Vec<(i32, i32)> {
        let here = self.merged();
        other.merged().into_iter().flat_map(|range| without(range, &here)).collect()
    }

    /// The reserved numbers in order, overlapping ranges as one.
    pub(crate) fn merged(&self) -> Vec<(i32, i32)> {
        let mut sorted = self.ranges.clone();
        sorted.sort_unstable();
        let mut merged: Vec<(i32, i32)> = Vec::new();
        for (first, last) in sorted {
            match merged.last_mut() {
                Some(previous) if first <= previous.1 => {
                    previous.1 = previous.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        merged
    }
}

/// The pieces of a range that no other range covers.
fn without((first, last): (i32, i32), covered: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut pieces = Vec::new();
    let mut from = i64::from(first);
    for &(start, end) in covered {
        let (start, end) = (i64::from(start), i64::from(end));
        if end < from || start > i64::from(last) {
            continue;
        }
        if start > from {
            pieces.push((from as i32, (start - 1) as i32));
        }
        from = end + 1;
    }
    if from <= i64::from(last) {
        pieces.push((from as i32, last));
    }
    pieces
}

/// A service.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) full_name: String,
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) place: Place,
    pub(crate) deprecated: bool,
    pub(crate) methods: BTreeMap<String, Method>,
}

/// A method of a service.
#[derive(Debug, Clone)]
pub(crate) struct Method {
    pub(crate) name: String,
    /// The short and the full name of the service it is in.
    pub(crate) parent: String,
    pub(crate) service: String,
    pub(crate) place: Place,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
    pub(crate) idempotency: Idempotency,
    pub(crate) deprecated: bool,
}

impl Method {
    pub(crate) fn subject(&self) -> Subject {
        Subject::Method { service: self.service.clone(), name: self.name.clone() }
    }
}

/// `idempotency_level`, the least promise first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Idempotency {
    Unknown,
    Idempotent,
    NoSideEffects,
}

impl fmt::Display for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "IDEMPOTENCY_UNKNOWN",
            Self::Idempotent => "IDEMPOTENT",
            Self::NoSideEffects => "NO_SIDE_EFFECTS",
        })
    }
}

/// What a field holds, after features are resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[rustfmt::skip]
pub(crate) enum Kind {
    Double, Float, Int64, Uint64, Int32, Fixed64, Fixed32, Bool, String, Group, Message, Bytes,
    Uint32, Enum, Sfixed32, Sfixed64, Sint32, Sint64,
}

impl Kind {
    /// As it is written in a proto file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Group => "group",
            Self::Message => "message",
            Self::Bytes => "bytes",
            Self::Uint32 => "uint32",
            Self::Enum => "enum",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
        }
    }

    /// Whether the type is named rather than built in.
    pub(crate) fn is_named(self) -> bool {
        matches!(self, Self::Group | Self::Message | Self::Enum)
    }
}

/// How often a field can stand in a message, and whether its absence can be told from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cardinality {
    Explicit,
    Implicit,
    Required,
    Repeated,
    Map,
}

impl fmt::Display for Cardinality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Explicit => "optional with explicit presence",
            Self::Implicit => "optional with implicit presence",
            Self::Required => "required",
            Self::Repeated => "repeated",
            Self::Map => "map",
        })
    }
}

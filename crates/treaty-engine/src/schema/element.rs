//! The elements of a contract.

use std::fmt;

use treaty_compiler::Features;
use treaty_compiler::descriptor::{self, Kind, Options};

use super::{Place, Reserved};
use crate::Subject;

/// A message, also the entry message of a map field.
#[derive(Debug, Clone)]
pub(crate) struct Message<'d> {
    pub(crate) proto: &'d descriptor::Message,
    pub(crate) full_name: &'d str,
    pub(crate) name: &'d str,
    /// The full name without the package.
    pub(crate) nested_name: &'d str,
    pub(crate) package: &'d str,
    pub(crate) place: Place<'d>,
    pub(crate) features: Features,
    pub(crate) map_entry: bool,
    pub(crate) deprecated: bool,
    /// Sorted by number.
    pub(crate) fields: Vec<Field<'d>>,
    /// Without those that stand for a proto3 `optional`.
    pub(crate) oneofs: Vec<Oneof<'d>>,
    pub(crate) reserved: Reserved<'d>,
}

impl<'d> Message<'d> {
    pub(crate) fn field(&self, number: i32) -> Option<&Field<'d>> {
        let at = self.fields.binary_search_by_key(&number, |field| field.number).ok()?;
        self.fields.get(at)
    }

    pub(crate) fn subject(&self) -> Subject {
        Subject::Message(self.full_name.to_owned())
    }
}

/// A field of a message, or an extension.
#[derive(Debug, Clone)]
pub(crate) struct Field<'d> {
    pub(crate) proto: &'d descriptor::Field,
    pub(crate) name: &'d str,
    /// The short and the full name of the message it is in; of an extension, which it extends.
    pub(crate) parent: &'d str,
    pub(crate) message: &'d str,
    pub(crate) number: i32,
    pub(crate) place: Place<'d>,
    pub(crate) features: Features,
    /// A delimited message is a group, whatever its syntax.
    pub(crate) kind: Kind,
    /// Of a message, group or enum: its full name.
    pub(crate) type_name: Option<&'d str>,
    pub(crate) cardinality: Cardinality,
    pub(crate) in_map_entry: bool,
    pub(crate) json_name: std::borrow::Cow<'d, str>,
    pub(crate) oneof: Option<&'d str>,
    pub(crate) deprecated: bool,
}

impl<'d> Field<'d> {
    /// As messages to people begin: `Field "7" with name "x" on message "M"`.
    pub(crate) fn description(&self) -> String {
        if self.is_extension() {
            let (number, name) = (self.number, self.full_name());
            return format!(
                "Extension \"{number}\" with name \"{name}\" on message \"{}\"",
                self.message
            );
        }
        format!(
            "Field \"{}\" with name \"{}\" on message \"{}\"",
            self.number, self.name, self.parent
        )
    }

    pub(crate) fn is_extension(&self) -> bool {
        self.proto.extendee.is_some()
    }

    /// Of an extension.
    pub(crate) fn full_name(&self) -> &'d str {
        &self.proto.full_name
    }

    pub(crate) fn options(&self) -> Option<&'d Options> {
        self.proto.options.as_deref()
    }

    pub(crate) fn subject(&self) -> Subject {
        let name = if self.is_extension() { self.full_name() } else { self.name };
        let (message, name) = (self.message.to_owned(), name.to_owned());
        if self.is_extension() {
            return Subject::Extension { message, number: self.number, name };
        }
        Subject::Field { message, number: self.number, name }
    }

    /// What the field is made of: a type's full name or a scalar's.
    pub(crate) fn type_text(&self) -> &'d str {
        self.type_name.unwrap_or(self.kind.name())
    }
}

/// A declared oneof.
#[derive(Debug, Clone)]
pub(crate) struct Oneof<'d> {
    pub(crate) name: &'d str,
    pub(crate) message: &'d str,
    pub(crate) place: Place<'d>,
}

impl Oneof<'_> {
    pub(crate) fn subject(&self) -> Subject {
        Subject::Oneof { message: self.message.to_owned(), name: self.name.to_owned() }
    }
}

/// An enum.
#[derive(Debug, Clone)]
pub(crate) struct Enum<'d> {
    pub(crate) proto: &'d descriptor::Enum,
    pub(crate) full_name: &'d str,
    pub(crate) name: &'d str,
    pub(crate) nested_name: &'d str,
    pub(crate) package: &'d str,
    pub(crate) place: Place<'d>,
    pub(crate) features: Features,
    /// A closed enum's reader does not keep a number that it does not know.
    pub(crate) closed: bool,
    pub(crate) deprecated: bool,
    /// Sorted by number.
    pub(crate) numbers: Vec<EnumNumber<'d>>,
    pub(crate) reserved: Reserved<'d>,
}

impl<'d> Enum<'d> {
    pub(crate) fn number(&self, number: i32) -> Option<&EnumNumber<'d>> {
        let at = self.numbers.binary_search_by_key(&number, |one| one.number).ok()?;
        self.numbers.get(at)
    }

    pub(crate) fn subject(&self) -> Subject {
        Subject::Enum(self.full_name.to_owned())
    }
}

/// One number of an enum, and every name it has.
#[derive(Debug, Clone)]
pub(crate) struct EnumNumber<'d> {
    pub(crate) number: i32,
    /// The short and the full name of the enum it is in.
    pub(crate) parent: &'d str,
    pub(crate) of: &'d str,
    /// Sorted by name.
    pub(crate) names: Vec<EnumName<'d>>,
    pub(crate) deprecated: bool,
}

/// A name of a number.
#[derive(Debug, Clone)]
pub(crate) struct EnumName<'d> {
    pub(crate) name: &'d str,
    pub(crate) place: Place<'d>,
}

impl EnumNumber<'_> {
    /// The names, quoted, for messages to people.
    pub(crate) fn quoted(&self) -> String {
        let names: Vec<_> = self.names.iter().map(|one| format!("\"{}\"", one.name)).collect();
        names.join(", ")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|one| one.name == name)
    }

    /// Whether every name of the other is also one of this.
    pub(crate) fn has_all_of(&self, other: &EnumNumber<'_>) -> bool {
        other.names.iter().all(|one| self.has(one.name))
    }

    pub(crate) fn subject(&self) -> Subject {
        let name = self.names.first().map(|one| one.name.to_owned()).unwrap_or_default();
        Subject::Value { of: self.of.to_owned(), number: self.number, name }
    }
}

/// A service.
#[derive(Debug, Clone)]
pub(crate) struct Service<'d> {
    pub(crate) proto: &'d descriptor::Service,
    pub(crate) full_name: &'d str,
    pub(crate) name: &'d str,
    pub(crate) package: &'d str,
    pub(crate) place: Place<'d>,
    pub(crate) deprecated: bool,
    /// Sorted by name.
    pub(crate) methods: Vec<Method<'d>>,
}

impl Service<'_> {
    pub(crate) fn subject(&self) -> Subject {
        Subject::Service(self.full_name.to_owned())
    }
}

/// A method of a service.
#[derive(Debug, Clone)]
pub(crate) struct Method<'d> {
    pub(crate) proto: &'d descriptor::Method,
    pub(crate) name: &'d str,
    /// The short and the full name of the service it is in.
    pub(crate) parent: &'d str,
    pub(crate) service: &'d str,
    pub(crate) place: Place<'d>,
    pub(crate) input: &'d str,
    pub(crate) output: &'d str,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
    pub(crate) idempotency: Idempotency,
    pub(crate) deprecated: bool,
}

impl Method<'_> {
    pub(crate) fn subject(&self) -> Subject {
        Subject::Method { service: self.service.to_owned(), name: self.name.to_owned() }
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

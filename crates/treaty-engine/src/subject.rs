//! Names an element of a contract, so that findings and changes about it can be joined.

use std::fmt;

use serde::{Serialize, Serializer};

/// The element that a finding or a change is about, by the key that versions pair it with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the element of that name")]
pub enum Subject {
    Package(String),
    File(String),
    Message(String),
    Field {
        message: String,
        number: i32,
        name: String,
    },
    /// Of the extended message; its own name is in full.
    Extension {
        message: String,
        number: i32,
        name: String,
    },
    Oneof {
        message: String,
        name: String,
    },
    Enum(String),
    Value {
        of: String,
        number: i32,
        name: String,
    },
    Service(String),
    Method {
        service: String,
        name: String,
    },
}

impl Subject {
    /// The same element whatever it was renamed to: a field or value is known by its number.
    #[must_use]
    pub fn key(&self) -> Self {
        match self {
            Self::Field { message, number, .. } => {
                Self::Field { message: message.clone(), number: *number, name: String::new() }
            }
            Self::Extension { message, number, .. } => {
                Self::Extension { message: message.clone(), number: *number, name: String::new() }
            }
            Self::Value { of, number, .. } => {
                Self::Value { of: of.clone(), number: *number, name: String::new() }
            }
            other => other.clone(),
        }
    }

    /// The message or enum that it is, or is part of.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        match self {
            Self::Message(name) | Self::Enum(name) => Some(name),
            Self::Field { message, .. }
            | Self::Extension { message, .. }
            | Self::Oneof { message, .. } => Some(message),
            Self::Value { of, .. } => Some(of),
            Self::Package(_) | Self::File(_) | Self::Service(_) | Self::Method { .. } => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(name)
            | Self::File(name)
            | Self::Message(name)
            | Self::Enum(name)
            | Self::Service(name)
            | Self::Extension { name, .. } => f.write_str(name),
            Self::Field { message: parent, name, .. }
            | Self::Oneof { message: parent, name }
            | Self::Value { of: parent, name, .. } => write!(f, "{parent}.{name}"),
            Self::Method { service, name } => write!(f, "{service}/{name}"),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

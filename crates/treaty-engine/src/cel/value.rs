//! What expressions evaluate to.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A value; numbers of different kinds can be equal.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Seconds and nanoseconds of one sign.
    Duration(i64, i32),
    /// Seconds since 1970 and nanoseconds upwards.
    Timestamp(i64, i32),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    /// Its full name, and the fields that are set.
    Message(String, BTreeMap<i32, Value>),
    /// By its name.
    Type(String),
}

impl Value {
    pub(super) fn type_name(&self) -> &str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Duration(..) => "google.protobuf.Duration",
            Self::Timestamp(..) => "google.protobuf.Timestamp",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Message(name, _) => name,
            Self::Type(_) => "type",
        }
    }

    /// How many parts and bytes it has, counted no further than a bound.
    pub(super) fn size(&self, bound: usize) -> usize {
        let sum = |parts: &mut dyn Iterator<Item = &Self>| {
            let mut total = 1;
            for part in parts {
                total += part.size(bound);
                if total > bound {
                    break;
                }
            }
            total
        };
        match self {
            Self::Text(text) => 1 + text.len() / 16,
            Self::Bytes(bytes) => 1 + bytes.len() / 16,
            Self::List(items) => sum(&mut items.iter()),
            Self::Map(entries) => sum(&mut entries.iter().flat_map(|(key, value)| [key, value])),
            Self::Message(_, fields) => sum(&mut fields.values()),
            _ => 1,
        }
    }

    /// Which is greater; none where they cannot be ordered.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Bytes(one), Self::Bytes(other)) => one.cmp(other),
            (Self::Duration(one, nanos), Self::Duration(other, other_nanos))
            | (Self::Timestamp(one, nanos), Self::Timestamp(other, other_nanos)) => {
                (one, nanos).cmp(&(other, other_nanos))
            }
            (Self::Double(one), Self::Double(other)) => return one.partial_cmp(other),
            (Self::Double(one), other) => return one.partial_cmp(&other.whole()?.as_double()),
            (one, Self::Double(other)) => return one.whole()?.as_double().partial_cmp(other),
            (one, other) => one.whole()?.0.cmp(&other.whole()?.0),
        })
    }

    fn whole(&self) -> Option<Whole> {
        match self {
            Self::Int(number) => Some(Whole(i128::from(*number))),
            Self::Uint(number) => Some(Whole(i128::from(*number))),
            _ => None,
        }
    }
}

/// A whole number of either kind.
struct Whole(i128);

impl Whole {
    fn as_double(&self) -> f64 {
        self.0 as f64
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Map(one), Self::Map(other)) => {
                let has = |(key, value): &(Value, Value)| {
                    other.iter().any(|(other, same)| key == other && value == same)
                };
                one.len() == other.len() && one.iter().all(has)
            }
            (Self::Message(name, one), Self::Message(other_name, other)) => {
                name == other_name && one == other
            }
            (Self::Type(one), Self::Type(other)) => one == other,
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }
}

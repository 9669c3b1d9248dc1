//! The types of expressions, and when one may stand for another. — *Source*: cel-go's checker.

use std::collections::BTreeMap;
use std::fmt;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// Anything, known only when it runs.
    Dyn,
    /// `google.protobuf.Any`
    Any,
    /// Of what does not compile.
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Timestamp,
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
    /// By its full name.
    Message(String),
    /// A scalar that may be null: a message such as `google.protobuf.Int64Value`.
    Wrapper(Box<Type>),
    /// Of a type itself.
    Meta(Box<Type>),
    /// Still open.
    Variable(u32),
}

impl Type {
    pub(crate) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub(crate) fn map(key: Self, value: Self) -> Self {
        Self::Map(Box::new(key), Box::new(value))
    }

    /// Of a message by its full name, which for some is another.
    pub(crate) fn message(full_name: &str) -> Self {
        let wrapper = |of| Self::Wrapper(Box::new(of));
        let Some(known) = full_name.strip_prefix("google.protobuf.") else {
            return Self::Message(full_name.to_owned());
        };
        match known {
            "Any" => Self::Any,
            "Duration" => Self::Duration,
            "Timestamp" => Self::Timestamp,
            "BoolValue" => wrapper(Self::Bool),
            "BytesValue" => wrapper(Self::Bytes),
            "DoubleValue" | "FloatValue" => wrapper(Self::Double),
            "Int32Value" | "Int64Value" => wrapper(Self::Int),
            "UInt32Value" | "UInt64Value" => wrapper(Self::Uint),
            "StringValue" => wrapper(Self::Text),
            "ListValue" => Self::list(Self::Dyn),
            "Struct" => Self::map(Self::Text, Self::Dyn),
            "Value" => Self::Dyn,
            _ => Self::Message(full_name.to_owned()),
        }
    }

    pub(super) fn is_dyn(&self) -> bool {
        matches!(self, Self::Dyn | Self::Any)
    }

    pub(super) fn is_dyn_or_error(&self) -> bool {
        self.is_dyn() || *self == Self::Error
    }

    /// The scalar that a wrapper holds.
    fn bare(&self) -> &Self {
        if let Self::Wrapper(inner) = self { inner } else { self }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dyn | Self::Variable(_) => "dyn",
            Self::Any => "any",
            Self::Error => "!error!",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
            Self::Timestamp => "timestamp",
            Self::List(of) => return write!(f, "list({of})"),
            Self::Map(key, value) => return write!(f, "map({key}, {value})"),
            Self::Message(name) => name,
            Self::Wrapper(of) => return write!(f, "wrapper({of})"),
            Self::Meta(of) => return write!(f, "type({of})"),
        })
    }
}

/// What open types turned out to be.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    bound: BTreeMap<u32, Type>,
    /// What was there before, newest last, so that a try that fails can be undone.
    before: Vec<(u32, Option<Type>)>,
}

impl Bindings {
    pub(super) fn bind(&mut self, variable: u32, to: Type) {
        let before = self.bound.insert(variable, to);
        self.before.push((variable, before));
    }

    /// The type with what is known filled in; what is open stays, or becomes `dyn`.
    pub(super) fn filled(&self, of: &Type, open_is_dyn: bool) -> Type {
        let inner = |of: &Type| Box::new(self.filled(of, open_is_dyn));
        match of {
            Type::Variable(number) => match self.bound.get(number) {
                Some(bound) => self.filled(bound, open_is_dyn),
                None if open_is_dyn => Type::Dyn,
                None => of.clone(),
            },
            Type::List(of) => Type::List(inner(of)),
            Type::Map(key, value) => Type::Map(inner(key), inner(value)),
            Type::Meta(of) => Type::Meta(inner(of)),
            _ => of.clone(),
        }
    }

    /// Whether a value of the one may stand where the other is expected; binds what was open.
    pub(super) fn assign(&mut self, one: &Type, other: &Type) -> bool {
        self.before.clear();
        let fits = self.fits(one, other);
        self.settle(fits)
    }

    /// The same for lists of types.
    pub(super) fn assign_all(&mut self, ones: &[Type], others: &[Type]) -> bool {
        self.before.clear();
        let mut pairs = ones.iter().zip(others);
        let fits = ones.len() == others.len() && pairs.all(|(one, other)| self.fits(one, other));
        self.settle(fits)
    }

    /// Keeps or undoes what a try has bound.
    fn settle(&mut self, fits: bool) -> bool {
        while let Some((variable, before)) = self.before.pop().filter(|_| !fits) {
            match before {
                Some(before) => self.bound.insert(variable, before),
                None => self.bound.remove(&variable),
            };
        }
        self.before.clear();
        fits
    }

    fn fits(&mut self, one: &Type, other: &Type) -> bool {
        if let Type::Variable(number) = other {
            match self.substitute(one, *number) {
                Some(valid) => return valid,
                None if !matches!(one, Type::Variable(_)) => return false,
                None => {}
            }
        }
        if let Type::Variable(number) = one {
            return self.substitute(other, *number).unwrap_or(false);
        }
        if one.is_dyn_or_error() || other.is_dyn_or_error() {
            return true;
        }
        match (one, other) {
            (Type::Null, other) | (other, Type::Null) => matches!(
                other,
                Type::Null | Type::Message(_) | Type::Duration | Type::Timestamp | Type::Wrapper(_)
            ),
            (Type::List(one), Type::List(other)) => self.fits(one, other),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                self.fits(key, other_key) && self.fits(value, other_value)
            }
            (Type::Meta(_), Type::Meta(_)) => true,
            _ => one.bare() == other.bare(),
        }
    }

    /// Whether the variable may be the type; none where it cannot be told from this side.
    fn substitute(&mut self, one: &Type, number: u32) -> Option<bool> {
        if *one == Type::Variable(number) {
            return Some(true);
        }
        if let Some(bound) = self.bound.get(&number).cloned() {
            if *one == bound {
                return Some(true);
            }
            if !self.fits(one, &bound) {
                return Some(false);
            }
            let general = if is_more_general(one, &bound) { one.clone() } else { bound };
            if !self.occurs(number, &general) {
                self.bind(number, general);
            }
            return Some(true);
        }
        if self.occurs(number, one) {
            return None;
        }
        self.bind(number, one.clone());
        Some(true)
    }

    fn occurs(&self, number: u32, within: &Type) -> bool {
        match within {
            Type::Variable(other) if *other == number => true,
            Type::Variable(other) => {
                self.bound.get(other).is_some_and(|bound| self.occurs(number, bound))
            }
            Type::List(of) | Type::Meta(of) => self.occurs(number, of),
            Type::Map(key, value) => self.occurs(number, key) || self.occurs(number, value),
            _ => false,
        }
    }
}

/// Whether the first says less than the second.
pub(super) fn is_more_general(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (Type::Dyn | Type::Any | Type::Variable(_), _) => true,
        (_, Type::Dyn | Type::Any | Type::Variable(_)) => false,
        (Type::List(one), Type::List(other)) => is_more_general(one, other),
        (Type::Map(key, value), Type::Map(other_key, other_value)) => {
            is_more_general(key, other_key) && is_more_general(value, other_value)
        }
        (Type::Meta(_), Type::Meta(_)) => true,
        _ => one == other,
    }
}

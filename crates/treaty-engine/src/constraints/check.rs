//! One thing that protovalidate asks of a value, and whether a value passes.

use std::fmt;

/// A number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Number {
    Integer(i128),
    Floating(f64),
    /// A duration, or a point in time since 1970.
    Nanoseconds(i128),
}

/// What `const`, `in` and `not_in` compare with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Number(Number),
    Truth(bool),
    Text(String),
    Bytes(Vec<u8>),
    /// A list or map, of which only this is told: how many there are, and whether two are the same.
    Many {
        count: u64,
        twice: bool,
    },
    /// A text or bytes too long to be written, of which only the size is told.
    Long {
        text: bool,
        characters: u64,
        bytes: u64,
    },
}

/// How a bound is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// What a size counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Characters,
    Bytes,
    Items,
}

/// One thing that is asked of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check<'d> {
    Bound(Bound, Number),
    Equals(Scalar),
    OneOf(Vec<Scalar>),
    NoneOf(Vec<Scalar>),
    Least(Unit, u64),
    Most(Unit, u64),
    Prefix(&'d [u8]),
    Suffix(&'d [u8]),
    Contains(&'d [u8]),
    Lacks(&'d [u8]),
    Unique,
    Finite,
}

impl Check<'_> {
    /// Bounds are looked at together, by [`within`].
    pub(super) fn passes(&self, value: &Scalar) -> bool {
        match self {
            Self::Bound(..) => true,
            Self::Equals(wanted) => value == wanted,
            Self::OneOf(wanted) => wanted.contains(value),
            Self::NoneOf(unwanted) => !unwanted.contains(value),
            Self::Least(unit, least) => value.size(*unit) >= *least,
            Self::Most(unit, most) => value.size(*unit) <= *most,
            // A long text has room for any part, and need not have it.
            check if check.is_of_part() && matches!(value, Scalar::Long { .. }) => true,
            Self::Prefix(part) => value.bytes().starts_with(part),
            Self::Suffix(part) => value.bytes().ends_with(part),
            Self::Contains(part) => value.has(part),
            Self::Lacks(part) => !value.has(part),
            Self::Unique => !matches!(value, Scalar::Many { twice: true, .. }),
            Self::Finite => match value {
                Scalar::Number(Number::Floating(number)) => number.is_finite(),
                _ => true,
            },
        }
    }

    /// Whether it asks for a part of a text, of which only some examples are tried.
    pub(super) fn is_of_part(&self) -> bool {
        matches!(self, Self::Prefix(_) | Self::Suffix(_) | Self::Contains(_) | Self::Lacks(_))
    }
}

/// Whether a number is within the bounds; a lower bound above the upper one means "outside".
pub(super) fn within(checks: &[Check<'_>], value: &Scalar) -> bool {
    let Scalar::Number(value) = value else { return true };
    let (mut above, mut below, mut lower, mut upper) = (true, true, None, None);
    for check in checks {
        match check {
            Check::Bound(Bound::Above, bound) => (above, lower) = (value > bound, Some(bound)),
            Check::Bound(Bound::AtLeast, bound) => (above, lower) = (value >= bound, Some(bound)),
            Check::Bound(Bound::Below, bound) => (below, upper) = (value < bound, Some(bound)),
            Check::Bound(Bound::AtMost, bound) => (below, upper) = (value <= bound, Some(bound)),
            _ => {}
        }
    }
    match lower.zip(upper) {
        Some((lower, upper)) if lower > upper => above || below,
        _ => above && below,
    }
}

impl Scalar {
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Number(Number::Integer(number) | Number::Nanoseconds(number)) => *number == 0,
            Self::Number(Number::Floating(number)) => *number == 0.0,
            Self::Truth(truth) => !truth,
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Many { count, .. } => *count == 0,
            Self::Long { .. } => false,
        }
    }

    fn size(&self, unit: Unit) -> u64 {
        match (self, unit) {
            (Self::Text(text), Unit::Characters) => text.chars().count() as u64,
            (Self::Many { count, .. }, Unit::Items) => *count,
            (Self::Long { characters, .. }, Unit::Characters) => *characters,
            (Self::Long { bytes, .. }, _) => *bytes,
            _ => self.bytes().len() as u64,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    fn has(&self, part: &[u8]) -> bool {
        part.is_empty() || self.bytes().windows(part.len()).any(|window| window == part)
    }
}

/// In a second.
pub(super) const NANOSECONDS: i128 = 1_000_000_000;

/// The longest text that is shown whole.
const SHOWN: usize = 40;

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(Number::Integer(number)) => number.fmt(f),
            Self::Number(Number::Floating(number)) => number.fmt(f),
            Self::Number(Number::Nanoseconds(number)) => {
                let sign = if *number < 0 { "-" } else { "" };
                let (whole, rest) = (number.abs() / NANOSECONDS, number.abs() % NANOSECONDS);
                let rest = format!(".{rest:09}");
                write!(f, "{sign}{whole}{}s", rest.trim_end_matches('0').trim_end_matches('.'))
            }
            Self::Truth(truth) => truth.fmt(f),
            Self::Text(text) if text.chars().count() > SHOWN => {
                let start: String = text.chars().take(SHOWN / 2).collect();
                write!(f, "{start:?}... ({} characters)", text.chars().count())
            }
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) if bytes.len() > SHOWN => write!(f, "{} bytes", bytes.len()),
            Self::Bytes(bytes) => write!(f, "bytes \"{}\"", bytes.escape_ascii()),
            Self::Many { twice: true, .. } => f.write_str("a list with the same item twice"),
            Self::Many { count, .. } => write!(f, "{count} entries"),
            Self::Long { text: true, characters, bytes } if characters != bytes => {
                write!(f, "a text of {characters} characters in {bytes} bytes")
            }
            Self::Long { text: true, characters, .. } => {
                write!(f, "a text of {characters} characters")
            }
            Self::Long { bytes, .. } => write!(f, "{bytes} bytes"),
        }
    }
}

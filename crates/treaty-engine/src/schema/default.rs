//! What a field reads as when nothing was written. — *Holds*: two defaults are the same if a program
//! sees the same number, truth or bytes, whatever the types. — *Source*: `default_value` in
//! descriptor.proto; words and equality as buf has them.

use std::fmt;

use treaty_compiler::descriptor::Kind;

use super::{Enum, Field, Schema};
use crate::quote::quoted;

/// The default of a field that holds one scalar or enum.
#[derive(Debug, Clone)]
pub(crate) enum Default<'d> {
    Truth(bool),
    Integer(i128),
    Float(f32),
    Double(f64),
    Text(&'d str),
    Bytes(Vec<u8>),
    /// The enum's short name and the first name of the number.
    Value {
        of: &'d str,
        name: &'d str,
        number: i32,
    },
}

impl<'d> Default<'d> {
    /// None where it cannot be read, and for messages.
    pub(crate) fn of(schema: &'d Schema<'d>, field: &Field<'d>) -> Option<Self> {
        let written = field.proto.default_value.as_deref();
        Some(match field.kind {
            Kind::Message | Kind::Group => return None,
            Kind::Bool => Self::Truth(written == Some("true")),
            Kind::String => Self::Text(written.unwrap_or_default()),
            Kind::Bytes => Self::Bytes(unescaped(written.unwrap_or_default())),
            Kind::Float => Self::Float(written.map_or(Some(0.0), |text| text.parse().ok())?),
            Kind::Double => Self::Double(written.map_or(Some(0.0), |text| text.parse().ok())?),
            Kind::Enum => value(schema.enumeration(field.type_name?)?, written)?,
            _ => Self::Integer(written.map_or(Some(0), |text| text.parse().ok())?),
        })
    }

    /// The defaults of both versions, where programs see another one.
    pub(crate) fn change(
        (old_schema, old): (&'d Schema<'d>, &Field<'d>),
        (new_schema, new): (&'d Schema<'d>, &Field<'d>),
    ) -> Option<(Self, Self)> {
        // Where neither writes a default, only the first value of an enum can be another one.
        let written = old.proto.default_value.is_some() || new.proto.default_value.is_some();
        let may_differ = written || old.kind == Kind::Enum || new.kind == Kind::Enum;
        if !may_differ || !old.is_single() || !new.is_single() {
            return None;
        }
        let (from, to) = (Self::of(old_schema, old)?, Self::of(new_schema, new)?);
        let same = from.is_zero() && to.is_zero() || from.same(&to);
        (!same).then_some((from, to))
    }

    /// What every field of the type reads as where no default is written.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Truth(truth) => !truth,
            Self::Integer(number) => *number == 0,
            Self::Float(number) => *number == 0.0,
            Self::Double(number) => *number == 0.0,
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Value { number, .. } => *number == 0,
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self.bytes(), other.bytes()) {
            (Some(one), Some(other)) => one == other,
            (None, None) => self.same_number(other),
            _ => false,
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn same_number(&self, other: &Self) -> bool {
        match (self.integer(), other.integer()) {
            (Some(one), Some(other)) => one == other,
            (Some(integer), None) => other.is_integer(integer),
            (None, Some(integer)) => self.is_integer(integer),
            (None, None) => match (self, other) {
                (Self::Double(one), Self::Double(other)) => {
                    one == other || one.is_nan() && other.is_nan()
                }
                _ => {
                    let (one, other) = (self.float(), other.float());
                    one == other || one.is_nan() && other.is_nan()
                }
            },
        }
    }

    fn integer(&self) -> Option<i128> {
        match *self {
            Self::Truth(truth) => Some(truth.into()),
            Self::Integer(number) => Some(number),
            Self::Value { number, .. } => Some(number.into()),
            _ => None,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a float and a double meet as floats")]
    fn float(&self) -> f32 {
        match *self {
            Self::Float(number) => number,
            Self::Double(number) => number as f32,
            _ => f32::NAN,
        }
    }

    /// Whether a floating number is exactly that integer.
    #[expect(clippy::cast_possible_truncation, reason = "what is compared has no fraction")]
    fn is_integer(&self, integer: i128) -> bool {
        let number = match *self {
            Self::Float(number) => f64::from(number),
            Self::Double(number) => number,
            _ => return false,
        };
        number.fract() == 0.0 && number.abs() < 1e30 && number as i128 == integer
    }
}

fn value<'d>(of: &Enum<'d>, written: Option<&str>) -> Option<Default<'d>> {
    let values = &of.proto.values;
    let value = match written {
        Some(name) => values.iter().find(|value| *value.name == *name)?,
        None => values.first()?,
    };
    let named = values.iter().find(|one| one.number == value.number)?;
    Some(Default::Value { of: of.name, name: &named.name, number: value.number })
}

/// The bytes that descriptor.proto writes with C's escapes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = if byte == b'\\' { rest.split_first() } else { None };
        let Some((&letter, after)) = escaped else {
            bytes.push(byte);
            continue;
        };
        let (digits, radix) = match letter {
            b'x' | b'X' => (digits(after, 2, 16), 16),
            _ => (digits(rest, 3, 8), 8),
        };
        let number = std::str::from_utf8(digits).ok();
        let number = number.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        (rest, _) = match number {
            Some(number) if radix == 16 => (&after[digits.len()..], bytes.push(number as u8)),
            Some(number) => (&rest[digits.len()..], bytes.push(number as u8)),
            None => (after, bytes.push(named(letter))),
        };
    }
    bytes
}

/// The digits that the text begins with.
fn digits(text: &[u8], most: usize, radix: u32) -> &[u8] {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    &text[..text.iter().take(most).take_while(is_digit).count()]
}

fn named(letter: u8) -> u8 {
    match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        other => other,
    }
}

impl fmt::Display for Default<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => truth.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => f.write_str(&float(&format!("{number:e}"))),
            Self::Double(number) => f.write_str(&float(&format!("{number:e}"))),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Bytes(bytes) => {
                let bytes: Vec<_> = bytes.iter().map(|byte| format!("0x{byte:X}")).collect();
                write!(f, "[{}]", bytes.join(","))
            }
            Self::Value { of, name, .. } => write!(f, "{of}.{name}"),
        }
    }
}

/// A floating number as Go's `%v` prints it, from the shortest digits with an exponent.
fn float(scientific: &str) -> String {
    let parts = scientific.split_once('e').and_then(|(digits, exponent)| {
        let exponent: i32 = exponent.parse().ok()?;
        Some((digits, exponent))
    });
    let Some((digits, exponent)) = parts else {
        return match scientific {
            "inf" => "+Inf".to_owned(),
            "-inf" => "-Inf".to_owned(),
            other => other.to_owned(),
        };
    };
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits = digits.replace('.', "");
    let Ok(whole) = usize::try_from(exponent + 1) else {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    };
    match digits.split_at_checked(whole) {
        Some(("", rest)) => format!("{sign}0.{rest}"),
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, rest)) => format!("{sign}{whole}.{rest}"),
        None => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_numbers_as_go_does() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (-12.25, "-12.25"),
            (100.0, "100"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
            (999_999.0, "999999"),
            (1_234_567.0, "1.234567e+06"),
            (1.5e300, "1.5e+300"),
        ] {
            assert_eq!(Default::Double(number).to_string(), expected);
        }
        assert_eq!(Default::Float(0.1).to_string(), "0.1");
    }

    #[test]
    fn reads_escapes() {
        assert_eq!(unescaped(r"a\n\001\377\x41\\\'"), b"a\n\x01\xffA\\'");
        assert_eq!(unescaped(r"\"), b"\\");
        assert_eq!(unescaped(r"\1234"), [0o123, b'4']);
    }

    #[test]
    fn compares_what_programs_see() {
        let same = |one: Default<'_>, other: Default<'_>| one.same(&other);
        assert!(same(Default::Integer(5), Default::Double(5.0)));
        assert!(!same(Default::Integer(5), Default::Double(5.5)));
        assert!(same(Default::Truth(true), Default::Integer(1)));
        assert!(same(Default::Text("a"), Default::Bytes(b"a".to_vec())));
        assert!(!same(Default::Text("5"), Default::Integer(5)));
        assert!(same(Default::Float(f32::NAN), Default::Double(f64::NAN)));
        assert!(same(Default::Float(0.1), Default::Double(0.1)));
    }
}

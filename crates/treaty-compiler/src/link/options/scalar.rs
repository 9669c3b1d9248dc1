//! Turns what is written for an option into a value of the field's type. — *Holds*: nothing is rounded or
//! cut without a word. — *Source*: protoc's `OptionInterpreter::SetOptionValue`, and its text format for
//! values within a message literal.

use super::tree::Value;
use crate::ast::RawValue;
use crate::descriptor::{Enum, Kind};

/// Where a value stands, which decides what may be written for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Behind the option's name.
    Option,
    /// Within a message literal, where the text format allows more.
    Literal,
}

/// A value of a number, bool, string or bytes type.
pub(crate) fn scalar(kind: Kind, raw: &RawValue, place: Place) -> Result<Value, String> {
    match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            let number = integer(raw, i128::from(i32::MIN), i128::from(i32::MAX), kind)?;
            let number = number as i32;
            Ok(match kind {
                Kind::Int32 => Value::Varint(i64::from(number) as u64),
                Kind::Sint32 => Value::Varint(u64::from((number << 1 ^ number >> 31) as u32)),
                _ => Value::Fixed32(number as u32),
            })
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            let number = integer(raw, i128::from(i64::MIN), i128::from(i64::MAX), kind)?;
            let number = number as i64;
            Ok(match kind {
                Kind::Int64 => Value::Varint(number as u64),
                Kind::Sint64 => Value::Varint((number << 1 ^ number >> 63) as u64),
                _ => Value::Fixed64(number as u64),
            })
        }
        Kind::Uint32 | Kind::Fixed32 => {
            let number = integer(raw, 0, i128::from(u32::MAX), kind)? as u32;
            Ok(if kind == Kind::Uint32 {
                Value::Varint(u64::from(number))
            } else {
                Value::Fixed32(number)
            })
        }
        Kind::Uint64 | Kind::Fixed64 => {
            let number = integer(raw, 0, i128::from(u64::MAX), kind)? as u64;
            Ok(if kind == Kind::Uint64 { Value::Varint(number) } else { Value::Fixed64(number) })
        }
        Kind::Double => Ok(Value::Fixed64(float(raw, place, kind)?.to_bits())),
        Kind::Float => Ok(Value::Fixed32(narrow(raw, float(raw, place, kind)?).to_bits())),
        Kind::Bool => Ok(Value::Varint(u64::from(truth(raw, place)?))),
        Kind::String | Kind::Bytes => match raw {
            RawValue::Text(bytes) => Ok(Value::Bytes(bytes.clone())),
            _ => Err(format!("expected a quoted string, found {}", describe(raw))),
        },
        Kind::Group | Kind::Message | Kind::Enum => {
            Err(format!("expected a value of type {}", kind.name()))
        }
    }
}

fn integer(raw: &RawValue, min: i128, max: i128, kind: Kind) -> Result<i128, String> {
    let RawValue::Integer { negative, magnitude } = *raw else {
        let what = kind.name();
        return Err(format!("expected an integer for {what}, found {}", describe(raw)));
    };
    let number = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
    if number < min || number > max || negative && min == 0 {
        return Err(format!("the value is out of range for {}, {min} to {max}", kind.name()));
    }
    Ok(number)
}

fn float(raw: &RawValue, place: Place, kind: Kind) -> Result<f64, String> {
    match raw {
        RawValue::Float(number) => Ok(*number),
        RawValue::Integer { negative, magnitude } => {
            Ok(if *negative { -(*magnitude as f64) } else { *magnitude as f64 })
        }
        RawValue::Identifier(name) => {
            let lower = name.to_ascii_lowercase();
            match if place == Place::Literal { lower.as_str() } else { name } {
                "inf" => Ok(f64::INFINITY),
                "infinity" if place == Place::Literal => Ok(f64::INFINITY),
                "nan" => Ok(f64::NAN),
                _ => Err(format!("expected a number for {}, found `{name}`", kind.name())),
            }
        }
        _ => Err(format!("expected a number for {}, found {}", kind.name(), describe(raw))),
    }
}

/// The nearest float; from an integer in one step, so that it is not rounded twice.
fn narrow(raw: &RawValue, double: f64) -> f32 {
    match *raw {
        RawValue::Integer { negative, magnitude } => {
            if negative {
                -(magnitude as f32)
            } else {
                magnitude as f32
            }
        }
        _ => double as f32,
    }
}

fn truth(raw: &RawValue, place: Place) -> Result<bool, String> {
    let wrong = || format!("expected `true` or `false`, found {}", describe(raw));
    match (raw, place) {
        (RawValue::Identifier(name), _) if **name == *"true" => Ok(true),
        (RawValue::Identifier(name), _) if **name == *"false" => Ok(false),
        (RawValue::Identifier(name), Place::Literal) => match &**name {
            "True" | "t" => Ok(true),
            "False" | "f" => Ok(false),
            _ => Err(wrong()),
        },
        (RawValue::Integer { negative: false, magnitude: magnitude @ (0 | 1) }, Place::Literal) => {
            Ok(*magnitude == 1)
        }
        _ => Err(wrong()),
    }
}

/// The number of an enum's value.
pub(crate) fn enum_number(
    one: &Enum,
    is_closed: bool,
    raw: &RawValue,
    place: Place,
) -> Result<i32, String> {
    let known = |name: &str| one.values.iter().find(|value| *value.name == *name);
    match (raw, place) {
        (RawValue::Identifier(name), _) => known(name)
            .map(|value| value.number)
            .ok_or_else(|| format!("enum `{}` has no value named `{name}`", one.full_name)),
        (RawValue::Integer { .. }, Place::Literal) => {
            let number =
                integer(raw, i128::from(i32::MIN), i128::from(i32::MAX), Kind::Enum)? as i32;
            if is_closed && one.values.iter().all(|value| value.number != number) {
                return Err(format!(
                    "enum `{}` has no value with the number {number}",
                    one.full_name
                ));
            }
            Ok(number)
        }
        _ => Err(format!(
            "expected a value's name of enum `{}`, found {}",
            one.full_name,
            describe(raw)
        )),
    }
}

/// What was written, in words.
pub(crate) fn describe(raw: &RawValue) -> String {
    match raw {
        RawValue::Identifier(name) => format!("`{name}`"),
        RawValue::Integer { .. } => "an integer".to_owned(),
        RawValue::Float(_) => "a floating-point number".to_owned(),
        RawValue::Text(_) => "a string".to_owned(),
        RawValue::Message(_) => "a message literal".to_owned(),
        RawValue::List(_) => "a list".to_owned(),
    }
}

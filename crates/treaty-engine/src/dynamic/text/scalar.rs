//! Words and numbers of the text format as values of a field. — *Holds*: none where the value does
//! not fit.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::FieldRef;

use crate::dynamic::Value;

/// `true`, `inf`, or the name of an enum's value.
pub(super) fn word_value(field: FieldRef<'_>, word: &str, negative: bool) -> Option<Value> {
    match (field.kind(), word) {
        (Kind::Bool, "true" | "True" | "t") if !negative => Some(Value::Bool(true)),
        (Kind::Bool, "false" | "False" | "f") if !negative => Some(Value::Bool(false)),
        (Kind::Enum, name) if !negative => {
            field.enum_type().ok()?.value_by_name(name).map(|value| Value::Enum(value.number))
        }
        (kind @ (Kind::Float | Kind::Double), word) => {
            let sign = if negative { -1.0 } else { 1.0 };
            let number = match word.to_ascii_lowercase().as_str() {
                "inf" | "infinity" => f64::INFINITY * sign,
                "nan" => f64::NAN,
                _ => return None,
            };
            Some(if kind == Kind::Float {
                Value::Float(number as f32)
            } else {
                Value::Double(number)
            })
        }
        _ => None,
    }
}

/// A whole number: decimal, hexadecimal or octal.
pub(super) fn whole(digits: &str) -> Option<i128> {
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let octal = digits.strip_prefix('0').filter(|rest| !rest.is_empty());
    match (hex, octal) {
        (Some(hex), _) => i128::from_str_radix(hex, 16).ok(),
        (_, Some(octal)) => i128::from_str_radix(octal, 8).ok(),
        _ => digits.parse().ok(),
    }
}

/// Digits as a number of the field's kind.
pub(super) fn number_value(field: FieldRef<'_>, digits: &str, negative: bool) -> Option<Value> {
    let kind = field.kind();
    if matches!(kind, Kind::Float | Kind::Double) {
        let plain = digits.trim_end_matches(['f', 'F']);
        let number: f64 = match whole(digits) {
            Some(_) if digits.starts_with("0x") => return None,
            Some(number) => number as f64,
            None => plain.parse().ok()?,
        };
        let number = if negative { -number } else { number };
        return Some(match kind {
            // Read as a float at once: to go by double would round twice.
            Kind::Float => {
                let float: f32 = plain.parse().unwrap_or(number.abs() as f32);
                Value::Float(if negative { -float } else { float })
            }
            _ => Value::Double(number),
        });
    }
    let number = whole(digits)?;
    let number = if negative { -number } else { number };
    Some(match kind {
        Kind::Bool => Value::Bool(match number {
            0 => false,
            1 => true,
            _ => return None,
        }),
        Kind::Enum => Value::Enum(i32::try_from(number).ok()?),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::Int32(i32::try_from(number).ok()?),
        Kind::Uint32 | Kind::Fixed32 => Value::Uint32(u32::try_from(number).ok()?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::Int64(i64::try_from(number).ok()?),
        Kind::Uint64 | Kind::Fixed64 => Value::Uint64(u64::try_from(number).ok()?),
        _ => return None,
    })
}

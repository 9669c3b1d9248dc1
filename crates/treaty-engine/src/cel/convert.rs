//! Turns values of one type into another.

use super::format;
use super::functions::days;
use super::value::Value;

/// By the name of the type that is wanted.
pub(super) fn convert(to: &str, value: &Value) -> Result<Value, String> {
    let wrong = || format!("type conversion error from '{}' to '{to}'", value.type_name());
    let range = || "integer overflow".to_owned();
    Ok(match (to, value) {
        ("bool", Value::Bool(_))
        | ("bytes", Value::Bytes(_))
        | ("double", Value::Double(_))
        | ("int", Value::Int(_))
        | ("uint", Value::Uint(_))
        | ("duration", Value::Duration(..))
        | ("timestamp", Value::Timestamp(..)) => value.clone(),
        ("bool", Value::Text(text)) => match &**text {
            "1" | "t" | "true" | "TRUE" | "True" | "T" => Value::Bool(true),
            "0" | "f" | "false" | "FALSE" | "False" | "F" => Value::Bool(false),
            _ => return Err(wrong()),
        },
        ("bytes", Value::Text(text)) => Value::Bytes(text.clone().into_bytes()),
        ("double", Value::Int(number)) => Value::Double(*number as f64),
        ("double", Value::Uint(number)) => Value::Double(*number as f64),
        ("double", Value::Text(text)) => Value::Double(text.parse().map_err(|_| wrong())?),
        ("int", Value::Uint(number)) => Value::Int(i64::try_from(*number).map_err(|_| range())?),
        ("int", Value::Double(number)) => {
            if !(-9.223_372_036_854_775e18..9.223_372_036_854_775e18).contains(number) {
                return Err(range());
            }
            Value::Int(*number as i64)
        }
        ("int", Value::Text(text)) => Value::Int(text.parse().map_err(|_| wrong())?),
        ("int", Value::Timestamp(seconds, _)) => Value::Int(*seconds),
        ("int", Value::Duration(seconds, nanos)) => Value::Int(
            seconds
                .checked_mul(1_000_000_000)
                .and_then(|all| all.checked_add(i64::from(*nanos)))
                .ok_or_else(range)?,
        ),
        ("uint", Value::Int(number)) => {
            Value::Uint(u64::try_from(*number).map_err(|_| format!("unsigned {}", range()))?)
        }
        ("uint", Value::Double(number)) => {
            if !(0.0..1.844_674_407_370_955e19).contains(number) {
                return Err(format!("unsigned {}", range()));
            }
            Value::Uint(*number as u64)
        }
        ("uint", Value::Text(text)) => Value::Uint(text.parse().map_err(|_| wrong())?),
        ("string", Value::Bytes(bytes)) => {
            let text = String::from_utf8(bytes.clone());
            Value::Text(text.map_err(|_| "invalid UTF-8 in bytes, cannot convert to string")?)
        }
        ("string", value) => Value::Text(format::plain(value).ok_or_else(wrong)?),
        ("duration", Value::Text(text)) => duration(text).ok_or_else(wrong)?,
        ("timestamp", Value::Int(seconds)) => Value::Timestamp(*seconds, 0),
        ("timestamp", Value::Text(text)) => timestamp(text).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    })
}

/// `-1h2m3.5s`
fn duration(text: &str) -> Option<Value> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Value::Duration(0, 0));
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let length = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..length].parse().ok()?;
        let units: [(&str, i128); 7] = [
            ("ns", 1),
            ("us", 1_000),
            ("µs", 1_000),
            ("ms", 1_000_000),
            ("s", 1_000_000_000),
            ("m", 60_000_000_000),
            ("h", 3_600_000_000_000),
        ];
        let (unit, nanos) = units.into_iter().find(|(unit, _)| rest[length..].starts_with(unit))?;
        total = total.checked_add((number * nanos as f64).round() as i128)?;
        rest = &rest[length + unit.len()..];
    }
    let total = if text.is_empty() { return None } else { sign * total };
    let seconds = i64::try_from(total / 1_000_000_000).ok()?;
    Some(Value::Duration(seconds, (total % 1_000_000_000) as i32))
}

/// RFC 3339.
fn timestamp(text: &str) -> Option<Value> {
    let number =
        |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok().map(i64::from);
    let signs = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    if !signs.iter().all(|&(at, sign)| text.get(at..=at) == Some(sign)) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let digits = fraction.get(..length.min(9)).filter(|digits| !digits.is_empty())?;
        nanos = format!("{digits:0<9}").parse().ok()?;
        rest = &fraction[length..];
    }
    let offset = match rest {
        "Z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = rest.strip_prefix(['+', '-'])?.split_once(':')?;
            sign * (i64::from(hours.parse::<u8>().ok()?) * 3600
                + i64::from(minutes.parse::<u8>().ok()?) * 60)
        }
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Some(Value::Timestamp(seconds, nanos))
}

//! What functions and operators do.

use std::cmp::Ordering;

use super::format;
use super::formats;
use super::value::Value;

type Outcome = Result<Value, String>;

const NANOS: i128 = 1_000_000_000;

/// The result for operands; a method's target is the first of them.
pub(super) fn call(name: &str, values: &[Value]) -> Outcome {
    let compared = |accept: fn(Ordering) -> bool| match values {
        [one, other] => {
            let nan = [one, other].iter().any(|v| matches!(v, Value::Double(n) if n.is_nan()));
            let order = one.order(other);
            if nan { Ok(false) } else { order.map(accept).ok_or_else(no_overload) }
        }
        _ => Err(no_overload()),
    };
    let truth = match (name, values) {
        ("_==_", [one, other]) => Ok(one == other),
        ("_!=_", [one, other]) => Ok(one != other),
        ("_<_", _) => compared(Ordering::is_lt),
        ("_<=_", _) => compared(Ordering::is_le),
        ("_>_", _) => compared(Ordering::is_gt),
        ("_>=_", _) => compared(Ordering::is_ge),
        ("!_", [Value::Bool(truth)]) => Ok(!truth),
        ("@in", [one, Value::List(items)]) => Ok(items.contains(one)),
        ("@in", [one, Value::Map(entries)]) => Ok(entries.iter().any(|(key, _)| key == one)),
        ("unique", [Value::List(items)]) => {
            Ok(items.iter().enumerate().all(|(index, item)| !items[..index].contains(item)))
        }
        ("isNan", [Value::Double(number)]) => Ok(number.is_nan()),
        ("isInf", [Value::Double(number)]) => Ok(number.is_infinite()),
        ("isInf", [Value::Double(number), Value::Int(sign)]) => {
            Ok(number.is_infinite() && (*sign == 0 || (*number > 0.0) == (*sign > 0)))
        }
        ("contains", [Value::Bytes(all), Value::Bytes(part)]) => {
            Ok(part.is_empty() || all.windows(part.len()).any(|window| window == part))
        }
        ("startsWith", [Value::Bytes(all), Value::Bytes(part)]) => Ok(all.starts_with(part)),
        ("endsWith", [Value::Bytes(all), Value::Bytes(part)]) => Ok(all.ends_with(part)),
        ("contains", [Value::Text(all), Value::Text(part)]) => Ok(all.contains(&**part)),
        ("startsWith", [Value::Text(all), Value::Text(part)]) => Ok(all.starts_with(&**part)),
        ("endsWith", [Value::Text(all), Value::Text(part)]) => Ok(all.ends_with(&**part)),
        ("matches", [Value::Text(text), Value::Text(pattern)]) => matches(text, pattern),
        (_, [Value::Text(text), rest @ ..]) if name.starts_with("is") => is(name, text, rest),
        _ => return computed(name, values),
    };
    truth.map(Value::Bool)
}

fn no_overload() -> String {
    "no such overload".to_owned()
}

/// Whether a pattern of RE2 matches a part of the text.
pub(crate) fn matches(text: &str, pattern: &str) -> Result<bool, String> {
    let pattern = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build();
    pattern.map(|pattern| pattern.is_match(text)).map_err(|error| error.to_string())
}

fn is(name: &str, text: &str, rest: &[Value]) -> Result<bool, String> {
    let version = |value: i64| u8::try_from(value).unwrap_or(u8::MAX);
    Ok(match (name, rest) {
        ("isHostname", []) => formats::is_hostname(text),
        ("isEmail", []) => formats::is_email(text),
        ("isUri", []) => formats::is_uri(text),
        ("isUriRef", []) => formats::is_uri_ref(text),
        ("isIp", []) => formats::is_ip(text, 0),
        ("isIp", [Value::Int(number)]) => formats::is_ip(text, version(*number)),
        ("isIpPrefix", []) => formats::is_ip_prefix(text, 0, false),
        ("isIpPrefix", [Value::Bool(strict)]) => formats::is_ip_prefix(text, 0, *strict),
        ("isIpPrefix", [Value::Int(number)]) => {
            formats::is_ip_prefix(text, version(*number), false)
        }
        ("isIpPrefix", [Value::Int(number), Value::Bool(strict)]) => {
            formats::is_ip_prefix(text, version(*number), *strict)
        }
        ("isHostAndPort", [Value::Bool(port)]) => formats::is_host_and_port(text, *port),
        _ => return Err(no_overload()),
    })
}

/// What is no question.
fn computed(name: &str, values: &[Value]) -> Outcome {
    match (name, values) {
        ("_[_]", [Value::List(items), index]) => {
            let at = match index {
                Value::Int(at) => usize::try_from(*at).ok(),
                Value::Uint(at) => usize::try_from(*at).ok(),
                _ => return Err(no_overload()),
            };
            let item = at.and_then(|at| items.get(at)).cloned();
            item.ok_or_else(|| {
                format!("index out of bounds: {}", format::plain(index).unwrap_or_default())
            })
        }
        ("_[_]", [Value::Map(entries), key]) => {
            let found = entries.iter().find(|(other, _)| other == key);
            found
                .map(|(_, value)| value.clone())
                .ok_or_else(|| format!("no such key: {}", format::plain(key).unwrap_or_default()))
        }
        ("size", [value]) => {
            let size = match value {
                Value::Text(text) => text.chars().count(),
                Value::Bytes(bytes) => bytes.len(),
                Value::List(items) => items.len(),
                Value::Map(entries) => entries.len(),
                _ => return Err(no_overload()),
            };
            Ok(Value::Int(size as i64))
        }
        ("type", [value]) => Ok(Value::Type(value.type_name().to_owned())),
        ("dyn", [value]) => Ok(value.clone()),
        ("format", [Value::Text(text), Value::List(values)]) => {
            format::format(text, values).map(Value::Text)
        }
        _ if name.contains('_') => arithmetic(name, values),
        _ if name.starts_with("get") => part_of_time(name, values),
        (
            "bool" | "bytes" | "double" | "int" | "uint" | "string" | "duration" | "timestamp",
            [value],
        ) => super::convert::convert(name, value),
        _ => super::text::call(name, values),
    }
}

fn arithmetic(name: &str, values: &[Value]) -> Outcome {
    let overflow = |kind: &str| format!("{kind} overflow");
    match (name, values) {
        ("-_", [Value::Int(number)]) => {
            number.checked_neg().map(Value::Int).ok_or_else(|| overflow("integer"))
        }
        ("-_", [Value::Double(number)]) => Ok(Value::Double(-number)),
        (_, [Value::Int(one), Value::Int(other)]) => {
            if *other == 0 && matches!(name, "_/_" | "_%_") {
                let word = if name == "_/_" { "division" } else { "modulus" };
                return Err(format!("{word} by zero"));
            }
            let result = match name {
                "_+_" => one.checked_add(*other),
                "_-_" => one.checked_sub(*other),
                "_*_" => one.checked_mul(*other),
                "_/_" => one.checked_div(*other),
                _ => one.checked_rem(*other),
            };
            result.map(Value::Int).ok_or_else(|| overflow("integer"))
        }
        (_, [Value::Uint(one), Value::Uint(other)]) => {
            if *other == 0 && matches!(name, "_/_" | "_%_") {
                let word = if name == "_/_" { "division" } else { "modulus" };
                return Err(format!("{word} by zero"));
            }
            let result = match name {
                "_+_" => one.checked_add(*other),
                "_-_" => one.checked_sub(*other),
                "_*_" => one.checked_mul(*other),
                "_/_" => one.checked_div(*other),
                _ => one.checked_rem(*other),
            };
            result.map(Value::Uint).ok_or_else(|| overflow("unsigned integer"))
        }
        (_, [Value::Double(one), Value::Double(other)]) => Ok(Value::Double(match name {
            "_+_" => one + other,
            "_-_" => one - other,
            "_*_" => one * other,
            "_/_" => one / other,
            _ => return Err(no_overload()),
        })),
        ("_+_", [Value::Text(one), Value::Text(other)]) => Ok(Value::Text(format!("{one}{other}"))),
        ("_+_", [Value::Bytes(one), Value::Bytes(other)]) => {
            Ok(Value::Bytes([&**one, other].concat()))
        }
        ("_+_", [Value::List(one), Value::List(other)]) => {
            Ok(Value::List([&**one, other].concat()))
        }
        ("_+_" | "_-_", [one, other]) => time(name == "_+_", one, other),
        _ => Err(no_overload()),
    }
}

/// Sums and differences of durations and timestamps.
fn time(adds: bool, one: &Value, other: &Value) -> Outcome {
    let whole = |seconds: &i64, nanos: &i32| i128::from(*seconds) * NANOS + i128::from(*nanos);
    let (left, right, is_timestamp) = match (one, other) {
        (Value::Duration(a, b), Value::Duration(c, d)) => (whole(a, b), whole(c, d), false),
        (Value::Timestamp(a, b), Value::Duration(c, d)) => (whole(a, b), whole(c, d), true),
        (Value::Duration(a, b), Value::Timestamp(c, d)) if adds => (whole(a, b), whole(c, d), true),
        (Value::Timestamp(a, b), Value::Timestamp(c, d)) if !adds => {
            (whole(a, b), whole(c, d), false)
        }
        _ => return Err(no_overload()),
    };
    let total = if adds { left + right } else { left - right };
    let (seconds, nanos) = if is_timestamp {
        (total.div_euclid(NANOS), total.rem_euclid(NANOS))
    } else {
        (total / NANOS, total % NANOS)
    };
    let seconds = i64::try_from(seconds).map_err(|_| "timestamp overflow".to_owned())?;
    let nanos = nanos as i32;
    Ok(if is_timestamp {
        Value::Timestamp(seconds, nanos)
    } else {
        Value::Duration(seconds, nanos)
    })
}

/// Parts of a timestamp in UTC or a fixed offset, and of a duration as a whole.
fn part_of_time(name: &str, values: &[Value]) -> Outcome {
    let (seconds, nanos) = match values {
        [Value::Duration(seconds, nanos)] => {
            return Ok(Value::Int(match name {
                "getHours" => seconds / 3600,
                "getMinutes" => seconds / 60,
                "getSeconds" => *seconds,
                _ => i64::from(nanos / 1_000_000),
            }));
        }
        [Value::Timestamp(seconds, nanos)] => (*seconds, *nanos),
        [Value::Timestamp(seconds, nanos), Value::Text(zone)] => {
            (seconds.saturating_add(offset(zone)?), *nanos)
        }
        _ => return Err(no_overload()),
    };
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    Ok(Value::Int(match name {
        "getFullYear" => year,
        "getMonth" => month - 1,
        "getDayOfYear" => days - days_before(year),
        "getDayOfMonth" => day - 1,
        "getDate" => day,
        "getDayOfWeek" => (days + 4).rem_euclid(7),
        "getHours" => second / 3600,
        "getMinutes" => second / 60 % 60,
        "getSeconds" => second % 60,
        _ => i64::from(nanos / 1_000_000),
    }))
}

/// `UTC` or `-07:00` in seconds. Names of places would need a database.
fn offset(zone: &str) -> Result<i64, String> {
    if matches!(zone, "" | "UTC" | "Z") {
        return Ok(0);
    }
    let unknown = || format!("unknown time zone {zone}");
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, zone.strip_prefix('+').unwrap_or(zone)),
    };
    let (hours, minutes) = digits.split_once(':').ok_or_else(unknown)?;
    let number = |text: &str| text.parse::<u32>().map(i64::from).map_err(|_| unknown());
    Ok(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

fn days_before(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

/// Year, month and day of a day since 1970. — *Source*: Howard Hinnant's `civil_from_days`.
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * day_of_year + 2) / 153;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * part + 2) / 5 + 1)
}

/// The day since 1970 of a date.
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap = i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let index = usize::try_from(month - 1).unwrap_or_default().min(11);
    days_before(year) + before[index] + if month > 2 { leap } else { 0 } + day - 1
}

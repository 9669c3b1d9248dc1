//! Messages that have a JSON form of their own. — *Source*: the comments of
//! `google/protobuf/{timestamp,duration,field_mask,struct,wrappers,any}.proto`.

use super::{Message, Value};

/// A message with a JSON form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WellKnown {
    Any,
    Timestamp,
    Duration,
    FieldMask,
    Struct,
    Value,
    ListValue,
    /// Of a scalar, in field 1.
    Wrapper,
}

impl WellKnown {
    pub(super) fn of(full_name: &str) -> Option<Self> {
        Some(match full_name.strip_prefix("google.protobuf.")? {
            "Any" => Self::Any,
            "Timestamp" => Self::Timestamp,
            "Duration" => Self::Duration,
            "FieldMask" => Self::FieldMask,
            "Struct" => Self::Struct,
            "Value" => Self::Value,
            "ListValue" => Self::ListValue,
            "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value"
            | "UInt32Value" | "BoolValue" | "StringValue" | "BytesValue" => Self::Wrapper,
            _ => return None,
        })
    }
}

/// 9999-12-31T23:59:59Z and 0001-01-01T00:00:00Z.
const LAST_SECOND: i64 = 253_402_300_799;
const FIRST_SECOND: i64 = -62_135_596_800;
/// About 10,000 years.
const LONGEST: i64 = 315_576_000_000;

pub(super) fn seconds_and_nanos(message: &Message) -> (i64, i32) {
    let seconds = match message.fields.get(&1) {
        Some(Value::Int64(seconds)) => *seconds,
        _ => 0,
    };
    let nanos = match message.fields.get(&2) {
        Some(Value::Int32(nanos)) => *nanos,
        _ => 0,
    };
    (seconds, nanos)
}

pub(super) fn of_seconds_and_nanos((seconds, nanos): (i64, i32)) -> Message {
    let mut message = Message::default();
    if seconds != 0 {
        message.fields.insert(1, Value::Int64(seconds));
    }
    if nanos != 0 {
        message.fields.insert(2, Value::Int32(nanos));
    }
    message
}

/// Nothing, or a point and 3, 6 or 9 digits.
fn fraction(nanos: u32) -> String {
    match nanos {
        0 => String::new(),
        nanos if nanos.is_multiple_of(1_000_000) => format!(".{:03}", nanos / 1_000_000),
        nanos if nanos.is_multiple_of(1_000) => format!(".{:06}", nanos / 1_000),
        nanos => format!(".{nanos:09}"),
    }
}

pub(super) fn timestamp_text(seconds: i64, nanos: i32) -> Option<String> {
    let nanos = u32::try_from(nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    if !(FIRST_SECOND..=LAST_SECOND).contains(&seconds) {
        return None;
    }
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let fraction = fraction(nanos);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"))
}

/// Year, month and day of a day counted from 1970-01-01. — *Source*: Howard Hinnant, "chrono-
/// compatible low-level date algorithms".
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

fn day(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

pub(super) fn read_timestamp(text: &str) -> Option<Message> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let sign = |at: usize, sign: u8| (text.as_bytes().get(at) == Some(&sign)).then_some(());
    for (at, byte) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        sign(at, byte)?;
    }
    let (year, month, of_month) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let days = day(year, month, of_month);
    if !(1..=12).contains(&month) || date(days) != (year, month, of_month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, zone) = read_fraction(text.get(19..)?)?;
    let offset = read_zone(zone)?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    let in_range = (FIRST_SECOND..=LAST_SECOND).contains(&seconds);
    in_range.then(|| of_seconds_and_nanos((seconds, nanos)))
}

fn read_zone(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, zone) = match zone.split_at_checked(1)? {
        ("+", zone) => (1, zone),
        ("-", zone) => (-1, zone),
        _ => return None,
    };
    let (hours, minutes) = zone.split_once(':').filter(|_| zone.len() == 5)?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60)
        .then(|| sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60))
}

/// Up to nine digits behind a point, and the rest.
fn read_fraction(text: &str) -> Option<(i32, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    (1..=9).contains(&digits.len()).then_some(())?;
    Some((format!("{digits:0<9}").parse().ok()?, rest))
}

pub(super) fn duration_text(seconds: i64, nanos: i32) -> Option<String> {
    let opposite = seconds > 0 && nanos < 0 || seconds < 0 && nanos > 0;
    if opposite || !(-LONGEST..=LONGEST).contains(&seconds) || nanos.unsigned_abs() > 999_999_999 {
        return None;
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    Some(format!("{sign}{}{}s", seconds.unsigned_abs(), fraction(nanos.unsigned_abs())))
}

pub(super) fn read_duration(text: &str) -> Option<Message> {
    let text = text.strip_suffix('s')?;
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let seconds: i64 = text[..end].parse().ok()?;
    let (nanos, rest) = read_fraction(&text[end..])?;
    let sound = rest.is_empty() && seconds <= LONGEST;
    let sign_of_nanos = if sign < 0 { -1 } else { 1 };
    sound.then(|| of_seconds_and_nanos((sign * seconds, sign_of_nanos * nanos)))
}

pub(super) fn mask_text(message: &Message) -> Option<String> {
    let Some(Value::List(paths)) = message.fields.get(&1) else { return Some(String::new()) };
    let camel = |path: &Value| {
        let Value::Text(path) = path else { return None };
        let path = std::str::from_utf8(path).ok()?;
        let mut camel = String::new();
        let mut letters = path.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '_' => {
                    camel.extend(letters.next().filter(char::is_ascii_lowercase)?.to_uppercase())
                }
                letter if letter.is_ascii_uppercase() => return None,
                letter => camel.push(letter),
            }
        }
        Some(camel)
    };
    Some(paths.iter().map(camel).collect::<Option<Vec<_>>>()?.join(","))
}

pub(super) fn read_mask(text: &str) -> Option<Message> {
    let mut paths = Vec::new();
    for path in text.split(',').filter(|_| !text.is_empty()) {
        let mut snake = String::new();
        for letter in path.chars() {
            match letter {
                '_' => return None,
                letter if letter.is_ascii_uppercase() => {
                    snake.push('_');
                    snake.push(letter.to_ascii_lowercase());
                }
                letter => snake.push(letter),
            }
        }
        paths.push(Value::Text(snake.into_bytes()));
    }
    let mut message = Message::default();
    if !paths.is_empty() {
        message.fields.insert(1, Value::List(paths));
    }
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_printed() {
        for (seconds, nanos, text) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (FIRST_SECOND, 0, "0001-01-01T00:00:00Z"),
            (LAST_SECOND, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
            (951_782_400, 500_000_000, "2000-02-29T00:00:00.500Z"),
            (-1, 10_000, "1969-12-31T23:59:59.000010Z"),
        ] {
            assert_eq!(timestamp_text(seconds, nanos).as_deref(), Some(text));
            let read = read_timestamp(text).unwrap();
            assert_eq!(seconds_and_nanos(&read), (seconds, nanos), "{text}");
        }
        let zone = read_timestamp("2000-01-01T01:30:00+01:30").unwrap();
        assert_eq!(seconds_and_nanos(&zone), (946_684_800, 0));
        for wrong in [
            "",
            "2001-02-29T00:00:00Z",
            "2001-01-01T24:00:00Z",
            "2001-01-01T00:00:00",
            "2001-01-01t00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2001-13-01T00:00:00Z",
        ] {
            assert_eq!(read_timestamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_are_read_as_they_are_printed() {
        for (seconds, nanos, text) in
            [(0, 0, "0s"), (-1, -500_000_000, "-1.500s"), (0, -1, "-0.000000001s"), (3, 0, "3s")]
        {
            assert_eq!(duration_text(seconds, nanos).as_deref(), Some(text));
            let read = read_duration(text).unwrap();
            assert_eq!(seconds_and_nanos(&read), (seconds, nanos), "{text}");
        }
        assert_eq!(duration_text(1, -1), None);
        assert_eq!(read_duration("1.0000000001s"), None);
        assert_eq!(read_duration("-"), None);
    }
}

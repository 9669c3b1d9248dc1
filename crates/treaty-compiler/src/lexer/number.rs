//! Converts numbers as they are written, and floats to how protoc and buf write them. — *Source*:
//! protoc's `io/tokenizer.cc` and `io/strtod.cc`; Go's `strconv.FormatFloat`.

/// Whether a token that begins as a number is none: `0x`, `09`, `1e`.
pub(crate) fn is_malformed(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes {
        [b'0', b'x' | b'X', digits @ ..] => digits.is_empty(),
        [b'0', b'0'..=b'9', ..] => !bytes.iter().all(|byte| (b'0'..=b'7').contains(byte)),
        _ => !bytes.last().is_some_and(|last| last.is_ascii_digit() || *last == b'.'),
    }
}

/// The value of an integer token; none if it is beyond 64 bits or malformed.
pub(crate) fn integer(text: &str) -> Option<u64> {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => u64::from_str_radix(&text[2..], 16).ok(),
        [b'0', _, ..] => u64::from_str_radix(&text[1..], 8).ok(),
        _ => text.parse().ok(),
    }
}

/// The value of an integer token, perhaps with a sign before it, as an `int32`.
pub(crate) fn signed(text: &str) -> Option<i32> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let magnitude = i64::try_from(integer(digits)?).ok()?;
    i32::try_from(if is_negative { -magnitude } else { magnitude }).ok()
}

/// The value of a number token as a float; none of a hexadecimal or octal one beyond 64 bits.
pub(crate) fn float(text: &str) -> Option<f64> {
    match text.as_bytes() {
        [b'0', b'x' | b'X' | b'0'..=b'9', ..] => integer(text).map(|number| number as f64),
        _ => text.parse().ok(),
    }
}

/// As protoc prints a `double`: the shorter of 15 and 17 digits that reads back the same.
pub(crate) fn print_double(value: f64) -> String {
    let short = general(value, 15);
    if short.parse() == Ok(value) { short } else { general(value, 17) }
}

/// As protoc prints a `float`: the shorter of 6 and 9 digits that reads back the same.
pub(crate) fn print_float(value: f32) -> String {
    let short = general(f64::from(value), 6);
    if short.parse() == Ok(value) { short } else { general(f64::from(value), 9) }
}

/// A `double` as a `float`: what rounds to the largest float is the largest float.
pub(crate) fn to_float(value: f64) -> f32 {
    /// The largest double that still counts as the largest float.
    const MAX_ROUNDED: f64 = 3.402_823_567_797_336_6e38;
    let largest = f64::from(f32::MAX);
    if value.abs() > largest {
        let magnitude = if value.abs() <= MAX_ROUNDED { f32::MAX } else { f32::INFINITY };
        return if value < 0.0 { -magnitude } else { magnitude };
    }
    value as f32
}

/// As buf prints either: no more digits than a `double` needs to read back the same, with an exponent
/// from a million on.
pub(crate) fn print_shortest(value: f64) -> String {
    if !value.is_finite() {
        return general(value, 1);
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// C's `%.<digits>g`.
fn general(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-4..digits as i32).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or_default();
        return trimmed(&format!("{value:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_three_bases() {
        assert_eq!(integer("0"), Some(0));
        assert_eq!(integer("017"), Some(15));
        assert_eq!(integer("0x1F"), Some(31));
        assert_eq!(integer("18446744073709551615"), Some(u64::MAX));
        assert_eq!(integer("18446744073709551616"), None);
        assert_eq!(integer("0x"), None);
        assert_eq!(integer("09"), None);
    }

    #[test]
    fn floats_take_every_form() {
        for (text, value) in
            [("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("0x10", 16.0), ("017", 15.0)]
        {
            assert_eq!(float(text), Some(value), "{text}");
        }
        assert_eq!(float("18446744073709551616"), Some(18_446_744_073_709_551_616.0));
        assert_eq!(float("1e999"), Some(f64::INFINITY));
    }

    #[test]
    fn what_only_begins_as_a_number_is_told() {
        for text in ["0x", "08", "1e", "1e+", "1.5e-"] {
            assert!(is_malformed(text), "{text}");
        }
        for text in ["0", "07", "0xf", "1.", ".5", "1e5", "10"] {
            assert!(!is_malformed(text), "{text}");
        }
    }

    #[test]
    fn floats_are_printed_as_c_does() {
        let doubles = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (1e15, "1e+15"),
            (123_456.0, "123456"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1.0 / 3.0, "0.33333333333333331"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, text) in doubles {
            assert_eq!(print_double(value), text);
        }
        for (value, text) in [
            (0.1_f32, "0.1"),
            (1.0 / 3.0, "0.333333343"),
            (1e6, "1e+06"),
            (f32::MAX, "3.40282347e+38"),
        ] {
            assert_eq!(print_float(value), text);
        }
        assert_eq!(to_float(3.402_823_5e38), f32::MAX);
        assert_eq!(to_float(1e40), f32::INFINITY);
        assert_eq!(to_float(-1e40), f32::NEG_INFINITY);
    }

    #[test]
    fn floats_are_printed_as_go_does() {
        let tenth = f64::from(0.1_f32);
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (0.1, "0.1"),
            (tenth, "0.10000000149011612"),
            (100_000.0, "100000"),
            (123_456.75, "123456.75"),
            (1e6, "1e+06"),
            (16_777_217.0, "1.6777217e+07"),
            (0.0001, "0.0001"),
            (1e-5, "1e-05"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(print_shortest(value), text);
        }
    }
}

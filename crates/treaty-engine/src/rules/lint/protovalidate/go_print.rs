//! Prints values as Go's `%v` does, which is how buf's messages show them.

use treaty_compiler::descriptor::Kind;

use crate::cel::Value;

/// A value of a field of that kind.
pub(super) fn plain(value: &Value, kind: Kind) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) if kind == Kind::Float => {
            let short = *number as f32;
            float(*number, &format!("{short:e}"))
        }
        Value::Double(number) => float(*number, &format!("{number:e}")),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => {
            let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
            format!("[{}]", numbers.join(" "))
        }
        Value::Duration(seconds, nanos) | Value::Timestamp(seconds, nanos) => {
            seconds_and_nanos(*seconds, *nanos)
        }
        _ => String::new(),
    }
}

/// `seconds:1 nanos:2`, as messages print themselves.
pub(super) fn seconds_and_nanos(seconds: i64, nanos: i32) -> String {
    let mut parts = Vec::new();
    if seconds != 0 {
        parts.push(format!("seconds:{seconds}"));
    }
    if nanos != 0 {
        parts.push(format!("nanos:{nanos}"));
    }
    parts.join(" ")
}

/// From the shortest digits as `d.ddde±x`; the exponent is shown from 10^6 on and below
/// 10^-4.
fn float(number: f64, shortest: &str) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let Some((digits, exponent)) = shortest.split_once('e') else { return shortest.to_owned() };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut digits = digits.replace('.', "");
    let point = exponent + 1;
    if point <= 0 {
        let zeros = "0".repeat(point.unsigned_abs() as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let point = point.unsigned_abs() as usize;
    while digits.len() < point {
        digits.push('0');
    }
    if digits.len() > point {
        digits.insert(point, '.');
    }
    format!("{sign}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_go_prints_them() {
        for (number, printed) in [
            (1.75, "1.75"),
            (0.0, "0"),
            (-0.5, "-0.5"),
            (999999.0, "999999"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1234567.0, "1.234567e+06"),
        ] {
            assert_eq!(plain(&Value::Double(number), Kind::Double), printed);
        }
        assert_eq!(plain(&Value::Double(f64::from(0.1_f32)), Kind::Float), "0.1");
        assert_eq!(plain(&Value::Bytes(vec![255, 1]), Kind::Bytes), "[255 1]");
        assert_eq!(seconds_and_nanos(1, -1), "seconds:1 nanos:-1");
    }
}

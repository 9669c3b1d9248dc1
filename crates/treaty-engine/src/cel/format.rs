//! Fills format strings: `'%s'.format([value])`. — *Source*: cel-go's string extensions, version 4.

use super::types::Type;
use super::value::Value;

/// What kind of text a clause makes.
#[derive(Clone, Copy, PartialEq)]
enum Clause {
    Plain,
    Decimal,
    Fixed(usize),
    Scientific(usize),
    Binary,
    Hex(bool),
    Octal,
}

/// How many digits there are behind the point where the clause does not say.
const PRECISION: usize = 6;

/// The most that it may say.
const MAX_PRECISION: usize = 100;

/// Where a format string is written out: the first thing that is wrong with it or with the values.
pub(super) fn check(text: &str, types: &[Type]) -> Option<String> {
    let fill = |index: usize, clause: Clause| {
        let of = types.get(index).ok_or_else(|| out_of_range(index))?;
        let fits = match (clause, of) {
            (_, Type::Dyn | Type::Any | Type::Error) => true,
            (Clause::Plain, Type::Message(_)) => false,
            (Clause::Plain, _) => true,
            (Clause::Decimal | Clause::Fixed(_) | Clause::Scientific(_), of) => {
                matches!(of, Type::Int | Type::Uint | Type::Double)
            }
            (Clause::Binary, of) => matches!(of, Type::Int | Type::Uint | Type::Bool),
            (Clause::Hex(_), of) => matches!(of, Type::Int | Type::Uint | Type::Text | Type::Bytes),
            (Clause::Octal, of) => matches!(of, Type::Int | Type::Uint),
        };
        if fits { Ok(String::new()) } else { Err(unfit(clause, &of.to_string())) }
    };
    let mut used = 0;
    let counted = |index: usize, clause: Clause| {
        used = used.max(index + 1);
        fill(index, clause)
    };
    let error = interpolate(text, counted).err();
    let given = types.len();
    error.or_else(|| {
        (used < given).then(|| {
            format!("too many arguments supplied to string.format (expected {used}, got {given})")
        })
    })
}

/// The text with its clauses filled.
pub(super) fn format(text: &str, values: &[Value]) -> Result<String, String> {
    interpolate(text, |index, clause| {
        let value = values.get(index).ok_or_else(|| out_of_range(index))?;
        filled(clause, value).ok_or_else(|| unfit(clause, value.type_name()))
    })
}

fn out_of_range(index: usize) -> String {
    format!("index {index} out of range")
}

fn unfit(clause: Clause, given: &str) -> String {
    let can = match clause {
        Clause::Plain => {
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, \
             types, durations, and timestamps"
        }
        Clause::Decimal => "decimal clause can only be used on ints, uints, and doubles",
        Clause::Fixed(_) => "fixed-point clause can only be used on ints, uints, and doubles",
        Clause::Scientific(_) => "scientific clause can only be used on ints, uints, and doubles",
        Clause::Binary => "only ints, uints, and bools can be formatted as binary",
        Clause::Hex(_) => "only ints, uints, bytes, and strings can be formatted as hex",
        Clause::Octal => "octal clause can only be used on ints and uints",
    };
    format!("error during formatting: {can}, was given {given}")
}

fn interpolate(
    text: &str,
    mut fill: impl FnMut(usize, Clause) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut index) = (text, 0);
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            out.push('%');
            rest = behind;
            continue;
        }
        // Values are looked for before the clause is.
        fill(index, Clause::Plain)
            .map(|_| ())
            .or_else(|error| if error.starts_with("index ") { Err(error) } else { Ok(()) })?;
        let (clause, behind) = clause(rest)?;
        out.push_str(&fill(index, clause)?);
        rest = behind;
        index += 1;
    }
    out.push_str(rest);
    Ok(out)
}

fn clause(text: &str) -> Result<(Clause, &str), String> {
    let wrong = |reason: &str| format!("could not parse formatting clause: {reason}");
    let mut precision = PRECISION;
    let mut rest = text;
    if let Some(digits) = text.strip_prefix('.') {
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        precision = digits[..length].parse().unwrap_or(usize::MAX);
        rest = &digits[length..];
        if precision > MAX_PRECISION {
            let limit = format!(
                "error while parsing precision: precision {precision} exceeds maximum allowed \
                 precision {MAX_PRECISION}"
            );
            return Err(wrong(&limit));
        }
    }
    let Some(letter) = rest.chars().next() else {
        return Err("unexpected end of string".to_owned());
    };
    let clause = match letter {
        's' => Clause::Plain,
        'd' => Clause::Decimal,
        'f' => Clause::Fixed(precision),
        'e' => Clause::Scientific(precision),
        'b' => Clause::Binary,
        'x' => Clause::Hex(false),
        'X' => Clause::Hex(true),
        'o' => Clause::Octal,
        _ => return Err(wrong(&format!("unrecognized formatting clause \"{letter}\""))),
    };
    Ok((clause, &rest[letter.len_utf8()..]))
}

fn filled(clause: Clause, value: &Value) -> Option<String> {
    let double = match value {
        Value::Int(number) => Some(*number as f64),
        Value::Uint(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        _ => None,
    };
    match (clause, value) {
        (Clause::Plain, value) => plain(value),
        (Clause::Decimal, Value::Int(_) | Value::Uint(_) | Value::Double(_)) => plain(value),
        (Clause::Fixed(digits), _) => double.map(|number| {
            if number.is_finite() { format!("{number:.digits$}") } else { decimal(number) }
        }),
        (Clause::Scientific(digits), _) => double.map(|number| scientific(number, digits)),
        (Clause::Binary, Value::Bool(truth)) => Some(u8::from(*truth).to_string()),
        (Clause::Binary, Value::Int(number)) => Some(signed(*number, |n| format!("{n:b}"))),
        (Clause::Binary, Value::Uint(number)) => Some(format!("{number:b}")),
        (Clause::Octal, Value::Int(number)) => Some(signed(*number, |n| format!("{n:o}"))),
        (Clause::Octal, Value::Uint(number)) => Some(format!("{number:o}")),
        (Clause::Hex(upper), value) => {
            let hex = match value {
                Value::Int(number) => signed(*number, |n| format!("{n:x}")),
                Value::Uint(number) => format!("{number:x}"),
                Value::Text(text) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
                Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                _ => return None,
            };
            Some(if upper { hex.to_uppercase() } else { hex })
        }
        _ => None,
    }
}

fn signed(number: i64, digits: impl Fn(u64) -> String) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", digits(number.unsigned_abs()))
}

fn scientific(number: f64, digits: usize) -> String {
    if !number.is_finite() {
        return decimal(number);
    }
    let text = format!("{number:.digits$e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// The shortest digits, never with an exponent.
fn decimal(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}

/// As `%s` shows it; nothing of messages.
pub(crate) fn shown(value: &Value) -> String {
    plain(value).unwrap_or_default()
}

/// As `%s` shows it; none of messages.
pub(super) fn plain(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => decimal(*number),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Type(name) => name.clone(),
        Value::Duration(seconds, nanos) => {
            format!("{}s", decimal(*seconds as f64 + f64::from(*nanos) / 1e9))
        }
        Value::Timestamp(seconds, nanos) => timestamp(*seconds, *nanos),
        Value::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(plain).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Map(entries) => {
            let pair =
                |(key, value): &(Value, Value)| Some(format!("{}: {}", plain(key)?, plain(value)?));
            let mut entries = entries.iter().map(pair).collect::<Option<Vec<_>>>()?;
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Message(..) => return None,
    })
}

/// RFC 3339 with as many digits behind the point as there are.
pub(super) fn timestamp(seconds: i64, nanos: i32) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = super::functions::date(days);
    let fraction = if nanos == 0 {
        String::new()
    } else {
        format!(".{nanos:09}").trim_end_matches('0').to_owned()
    };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

//! Functions of strings that the language itself lacks. — *Source*: cel-go's string extensions.

use super::value::Value;

/// How long a text may become.
const MAX_LENGTH: usize = 1 << 20;

pub(super) fn call(name: &str, values: &[Value]) -> Result<Value, String> {
    if let ("join", [Value::List(items), rest @ ..]) = (name, values) {
        let between = if let [Value::Text(between)] = rest { between } else { "" };
        let item = |value: &Value| match value {
            Value::Text(text) => Ok(text.clone()),
            _ => Err("no such overload".to_owned()),
        };
        let items = items.iter().map(item).collect::<Result<Vec<_>, _>>()?;
        if items.len().saturating_mul(between.len()) > MAX_LENGTH {
            return Err("operation interrupted".to_owned());
        }
        return Ok(Value::Text(items.join(between)));
    }
    let [Value::Text(text), rest @ ..] = values else { return Err("no such overload".to_owned()) };
    let letters: Vec<char> = text.chars().collect();
    let at = |index: i64| {
        let found = usize::try_from(index).ok().filter(|&index| index <= letters.len());
        found.ok_or_else(|| format!("index out of range: {index}"))
    };
    let part = |from: usize, to: usize| letters.get(from..to).map(|part| part.iter().collect());
    Ok(match (name, rest) {
        ("charAt", [Value::Int(index)]) => {
            let letter = letters.get(at(*index)?);
            Value::Text(letter.map(char::to_string).unwrap_or_default())
        }
        ("indexOf", [Value::Text(find)]) => Value::Int(index_of(&letters, find, 0)),
        ("indexOf", [Value::Text(find), Value::Int(from)]) => {
            Value::Int(index_of(&letters, find, at(*from)?))
        }
        ("lastIndexOf", [Value::Text(find)]) => {
            Value::Int(last_index_of(&letters, find, letters.len()))
        }
        ("lastIndexOf", [Value::Text(find), Value::Int(to)]) => {
            Value::Int(last_index_of(&letters, find, at(*to)?))
        }
        ("lowerAscii", []) => Value::Text(text.to_ascii_lowercase()),
        ("upperAscii", []) => Value::Text(text.to_ascii_uppercase()),
        ("trim", []) => Value::Text(text.trim().to_owned()),
        ("reverse", []) => Value::Text(letters.iter().rev().collect()),
        ("replace", [Value::Text(old), Value::Text(new), ..])
            if text.matches(&**old).count().saturating_mul(new.len()) > MAX_LENGTH =>
        {
            return Err("operation interrupted".to_owned());
        }
        ("replace", [Value::Text(old), Value::Text(new)]) => Value::Text(text.replace(&**old, new)),
        ("replace", [Value::Text(old), Value::Text(new), Value::Int(count)]) => {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            Value::Text(text.replacen(&**old, new, count))
        }
        ("split", [Value::Text(between)]) => split(text, between, -1),
        ("split", [Value::Text(between), Value::Int(count)]) => split(text, between, *count),
        ("substring", [Value::Int(from)]) => {
            let part = part(at(*from)?, letters.len());
            Value::Text(part.ok_or_else(|| format!("index out of range: {from}"))?)
        }
        ("substring", [Value::Int(from), Value::Int(to)]) => {
            let part = part(at(*from)?, at(*to)?);
            Value::Text(
                part.ok_or_else(|| format!("invalid substring range. start: {from}, end: {to}"))?,
            )
        }
        ("strings.quote", []) => Value::Text(quote(text)),
        _ => return Err("no such overload".to_owned()),
    })
}

fn index_of(letters: &[char], find: &str, from: usize) -> i64 {
    let find: Vec<char> = find.chars().collect();
    let found = (from..=letters.len()).find(|&at| letters[at..].starts_with(&find));
    found.map_or(-1, |at| at as i64)
}

fn last_index_of(letters: &[char], find: &str, to: usize) -> i64 {
    let find: Vec<char> = find.chars().collect();
    let found = (0..=to).rev().find(|&at| letters[at..].starts_with(&find));
    found.map_or(-1, |at| at as i64)
}

fn split(text: &str, between: &str, count: i64) -> Value {
    let part = |part: &str| Value::Text(part.to_owned());
    if count == 0 {
        return Value::List(Vec::new());
    }
    if between.is_empty() {
        return Value::List(text.chars().map(|letter| Value::Text(letter.to_string())).collect());
    }
    Value::List(match usize::try_from(count) {
        Ok(count) => text.splitn(count, between).map(part).collect(),
        Err(_) => text.split(between).map(part).collect(),
    })
}

fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

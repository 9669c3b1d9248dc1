//! JSON as a tree: what stands between messages and JSON or YAML text.
//!
//! *Holds*: numbers keep their kind, members their order; a key that stands twice is an error.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "each is the JSON value of that name")]
pub enum Tree {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    /// Finite.
    Float(f32),
    /// Finite.
    Double(f64),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// As JSON on one line, without spaces.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut into = String::new();
        self.write_json(&mut into);
        into
    }

    /// Appends JSON on one line, without spaces.
    pub fn write_json(&self, into: &mut String) {
        match self {
            Self::Null => into.push_str("null"),
            Self::Bool(truth) => into.push_str(if *truth { "true" } else { "false" }),
            Self::Int(number) => into.push_str(&number.to_string()),
            Self::Uint(number) => into.push_str(&number.to_string()),
            Self::Float(number) => into.push_str(&json_number(&format!("{number:e}"))),
            Self::Double(number) => into.push_str(&json_number(&format!("{number:e}"))),
            Self::Text(text) => write_string(text, into),
            Self::List(list) => {
                into.push('[');
                for (index, one) in list.iter().enumerate() {
                    into.push_str(if index == 0 { "" } else { "," });
                    one.write_json(into);
                }
                into.push(']');
            }
            Self::Object(members) => {
                into.push('{');
                for (index, (name, one)) in members.iter().enumerate() {
                    into.push_str(if index == 0 { "" } else { "," });
                    write_string(name, into);
                    into.push(':');
                    one.write_json(into);
                }
                into.push('}');
            }
        }
    }
}

/// Digits and exponent of Rust's `{:e}`, such as `-1.25e-7`.
fn parts(scientific: &str) -> (&str, String, i32) {
    let (sign, rest) = scientific.strip_prefix('-').map_or(("", scientific), |rest| ("-", rest));
    let (mantissa, exponent) = rest.split_once('e').unwrap_or((rest, "0"));
    (sign, mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// The shortest form, with an exponent below 1e-6 and from 1e21 on, as JavaScript writes it.
fn json_number(scientific: &str) -> String {
    let (sign, digits, exponent) = parts(scientific);
    if digits == "0" || (-6..21).contains(&exponent) {
        return format!("{sign}{}", plain(&digits, exponent));
    }
    let (plus, exponent) = if exponent < 0 { ("-", -exponent) } else { ("+", exponent) };
    format!("{sign}{}e{plus}{exponent}", mantissa(&digits))
}

/// The shortest form, with an exponent below 1e-4 and from 1e6 on, as Go writes it.
pub(super) fn go_number(scientific: &str) -> String {
    let (sign, digits, exponent) = parts(scientific);
    if digits == "0" || (-4..6).contains(&exponent) {
        return format!("{sign}{}", plain(&digits, exponent));
    }
    let (plus, exponent) = if exponent < 0 { ("-", -exponent) } else { ("+", exponent) };
    format!("{sign}{}e{plus}{exponent:02}", mantissa(&digits))
}

fn mantissa(digits: &str) -> String {
    match digits.split_at(1) {
        (first, "") => first.to_owned(),
        (first, rest) => format!("{first}.{rest}"),
    }
}

fn plain(digits: &str, exponent: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    if exponent + 1 >= count {
        return format!("{digits}{}", "0".repeat((exponent + 1 - count) as usize));
    }
    let (whole, rest) = digits.split_at((exponent + 1) as usize);
    format!("{whole}.{rest}")
}

fn write_string(text: &str, into: &mut String) {
    into.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            8 => "\\b",
            12 => "\\f",
            0..0x20 => "",
            _ => continue,
        };
        into.push_str(&text[from..at]);
        if escaped.is_empty() {
            into.push_str(&format!("\\u{byte:04x}"));
        } else {
            into.push_str(escaped);
        }
        from = at + 1;
    }
    into.push_str(&text[from..]);
    into.push('"');
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Tree, D::Error> {
        Tree::deserialize(inner)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(i64::try_from(number).map_or(Tree::Uint(number), Tree::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree, E> {
        Ok(Tree::Double(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(one) = from.next_element()? {
            list.push(one);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let mut members: Vec<(String, Tree)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some((name, one)) = from.next_entry::<String, Tree>()? {
            if !names.insert(name.clone()) {
                return Err(de::Error::custom(format!("`{name}` stands twice")));
            }
            members.push((name, one));
        }
        Ok(Tree::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let json = |number: f64| Tree::Double(number).to_json();
        let cases = [
            (1e300, "1e+300", "1e+300"),
            (1e21, "1e+21", "1e+21"),
            (1e20, "100000000000000000000", "1e+20"),
            (1e-7, "1e-7", "1e-07"),
            (0.000_001, "0.000001", "1e-06"),
            (123_456_789.125, "123456789.125", "1.23456789125e+08"),
            (-0.0, "-0", "-0"),
            (0.1, "0.1", "0.1"),
        ];
        for (number, wanted, go) in cases {
            assert_eq!(json(number), wanted);
            assert_eq!(go_number(&format!("{number:e}")), go);
        }
        assert_eq!(Tree::Float(0.1).to_json(), "0.1");
    }

    #[test]
    fn a_key_twice_is_an_error() {
        let error = serde_json::from_str::<Tree>(r#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
        assert!(error.to_string().starts_with("`b` stands twice"), "{error}");
    }
}

//! Messages to JSON trees. — *Holds*: members stand as the fields are declared, extensions behind
//! them by name; unknown fields have no JSON and are left out; text that is not UTF-8 is mended.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};

use super::Unprintable;
use crate::dynamic::tree::Tree;
use crate::dynamic::well_known::{self, WellKnown};
use crate::dynamic::{MAX_DEPTH, Message, Value, any};

/// A message as a JSON tree.
///
/// # Errors
///
/// [`Unprintable`] where it has no such form.
pub fn print(of: MessageRef<'_>, message: &Message) -> Result<Tree, Unprintable> {
    print_message(of, message, 0)
}

fn print_message(of: MessageRef<'_>, message: &Message, depth: usize) -> Result<Tree, Unprintable> {
    if depth > MAX_DEPTH {
        return Err(Unprintable::TooDeep);
    }
    match WellKnown::of(of.full_name()) {
        Some(known) => print_well_known(known, of, message, depth),
        None => print_fields(of, message, depth).map(Tree::Object),
    }
}

fn print_fields(
    of: MessageRef<'_>,
    message: &Message,
    depth: usize,
) -> Result<Vec<(String, Tree)>, Unprintable> {
    let printed = |(field, value): (FieldRef<'_>, &Value)| {
        Ok((field.json_name().into_owned(), print_field(field, value, depth)?))
    };
    message.in_order(of).map(printed).collect()
}

/// What a field holds as a JSON tree: a list or map as a whole, or one of its values.
///
/// # Errors
///
/// [`Unprintable`] where it has no such form.
pub fn print_value(field: FieldRef<'_>, value: &Value) -> Result<Tree, Unprintable> {
    print_field(field, value, 0)
}

fn print_field(field: FieldRef<'_>, value: &Value, depth: usize) -> Result<Tree, Unprintable> {
    match (field.cardinality(), value) {
        (Cardinality::Map, Value::Map(map)) => {
            let entry = field.message_type()?;
            let Some(of) = entry.field(2) else { return Ok(Tree::Object(Vec::new())) };
            let mut sorted: Vec<_> = map.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| key_order(a, b));
            let member =
                |(key, value): &(Value, Value)| Ok((key_text(key), print_one(of, value, depth)?));
            sorted.into_iter().map(member).collect::<Result<_, Unprintable>>().map(Tree::Object)
        }
        (_, Value::List(list)) => {
            let list = list.iter().map(|one| print_one(field, one, depth));
            list.collect::<Result<_, _>>().map(Tree::List)
        }
        (_, one) => print_one(field, one, depth),
    }
}

/// Numbers by size, text by its bytes.
pub(in crate::dynamic) fn key_order(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int32(a), Value::Int32(b)) => a.cmp(b),
        (Value::Int64(a), Value::Int64(b)) => a.cmp(b),
        (Value::Uint32(a), Value::Uint32(b)) => a.cmp(b),
        (Value::Uint64(a), Value::Uint64(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Bool(key) => key.to_string(),
        Value::Int32(key) => key.to_string(),
        Value::Int64(key) => key.to_string(),
        Value::Uint32(key) => key.to_string(),
        Value::Uint64(key) => key.to_string(),
        Value::Text(key) => String::from_utf8_lossy(key).into_owned(),
        _ => String::new(),
    }
}

fn print_one(field: FieldRef<'_>, value: &Value, depth: usize) -> Result<Tree, Unprintable> {
    Ok(match value {
        Value::Bool(truth) => Tree::Bool(*truth),
        Value::Int32(number) => Tree::Int(i64::from(*number)),
        Value::Uint32(number) => Tree::Int(i64::from(*number)),
        Value::Int64(number) => Tree::Text(number.to_string()),
        Value::Uint64(number) => Tree::Text(number.to_string()),
        Value::Float(number) if number.is_finite() => Tree::Float(*number),
        Value::Double(number) if number.is_finite() => Tree::Double(*number),
        Value::Float(number) => not_finite(f64::from(*number)),
        Value::Double(number) => not_finite(*number),
        Value::Text(text) => Tree::Text(String::from_utf8_lossy(text).into_owned()),
        Value::Bytes(bytes) => Tree::Text(BASE64_STANDARD.encode(bytes)),
        Value::Enum(number) => {
            let of = field.enum_type()?;
            match of.value(*number) {
                _ if of.full_name() == "google.protobuf.NullValue" => Tree::Null,
                Some(value) => Tree::Text(value.name.to_string()),
                None => Tree::Int(i64::from(*number)),
            }
        }
        Value::Message(message) => print_message(field.message_type()?, message, depth + 1)?,
        Value::List(_) | Value::Map(_) => Tree::Null,
    })
}

fn not_finite(number: f64) -> Tree {
    let text = match number {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    };
    Tree::Text(text.to_owned())
}

fn print_well_known(
    known: WellKnown,
    of: MessageRef<'_>,
    message: &Message,
    depth: usize,
) -> Result<Tree, Unprintable> {
    let no_form = |why| Unprintable::NoForm { message: of.full_name().to_owned(), why };
    match known {
        WellKnown::Timestamp | WellKnown::Duration => {
            let (seconds, nanos) = well_known::seconds_and_nanos(message);
            let text = if known == WellKnown::Timestamp {
                well_known::timestamp_text(seconds, nanos)
            } else {
                well_known::duration_text(seconds, nanos)
            };
            text.map(Tree::Text).ok_or_else(|| no_form("it is out of range"))
        }
        WellKnown::FieldMask => well_known::mask_text(message)
            .map(Tree::Text)
            .ok_or_else(|| no_form("a path has no camelCase")),
        WellKnown::Wrapper => {
            let field = of.field(1).ok_or_else(|| no_form("its type has no field 1"))?;
            let zero = Value::zero_of(field);
            print_one(field, message.fields.get(&1).unwrap_or(&zero), depth)
        }
        WellKnown::Struct | WellKnown::ListValue => {
            let field = of.field(1).ok_or_else(|| no_form("its type has no field 1"))?;
            let empty = match known {
                WellKnown::Struct => Value::Map(Vec::new()),
                _ => Value::List(Vec::new()),
            };
            print_field(field, message.fields.get(&1).unwrap_or(&empty), depth)
        }
        WellKnown::Value => {
            let (field, value) =
                message.in_order(of).next().ok_or_else(|| no_form("it holds nothing"))?;
            match value {
                Value::Double(number) if !number.is_finite() => {
                    Err(no_form("its number is not finite"))
                }
                value => print_one(field, value, depth),
            }
        }
        WellKnown::Any => print_any(of, message, depth),
    }
}

fn print_any(of: MessageRef<'_>, message: &Message, depth: usize) -> Result<Tree, Unprintable> {
    let Some(any) = any::open(of, message)? else { return Ok(Tree::Object(Vec::new())) };
    let mut members = vec![("@type".to_owned(), Tree::Text(any.url))];
    let has_form = WellKnown::of(any.of.full_name()).is_some();
    if has_form || any.of.full_name() == "google.protobuf.Empty" {
        members.push(("value".to_owned(), print_message(any.of, &any.message, depth + 1)?));
    } else {
        if depth + 1 > MAX_DEPTH {
            return Err(Unprintable::TooDeep);
        }
        members.extend(print_fields(any.of, &any.message, depth + 1)?);
    }
    Ok(Tree::Object(members))
}

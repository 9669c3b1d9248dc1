//! Decodes messages and scalars to values. — *Holds*: bounded nesting.

use std::collections::BTreeMap;

use treaty_compiler::descriptor::{Field, Kind, Label};
use treaty_compiler::wire::{Fields, Value as Wire};

use super::environment::Symbols;
use super::types::Type;
use super::value::Value;

/// How deep messages may nest.
const MAX_DEPTH: usize = 32;

/// A message by its full name; what is unknown or malformed is left out.
pub(crate) fn decode(symbols: &Symbols<'_>, full_name: &str, encoded: &[u8]) -> Value {
    message(symbols, full_name, encoded, 0)
}

/// What a message holds of one field, such as an extension; none where it is not set.
pub(crate) fn field_value(symbols: &Symbols<'_>, field: &Field, encoded: &[u8]) -> Option<Value> {
    let mut fields = BTreeMap::new();
    for part in Fields::new(encoded).filter_map(Result::ok) {
        if i32::try_from(part.number) == Ok(field.number) {
            add(symbols, field, part.value, 0, &mut fields);
        }
    }
    fields.remove(&field.number)
}

fn message(symbols: &Symbols<'_>, full_name: &str, encoded: &[u8], depth: usize) -> Value {
    let Some(known) = symbols.message(full_name).filter(|_| depth < MAX_DEPTH) else {
        return Value::Message(full_name.to_owned(), BTreeMap::new());
    };
    let mut fields: BTreeMap<i32, Value> = BTreeMap::new();
    for part in Fields::new(encoded).filter_map(Result::ok) {
        let number = i32::try_from(part.number).unwrap_or_default();
        let Some(field) = known.fields.iter().find(|field| field.number == number) else {
            continue;
        };
        add(symbols, field, part.value, depth, &mut fields);
    }
    known_type(full_name, fields)
}

/// Adds what stands at one place to what a field holds.
fn add(
    symbols: &Symbols<'_>,
    field: &Field,
    wire: Wire<'_>,
    depth: usize,
    fields: &mut BTreeMap<i32, Value>,
) {
    let number = field.number;
    let kind = field.kind.unwrap_or(Kind::Message);
    if field.label != Label::Repeated {
        fields.extend(item(symbols, field, wire, depth).map(|value| (number, value)));
        return;
    }
    if let Some(entry) = symbols.map_entry(field) {
        let pair = wire.bytes().and_then(|bytes| pair(symbols, entry, bytes, depth));
        let map = fields.entry(number).or_insert_with(|| Value::Map(Vec::new()));
        if let (Value::Map(map), Some((key, value))) = (map, pair) {
            map.retain(|(other, _)| *other != key);
            map.push((key, value));
        }
        return;
    }
    let items = match wire {
        Wire::Bytes(packed) if !kind.is_named() && !matches!(kind, Kind::String | Kind::Bytes) => {
            unpacked(kind, packed)
        }
        Wire::Bytes(packed) if kind == Kind::Enum => unpacked(kind, packed),
        value => item(symbols, field, value, depth).map(|value| vec![value]),
    };
    let list = fields.entry(number).or_insert_with(|| Value::List(Vec::new()));
    if let Value::List(list) = list {
        list.extend(items.unwrap_or_default());
    }
}

fn pair(
    symbols: &Symbols<'_>,
    (key, value): (&Field, &Field),
    encoded: &[u8],
    depth: usize,
) -> Option<(Value, Value)> {
    let (mut of_key, mut of_value) = (zero(symbols, key)?, zero(symbols, value)?);
    for part in Fields::new(encoded).filter_map(Result::ok) {
        match part.number {
            1 => of_key = item(symbols, key, part.value, depth)?,
            2 => of_value = item(symbols, value, part.value, depth)?,
            _ => {}
        }
    }
    Some((of_key, of_value))
}

fn item(symbols: &Symbols<'_>, field: &Field, value: Wire<'_>, depth: usize) -> Option<Value> {
    let name = field.type_name.as_deref().unwrap_or_default();
    let name = name.strip_prefix('.').unwrap_or(name);
    match (field.kind.unwrap_or(Kind::Message), value) {
        (Kind::Message, Wire::Bytes(bytes)) | (Kind::Group, Wire::Group(bytes)) => {
            Some(message(symbols, name, bytes, depth + 1))
        }
        (kind, value) => scalar(kind, value),
    }
}

/// Messages that are another type of value.
pub(super) fn known_type(full_name: &str, mut fields: BTreeMap<i32, Value>) -> Value {
    let whole = |value: Option<Value>| if let Some(Value::Int(n)) = value { n } else { 0 };
    match Type::message(full_name) {
        Type::Duration => {
            Value::Duration(whole(fields.remove(&1)), whole(fields.remove(&2)) as i32)
        }
        Type::Timestamp => {
            Value::Timestamp(whole(fields.remove(&1)), whole(fields.remove(&2)) as i32)
        }
        Type::Wrapper(of) => fields.remove(&1).or_else(|| zero_of(&of)).unwrap_or(Value::Null),
        _ => Value::Message(full_name.to_owned(), fields),
    }
}

/// What a field that is not set reads as.
pub(super) fn zero(symbols: &Symbols<'_>, field: &Field) -> Option<Value> {
    match symbols.field_type(field, false) {
        Type::Message(name) => Some(Value::Message(name, BTreeMap::new())),
        Type::Wrapper(_) | Type::Dyn | Type::Any => Some(Value::Null),
        of => zero_of(&of),
    }
}

fn zero_of(of: &Type) -> Option<Value> {
    Some(match of {
        Type::Bool => Value::Bool(false),
        Type::Int => Value::Int(0),
        Type::Uint => Value::Uint(0),
        Type::Double => Value::Double(0.0),
        Type::Text => Value::Text(String::new()),
        Type::Bytes => Value::Bytes(Vec::new()),
        Type::Duration => Value::Duration(0, 0),
        Type::Timestamp => Value::Timestamp(0, 0),
        Type::List(_) => Value::List(Vec::new()),
        Type::Map(..) => Value::Map(Vec::new()),
        _ => return None,
    })
}

/// A scalar; none where the wire type is another.
pub(crate) fn scalar(kind: Kind, value: Wire<'_>) -> Option<Value> {
    Some(match (kind, value) {
        (Kind::Bool, Wire::Varint(number)) => Value::Bool(number != 0),
        (Kind::Int32 | Kind::Enum, Wire::Varint(number)) => Value::Int(i64::from(number as i32)),
        (Kind::Int64, Wire::Varint(number)) => Value::Int(number as i64),
        (Kind::Uint32, Wire::Varint(number)) => Value::Uint(u64::from(number as u32)),
        (Kind::Uint64, Wire::Varint(number)) => Value::Uint(number),
        (Kind::Sint32, Wire::Varint(number)) => {
            let number = number as u32;
            Value::Int(i64::from((number >> 1) as i32 ^ -((number & 1) as i32)))
        }
        (Kind::Sint64, Wire::Varint(number)) => {
            Value::Int((number >> 1) as i64 ^ -((number & 1) as i64))
        }
        (Kind::Fixed32, Wire::Fixed32(number)) => Value::Uint(u64::from(number)),
        (Kind::Fixed64, Wire::Fixed64(number)) => Value::Uint(number),
        (Kind::Sfixed32, Wire::Fixed32(number)) => Value::Int(i64::from(number as i32)),
        (Kind::Sfixed64, Wire::Fixed64(number)) => Value::Int(number as i64),
        (Kind::Float, Wire::Fixed32(number)) => Value::Double(f64::from(f32::from_bits(number))),
        (Kind::Double, Wire::Fixed64(number)) => Value::Double(f64::from_bits(number)),
        (Kind::String, Wire::Bytes(bytes)) => {
            Value::Text(String::from_utf8_lossy(bytes).into_owned())
        }
        (Kind::Bytes, Wire::Bytes(bytes)) => Value::Bytes(bytes.to_vec()),
        _ => return None,
    })
}

/// Scalars that stand one behind the other; none where they are cut short.
pub(crate) fn unpacked(kind: Kind, mut packed: &[u8]) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    while !packed.is_empty() {
        let (wire, rest) = match kind {
            Kind::Fixed32 | Kind::Sfixed32 | Kind::Float => {
                let (bytes, rest) = packed.split_first_chunk()?;
                (Wire::Fixed32(u32::from_le_bytes(*bytes)), rest)
            }
            Kind::Fixed64 | Kind::Sfixed64 | Kind::Double => {
                let (bytes, rest) = packed.split_first_chunk()?;
                (Wire::Fixed64(u64::from_le_bytes(*bytes)), rest)
            }
            _ => {
                let length = packed.iter().take(10).position(|&byte| byte < 0x80)? + 1;
                let (bytes, rest) = packed.split_at(length);
                let number = bytes
                    .iter()
                    .rev()
                    .fold(0, |number, &byte| number << 7 | u64::from(byte & 0x7f));
                (Wire::Varint(number), rest)
            }
        };
        values.push(scalar(kind, wire)?);
        packed = rest;
    }
    Some(values)
}

//! What a writer may write into a field: values at the bounds, the smallest first.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};

use crate::dynamic::{Message, Value};

/// How deep messages are filled.
const MAX_DEPTH: usize = 6;
/// How many numbers of an enum are tried.
const MAX_NUMBERS: usize = 48;

/// The smallest message of a type: required fields only. None where they never end.
pub(super) fn smallest(of: MessageRef<'_>, depth: usize) -> Option<Message> {
    let mut message = Message::default();
    if depth > MAX_DEPTH {
        return of
            .fields()
            .all(|field| field.cardinality() != Cardinality::Required)
            .then_some(message);
    }
    for field in of.fields().filter(|field| field.cardinality() == Cardinality::Required) {
        message.set(of, field, first(field, depth)?);
    }
    Some(message)
}

fn first(field: FieldRef<'_>, depth: usize) -> Option<Value> {
    match field.message_type() {
        Ok(of) => smallest(of, depth + 1).map(Value::Message),
        Err(_) => single(field, None).into_iter().next(),
    }
}

/// One value of the field, the smallest first; of an enum those first that the reader lacks.
pub(super) fn single(field: FieldRef<'_>, read: Option<FieldRef<'_>>) -> Vec<Value> {
    match field.kind() {
        Kind::Message | Kind::Group => {
            let Ok(of) = field.message_type() else { return Vec::new() };
            smallest(of, 0).map(Value::Message).into_iter().collect()
        }
        Kind::Enum => numbers(field, read).into_iter().map(Value::Enum).collect(),
        kind => scalars(kind, field.verifies_utf8()),
    }
}

fn numbers(field: FieldRef<'_>, read: Option<FieldRef<'_>>) -> Vec<i32> {
    let Ok(of) = field.enum_type() else { return Vec::new() };
    let reader = read.and_then(|read| read.enum_type().ok());
    let names = &of.declared().values;
    let differs = |number: i32| {
        let name = of.value(number).map(|value| &value.name);
        reader.is_some_and(|reader| reader.value(number).map(|value| &value.name) != name)
    };
    let mut numbers: Vec<i32> = names.iter().map(|value| value.number).collect();
    numbers
        .sort_by_key(|&number| (!differs(number), number == 0, number < 0, number.unsigned_abs()));
    numbers.dedup();
    numbers.truncate(MAX_NUMBERS);
    if !of.is_closed() {
        // An open enum holds any number, so its writer may write what nobody has named.
        let unnamed = (1..=i32::MAX).find(|&number| of.value(number).is_none());
        numbers.extend(unnamed.into_iter().chain([-1, i32::MAX]));
    }
    numbers
}

fn scalars(kind: Kind, verified: bool) -> Vec<Value> {
    match kind {
        Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            [1, 0, 2, -1, 200, i32::MAX, i32::MIN].map(Value::Int32).to_vec()
        }
        Kind::Uint32 | Kind::Fixed32 => {
            [1, 0, 2, 200, 1 << 31, u32::MAX].map(Value::Uint32).to_vec()
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            [1, 0, 2, -1, 200, 1 << 31, 1 << 32, (1 << 53) + 1, i64::MAX, i64::MIN]
                .map(Value::Int64)
                .to_vec()
        }
        Kind::Uint64 | Kind::Fixed64 => {
            [1, 0, 2, 200, 1 << 31, 1 << 32, (1 << 53) + 1, 1 << 63, u64::MAX]
                .map(Value::Uint64)
                .to_vec()
        }
        Kind::Float => {
            [1.0, 0.0, 0.5, -1.0, f32::MAX, f32::INFINITY, f32::NAN].map(Value::Float).to_vec()
        }
        Kind::Double => {
            [1.0, 0.0, 0.1, -1.0, f64::MAX, f64::INFINITY, f64::NAN].map(Value::Double).to_vec()
        }
        Kind::String => {
            let texts: [&[u8]; 5] = [b"a", b"", b"1", b"ab", "\u{e9}".as_bytes()];
            let broken: &[&[u8]] = if verified { &[] } else { &[&[0xff]] };
            texts.iter().chain(broken).map(|text| Value::Text(text.to_vec())).collect()
        }
        Kind::Bytes => {
            let all: [&[u8]; 5] = [&[0xff], b"", b"a", &[8, 1], &[0]];
            all.map(|bytes| Value::Bytes(bytes.to_vec())).to_vec()
        }
        Kind::Enum | Kind::Message | Kind::Group => Vec::new(),
    }
}

/// Whole values of the field: lists and maps of one and of two for those that are.
pub(super) fn whole(
    field: FieldRef<'_>,
    read: Option<FieldRef<'_>>,
    elements: &[Value],
) -> Vec<Value> {
    match field.cardinality() {
        Cardinality::Map => maps(field, read),
        Cardinality::Repeated => {
            let ones = elements.iter().map(|one| Value::List(vec![one.clone()]));
            let twos = elements.windows(2).map(|two| Value::List(two.to_vec()));
            let same = elements.first().map(|one| Value::List(vec![one.clone(), one.clone()]));
            ones.chain(twos).chain(same).collect()
        }
        _ => elements.to_vec(),
    }
}

fn maps(field: FieldRef<'_>, read: Option<FieldRef<'_>>) -> Vec<Value> {
    let Ok(entry) = field.message_type() else { return Vec::new() };
    let reader = read.and_then(|read| read.message_type().ok());
    let part = |number| {
        let field = entry.field(number)?;
        let read = reader.and_then(|reader| reader.field(number));
        Some(single(field, read))
    };
    let (Some(keys), Some(values)) = (part(1), part(2)) else { return Vec::new() };
    let (Some(key), Some(value)) = (keys.first(), values.first()) else { return Vec::new() };
    let by_value = values.iter().map(|value| Value::Map(vec![(key.clone(), value.clone())]));
    let by_key = keys.iter().skip(1).map(|key| Value::Map(vec![(key.clone(), value.clone())]));
    let two = keys.get(1).map(|other| {
        Value::Map(vec![(key.clone(), value.clone()), (other.clone(), value.clone())])
    });
    by_value.chain(by_key).chain(two).collect()
}

/// What a field that is not set means: its default, or zero. None for a message.
pub(super) fn default_of(field: FieldRef<'_>) -> Option<Value> {
    let zero = match field.kind() {
        Kind::Message | Kind::Group => return None,
        _ => Value::zero_of(field),
    };
    let Some(text) = field.declared().default_value.as_deref() else { return Some(zero) };
    let float = |text: &str| match text {
        "inf" => f64::INFINITY,
        "-inf" => f64::NEG_INFINITY,
        "nan" => f64::NAN,
        text => text.parse().unwrap_or_default(),
    };
    Some(match zero {
        Value::Bool(_) => Value::Bool(text == "true"),
        Value::Int32(_) => Value::Int32(text.parse().unwrap_or_default()),
        Value::Int64(_) => Value::Int64(text.parse().unwrap_or_default()),
        Value::Uint32(_) => Value::Uint32(text.parse().unwrap_or_default()),
        Value::Uint64(_) => Value::Uint64(text.parse().unwrap_or_default()),
        Value::Float(_) => Value::Float(float(text) as f32),
        Value::Double(_) => Value::Double(float(text)),
        // Both sides escape alike, so the escaped form tells as much.
        Value::Text(_) => Value::Text(text.as_bytes().to_vec()),
        Value::Bytes(_) => Value::Bytes(text.as_bytes().to_vec()),
        Value::Enum(first) => {
            let value = field.enum_type().ok().and_then(|of| of.value_by_name(text));
            Value::Enum(value.map_or(first, |value| value.number))
        }
        other => other,
    })
}

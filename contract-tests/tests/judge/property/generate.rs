//! Draws random messages of any type. — *Holds*: enum numbers are declared ones and floats are
//! numbers, so that whatever a reader of the same version misses is a fault of ours.

use std::collections::{BTreeSet, HashMap};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use prost_reflect::{
    Cardinality, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value,
};

/// A message with every field set or not; `depth` messages deep.
pub(super) fn message(descriptor: &MessageDescriptor, depth: u32) -> BoxedStrategy<DynamicMessage> {
    let descriptor = descriptor.clone();
    let fields: Vec<_> = descriptor.fields().map(|field| self::field(&field, depth)).collect();
    fields
        .prop_map(move |values| {
            let mut message = DynamicMessage::new(descriptor.clone());
            for (field, value) in descriptor.fields().zip(values) {
                if let Some(value) = value {
                    message.set_field(&field, value);
                }
            }
            message
        })
        .boxed()
}

/// The full names of a message and of all that it is made of.
pub(super) fn reach(descriptor: &MessageDescriptor, into: &mut BTreeSet<String>) {
    if !into.insert(descriptor.full_name().to_owned()) {
        return;
    }
    for field in descriptor.fields() {
        match field.kind() {
            Kind::Message(inner) => reach(&inner, into),
            Kind::Enum(inner) => _ = into.insert(inner.full_name().to_owned()),
            _ => {}
        }
    }
}

fn field(field: &FieldDescriptor, depth: u32) -> BoxedStrategy<Option<Value>> {
    if depth == 0
        && matches!(field.kind(), Kind::Message(_))
        && field.cardinality() != Cardinality::Required
    {
        return Just(None).boxed();
    }
    let value = if field.is_map() {
        let Kind::Message(entry) = field.kind() else { unreachable!("a map is made of entries") };
        let key = scalar(&entry.map_entry_key_field().kind(), depth).prop_map(|key| map_key(&key));
        let value = scalar(&entry.map_entry_value_field().kind(), depth);
        vec((key, value), 0..3)
            .prop_map(|entries| Value::Map(entries.into_iter().collect::<HashMap<_, _>>()))
            .boxed()
    } else if field.is_list() {
        vec(scalar(&field.kind(), depth), 0..3).prop_map(Value::List).boxed()
    } else {
        scalar(&field.kind(), depth)
    };
    if field.cardinality() == Cardinality::Required {
        value.prop_map(Some).boxed()
    } else {
        option::weighted(0.8, value).boxed()
    }
}

fn scalar(kind: &Kind, depth: u32) -> BoxedStrategy<Value> {
    match kind {
        Kind::Double => any::<i32>().prop_map(|number| Value::F64(f64::from(number) / 8.0)).boxed(),
        Kind::Float => any::<i16>().prop_map(|number| Value::F32(f32::from(number) / 8.0)).boxed(),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => any::<i32>().prop_map(Value::I32).boxed(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => any::<i64>().prop_map(Value::I64).boxed(),
        Kind::Uint32 | Kind::Fixed32 => any::<u32>().prop_map(Value::U32).boxed(),
        Kind::Uint64 | Kind::Fixed64 => any::<u64>().prop_map(Value::U64).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::String => vec(any::<char>(), 0..6)
            .prop_map(|letters| Value::String(letters.into_iter().collect()))
            .boxed(),
        Kind::Bytes => vec(any::<u8>(), 0..6).prop_map(|bytes| Value::Bytes(bytes.into())).boxed(),
        Kind::Message(inner) => {
            message(inner, depth.saturating_sub(1)).prop_map(Value::Message).boxed()
        }
        Kind::Enum(inner) => {
            let numbers: Vec<_> = inner.values().map(|value| value.number()).collect();
            proptest::sample::select(numbers).prop_map(Value::EnumNumber).boxed()
        }
    }
}

fn map_key(value: &Value) -> MapKey {
    match value {
        Value::Bool(key) => MapKey::Bool(*key),
        Value::I32(key) => MapKey::I32(*key),
        Value::I64(key) => MapKey::I64(*key),
        Value::U32(key) => MapKey::U32(*key),
        Value::U64(key) => MapKey::U64(*key),
        Value::String(key) => MapKey::String(key.clone()),
        other => unreachable!("protobuf has no map keys such as {other}"),
    }
}

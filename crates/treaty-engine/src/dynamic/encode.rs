//! Writes a message's bytes: fields by number, then what was unknown. — *Holds*: what was decoded
//! and is encoded again has the same meaning; fields without a type in the pool are left out.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};
use treaty_compiler::wire::{put_bytes, put_message, put_varint};

use super::{Message, Value};

/// The bytes of a message of that type.
#[must_use]
pub fn encode(of: MessageRef<'_>, message: &Message) -> Vec<u8> {
    let mut into = Vec::new();
    write(of, message, &mut into);
    into
}

fn write(of: MessageRef<'_>, message: &Message, into: &mut Vec<u8>) {
    for (&number, value) in &message.fields {
        if let Some(field) = of.field_or_extension(number) {
            write_field(field, value, into);
        }
    }
    into.extend_from_slice(&message.unknown);
}

fn write_field(field: FieldRef<'_>, value: &Value, into: &mut Vec<u8>) {
    match (field.cardinality(), value) {
        (Cardinality::Map, Value::Map(map)) => {
            let Ok(entry) = field.message_type() else { return };
            let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else { return };
            for (one, other) in map {
                put_message(into, field.number(), |into| {
                    write_one(key, one, into);
                    write_one(value, other, into);
                });
            }
        }
        (Cardinality::Repeated, Value::List(list)) if field.is_packed() => {
            put_message(into, field.number(), |into| {
                list.iter().for_each(|one| write_bare(field.kind(), one, into));
            });
        }
        (Cardinality::Repeated, Value::List(list)) => {
            list.iter().for_each(|one| write_one(field, one, into));
        }
        (_, one) => write_one(field, one, into),
    }
}

/// One value with its tag.
fn write_one(field: FieldRef<'_>, value: &Value, into: &mut Vec<u8>) {
    let number = field.number();
    let tag = |wire_type: u64| u64::from(number) << 3 | wire_type;
    match (field.kind(), value) {
        (_, Value::Text(bytes) | Value::Bytes(bytes)) => put_bytes(into, number, bytes),
        (Kind::Group, Value::Message(message)) => {
            let Ok(of) = field.message_type() else { return };
            put_varint(into, tag(3));
            write(of, message, into);
            put_varint(into, tag(4));
        }
        (_, Value::Message(message)) => {
            let Ok(of) = field.message_type() else { return };
            put_message(into, number, |into| write(of, message, into));
        }
        (Kind::Float | Kind::Fixed32 | Kind::Sfixed32, value) => {
            put_varint(into, tag(5));
            write_bare(field.kind(), value, into);
        }
        (Kind::Double | Kind::Fixed64 | Kind::Sfixed64, value) => {
            put_varint(into, tag(1));
            write_bare(field.kind(), value, into);
        }
        (kind, value) => {
            put_varint(into, tag(0));
            write_bare(kind, value, into);
        }
    }
}

/// A number without its tag.
fn write_bare(kind: Kind, value: &Value, into: &mut Vec<u8>) {
    let fixed32 = matches!(kind, Kind::Float | Kind::Fixed32 | Kind::Sfixed32);
    let fixed64 = matches!(kind, Kind::Double | Kind::Fixed64 | Kind::Sfixed64);
    let bits = match *value {
        Value::Bool(truth) => u64::from(truth),
        Value::Int32(number) if kind == Kind::Sint32 => {
            u64::from((number << 1 ^ number >> 31) as u32)
        }
        Value::Int64(number) if kind == Kind::Sint64 => (number << 1 ^ number >> 63) as u64,
        // Negative numbers are written with all 64 bits.
        Value::Int32(number) | Value::Enum(number) => i64::from(number) as u64,
        Value::Int64(number) => number as u64,
        Value::Uint32(number) => u64::from(number),
        Value::Uint64(number) => number,
        Value::Float(number) => u64::from(number.to_bits()),
        Value::Double(number) => number.to_bits(),
        _ => 0,
    };
    if fixed32 {
        into.extend_from_slice(&(bits as u32).to_le_bytes());
    } else if fixed64 {
        into.extend_from_slice(&bits.to_le_bytes());
    } else {
        put_varint(into, bits);
    }
}

//! Tells what each version reads in given bytes, field by field, with the places of the bytes.

use serde::Serialize;
use treaty_compiler::Pool;
use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{FieldRef, MessageRef};
use treaty_compiler::wire::{Field, Fields, Value as Wire};

use super::Profile;
use super::meaning::show;
use crate::dynamic::{Message, decode, json};

/// How deep messages within are taken apart.
const MAX_DEPTH: usize = 32;

/// What two versions make of the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The fields on the wire, in order; what is within a message behind it.
    pub parts: Vec<Part>,
    /// Where the bytes are no protobuf, and why; what stands behind is not explained.
    pub malformed: Option<String>,
    /// What a conformant reader of the old version makes of the whole.
    pub old: Result<String, String>,
    /// What a conformant reader of the new version makes of the whole.
    pub new: Result<String, String>,
}

/// One field on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Where its tag begins, counted from 0.
    pub offset: usize,
    /// Bytes of tag and value.
    pub length: usize,
    /// How many messages are around it.
    pub depth: usize,
    /// Its number.
    pub number: u32,
    /// `varint`, `fixed32`, `fixed64`, `bytes` or `group`.
    pub wire_type: &'static str,
    /// As it stands there, before any type is known.
    pub raw: String,
    /// What the old version reads.
    pub old: Reading,
    /// What the new version reads.
    pub new: Reading,
}

/// What one version reads in one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// It has no field of that number.
    NoField,
    /// It has the field, with another wire type or without that number of its enum: it skips it.
    Skipped {
        /// The name of the field.
        name: String,
        /// What it should hold.
        kind: String,
    },
    /// It reads a value.
    Read {
        /// The name of the field.
        name: String,
        /// What it holds.
        kind: String,
        /// As JSON.
        value: String,
    },
    /// It refuses the whole message for this.
    Refused {
        /// The name of the field.
        name: String,
        /// Why.
        why: String,
    },
}

/// What the old and the new version read in the bytes of a message.
///
/// None where neither version has the message.
#[must_use]
pub fn explain_bytes(bytes: &[u8], old: &Pool, new: &Pool, message: &str) -> Option<Explanation> {
    let (old, new) = (old.message(message), new.message(message));
    if old.is_none() && new.is_none() {
        return None;
    }
    let mut parts = Vec::new();
    let malformed = walk(bytes, 0, 0, (old, new), &mut parts).err();
    let whole = |of: Option<MessageRef<'_>>| match of {
        None => Err(format!("it has no message `{message}`")),
        Some(of) => match decode(of, bytes, Profile::Conformant.reading()) {
            Ok(read) => json::to_string(of, &read).map_err(|error| error.to_string()),
            Err(why) => Err(why.to_string()),
        },
    };
    Some(Explanation { parts, malformed, old: whole(old), new: whole(new) })
}

type Types<'p> = (Option<MessageRef<'p>>, Option<MessageRef<'p>>);

fn walk(
    bytes: &[u8],
    start: usize,
    depth: usize,
    (old, new): Types<'_>,
    into: &mut Vec<Part>,
) -> Result<(), String> {
    let mut offset = start;
    for field in Fields::new(bytes) {
        let field = field.map_err(|error| format!("at byte {offset}: {error}"))?;
        let (wire_type, raw) = raw(field.value);
        into.push(Part {
            offset,
            length: field.whole.len(),
            depth,
            number: field.number,
            wire_type,
            raw,
            old: reading(old, field.whole, field.number),
            new: reading(new, field.whole, field.number),
        });
        let (Wire::Bytes(inner) | Wire::Group(inner)) = field.value else {
            offset += field.whole.len();
            continue;
        };
        let types = (within(old, &field), within(new, &field));
        if (types.0.is_some() || types.1.is_some()) && depth < MAX_DEPTH {
            let ends = usize::from(matches!(field.value, Wire::Group(_)));
            let end_tag = if ends == 1 { tag_length(field.number) } else { 0 };
            let at = offset + field.whole.len() - end_tag - inner.len();
            // What is within may be text for the other side, so a fault here is no fault of all.
            let mut parts = Vec::new();
            if walk(inner, at, depth + 1, types, &mut parts).is_ok() {
                into.append(&mut parts);
            }
        }
        offset += field.whole.len();
    }
    Ok(())
}

/// The message that a version finds in the field.
fn within<'p>(of: Option<MessageRef<'p>>, part: &Field<'_>) -> Option<MessageRef<'p>> {
    let field = of?.field_or_extension(part.number)?;
    let is_group = matches!(part.value, Wire::Group(_));
    field.message_type().ok().filter(|_| (field.kind() == Kind::Group) == is_group)
}

fn tag_length(number: u32) -> usize {
    let mut tag = Vec::new();
    treaty_compiler::wire::put_varint(&mut tag, u64::from(number) << 3);
    tag.len()
}

fn raw(value: Wire<'_>) -> (&'static str, String) {
    match value {
        Wire::Varint(number) => ("varint", number.to_string()),
        Wire::Fixed32(bits) => ("fixed32", format!("0x{bits:08x}")),
        Wire::Fixed64(bits) => ("fixed64", format!("0x{bits:016x}")),
        Wire::Bytes(bytes) => ("bytes", super::to_hex(bytes)),
        Wire::Group(bytes) => ("group", super::to_hex(bytes)),
    }
}

/// What one version reads in one field alone.
fn reading(of: Option<MessageRef<'_>>, whole: &[u8], number: u32) -> Reading {
    let Some((of, field)) = of.and_then(|of| Some((of, of.field_or_extension(number)?))) else {
        return Reading::NoField;
    };
    let name = field.name().to_owned();
    let kind = match (field.message_type(), field.enum_type()) {
        (Ok(of), _) => of.full_name().to_owned(),
        (_, Ok(of)) => of.full_name().to_owned(),
        _ => field.kind().name().to_owned(),
    };
    // Other required fields are of no matter here.
    let lenient = crate::dynamic::Reading { partial: true, ..Profile::Conformant.reading() };
    match decode(of, whole, lenient) {
        Err(why) => Reading::Refused { name, why: why.to_string() },
        Ok(read) => match value(field, &read) {
            Some(value) => Reading::Read { name, kind, value },
            None => Reading::Skipped { name, kind },
        },
    }
}

fn value(field: FieldRef<'_>, read: &Message) -> Option<String> {
    match read.fields.get(&field.number()) {
        Some(value) => Some(show(field, value)),
        // Zero in a field without presence is read as not set, and yet is read.
        None if read.unknown.is_empty() => Some(
            super::values::default_of(field).map_or("[]".to_owned(), |zero| show(field, &zero)),
        ),
        None => None,
    }
}

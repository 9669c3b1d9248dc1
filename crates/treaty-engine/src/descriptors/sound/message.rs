//! Whether a message is one: numbers, ranges, oneofs and what its language forbids.

use std::collections::BTreeSet;

use treaty_compiler::descriptor::{Field, Kind, Label, Message, Syntax};

use super::ranges::{Ranges, reserved};

/// `MessageOptions.message_set_wire_format` and `map_entry`.
const MESSAGE_SET: u32 = 1;
const MAP_ENTRY: u32 = 7;

/// The largest number of a field; extensions of a message set may have any.
const MAX_NUMBER: i64 = (1 << 29) - 1;

pub(super) fn check(message: &Message, syntax: Syntax) -> Result<(), String> {
    numbers(message)?;
    oneofs(message)?;
    if syntax == Syntax::Proto3 {
        message.fields.iter().try_for_each(|field| proto3(message, field))?;
        if !message.extension_ranges.is_empty() {
            return Err(format!("{} is of proto3 and has extensions", message.full_name));
        }
    }
    let entry: Vec<i32> = message.fields.iter().map(|field| field.number).collect();
    if is(message, MAP_ENTRY) && entry != [1, 2] {
        return Err(format!("{} is no entry of a map", message.full_name));
    }
    Ok(())
}

fn is(message: &Message, flag: u32) -> bool {
    message.options.as_ref().is_some_and(|options| options.flag(flag))
}

/// Of two fields with one number nobody could tell which is meant.
fn numbers(message: &Message) -> Result<(), String> {
    let name = &message.full_name;
    let mut numbers = BTreeSet::new();
    if let Some(field) = message.fields.iter().find(|field| !numbers.insert(field.number)) {
        return Err(format!("{name} has two fields with the number {}", field.number));
    }
    let exclusive = |(start, end): (i32, i32)| (i64::from(start), i64::from(end) - 1);
    let taken = message.reserved_ranges.iter().copied().map(exclusive);
    let open = message.extension_ranges.iter().map(|range| exclusive((range.start, range.end)));
    let max = if is(message, MESSAGE_SET) { i64::from(i32::MAX) } else { MAX_NUMBER };
    let ranges = Ranges::new(name, taken.chain(open), 1..=max)?;
    let reserved = reserved(name, &message.reserved_names)?;
    for field in &message.fields {
        if !(1..=MAX_NUMBER).contains(&field.number.into()) {
            return Err(format!("{name}.{} has the number {}", field.name, field.number));
        }
        ranges.leave(field.number, &field.name)?;
        if reserved.contains(&*field.name) {
            return Err(format!("{name} reserves the name {} and has it", field.name));
        }
    }
    Ok(())
}

/// Each has fields, one after the other, none of them repeated.
fn oneofs(message: &Message) -> Result<(), String> {
    let name = &message.full_name;
    let (mut begun, mut before) = (BTreeSet::new(), None);
    for field in &message.fields {
        if let Some(index) = field.oneof_index {
            if index as usize >= message.oneofs.len() {
                return Err(format!("{name}.{} is in no oneof", field.name));
            }
            if field.label != Label::Optional {
                return Err(format!("{name}.{} is in a oneof and not optional", field.name));
            }
            if !begun.insert(index) && before != Some(index) {
                return Err(format!("{name}.{} stands apart from its oneof", field.name));
            }
        }
        before = field.oneof_index;
    }
    match begun.len() == message.oneofs.len() {
        true => Ok(()),
        false => Err(format!("{name} has a oneof without fields")),
    }
}

fn proto3(message: &Message, field: &Field) -> Result<(), String> {
    let wrong = match field {
        Field { label: Label::Required, .. } => "is required",
        Field { kind: Some(Kind::Group), .. } => "is a group",
        Field { default_value: Some(_), .. } => "has a default",
        _ => return Ok(()),
    };
    Err(format!("{}.{} is of proto3 and {wrong}", message.full_name, field.name))
}

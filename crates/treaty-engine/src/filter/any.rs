//! Finds the types that a custom option's value names: those of each `google.protobuf.Any` in it.

use treaty_compiler::descriptor::Field;
use treaty_compiler::wire::{Fields, Value};

use super::index::{Index, Kind, bare};

const ANY: &str = "google.protobuf.Any";
/// How deep values are looked into.
const MAX_DEPTH: usize = 100;

/// The full names of the messages in the value of a field.
pub(super) fn types_within(index: &Index<'_>, field: &Field, value: Value<'_>) -> Vec<String> {
    let mut found = Vec::new();
    look(index, field, value, MAX_DEPTH, &mut found);
    found
}

fn look(index: &Index<'_>, field: &Field, value: Value<'_>, depth: usize, found: &mut Vec<String>) {
    let Some(name) = field.type_name.as_deref().map(bare) else { return };
    let (Value::Bytes(bytes) | Value::Group(bytes)) = value else { return };
    let Some(depth) = depth.checked_sub(1) else { return };
    let Some(Kind::Message(message)) = index.find(name).map(|id| index.elements[id].kind) else {
        return;
    };
    for part in Fields::new(bytes).filter_map(Result::ok) {
        if name == ANY {
            if let (1, Some(url)) = (part.number, part.value.text()) {
                found.push(url.rsplit('/').next().unwrap_or_default().to_owned());
            }
            continue;
        }
        let is_meant = |one: &&Field| u32::try_from(one.number) == Ok(part.number);
        let inner = message.fields.iter().find(is_meant);
        let extension = || index.extension(name, part.number).map(|(_, field)| field);
        if let Some(inner) = inner.or_else(extension) {
            look(index, inner, part.value, depth, found);
        }
    }
}

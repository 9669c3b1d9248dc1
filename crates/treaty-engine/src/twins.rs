//! Whether two declarations mean the same to bytes, JSON and those who validate, though they are not the
//! same: types of another name, files of another syntax. — *Holds*: a walk over types that use each other ends, and
//! one that grows too large answers "no".

use std::collections::{BTreeMap, HashSet};

use crate::constraints;
use crate::pairing::Pairing;
use crate::schema::{Enum, Field, Message, Schema};

/// How many pairs of messages a walk looks at.
const MOST_PAIRS: usize = 1_000;

/// Whether the types of two fields are declared alike, down to their leaves.
pub(crate) fn same_type(
    (old_schema, old): (&Schema<'_>, &Field<'_>),
    (new_schema, new): (&Schema<'_>, &Field<'_>),
) -> bool {
    match (old.type_name, new.type_name) {
        (Some(old), Some(new)) => Walk::new(old_schema, new_schema).same_named(old, new),
        _ => false,
    }
}

/// Whether two messages are declared alike, down to their leaves.
pub(crate) fn same_message(
    (old_schema, old): (&Schema<'_>, &str),
    (new_schema, new): (&Schema<'_>, &str),
) -> bool {
    Walk::new(old_schema, new_schema).same_named(old, new)
}

/// Whether two enums have the same names for the same numbers.
pub(crate) fn same_enum(old: &Enum<'_>, new: &Enum<'_>) -> bool {
    let names = |one: &Enum<'_>| -> Vec<_> {
        one.proto.values.iter().map(|value| (value.number, value.name.clone())).collect()
    };
    old.closed == new.closed && names(old) == names(new)
}

struct Walk<'w> {
    old: &'w Schema<'w>,
    new: &'w Schema<'w>,
    seen: HashSet<(&'w str, &'w str)>,
    open: Vec<(&'w str, &'w str)>,
}

impl<'w> Walk<'w> {
    fn new(old: &'w Schema<'w>, new: &'w Schema<'w>) -> Self {
        Self { old, new, seen: HashSet::new(), open: Vec::new() }
    }

    fn same_named(&mut self, old: &'w str, new: &'w str) -> bool {
        self.open.push((old, new));
        while let Some((old, new)) = self.open.pop() {
            if !self.seen.insert((old, new)) {
                continue;
            }
            let same = match (self.old.message(old), self.new.message(new)) {
                (Some(old), Some(new)) => self.same_fields(old, new),
                (None, None) => match (self.old.enumeration(old), self.new.enumeration(new)) {
                    (Some(old), Some(new)) => same_enum(old, new),
                    _ => false,
                },
                _ => false,
            };
            if !same || self.seen.len() > MOST_PAIRS {
                return false;
            }
        }
        true
    }

    /// Types of the same name are left out: what changed in them is told of them.
    fn same_fields(&mut self, old: &'w Message<'w>, new: &'w Message<'w>) -> bool {
        if old.fields.len() != new.fields.len()
            || old.map_entry != new.map_entry
            || old.proto.extension_ranges != new.proto.extension_ranges
            || !constraints::of_message(old, new).is_empty()
        {
            return false;
        }
        old.fields.iter().zip(&new.fields).all(|(old, new)| {
            if old.type_name != new.type_name {
                self.open.extend(old.type_name.zip(new.type_name));
            }
            old.name == new.name
                && old.oneof == new.oneof
                && old.json_name == new.json_name
                && old.type_name.is_some() == new.type_name.is_some()
                && same_field(old, new)
                && constraints::same_of_fields(old, new)
        })
    }
}

/// Whether the fields of one number have the same bytes and the same range of values.
fn same_field(old: &Field<'_>, new: &Field<'_>) -> bool {
    old.number == new.number
        && old.kind == new.kind
        && old.cardinality == new.cardinality
        && old.features.utf8_validation == new.features.utf8_validation
        && old.proto.default_value == new.proto.default_value
}

/// The files of another syntax, with whether all in them that is in both versions means the same.
pub(crate) fn rewritten<'a>(pairing: &Pairing<'a>) -> BTreeMap<&'a str, bool> {
    let others = pairing.files.both.iter().filter(|(old, new)| old.syntax != new.syntax);
    let mut files: BTreeMap<_, _> = others.map(|(old, _)| (old.name, true)).collect();
    if files.is_empty() {
        return files;
    }
    let mut other = |file: &str| _ = files.get_mut(file).map(|same| *same = false);
    for (old, new) in pairing.field_pairs() {
        if !same_field(old, new) {
            other(old.place.file);
        }
    }
    for (old, new) in &pairing.enums.both {
        if old.closed != new.closed || old.features.json_format != new.features.json_format {
            other(old.place.file);
        }
    }
    for (old, new) in &pairing.messages.both {
        if old.features.json_format != new.features.json_format {
            other(old.place.file);
        }
    }
    files
}

/// Whether the new oneof of a field can, in old data, hold nothing but that field.
pub(crate) fn is_alone_in_new_oneof(
    pairing: &Pairing<'_>,
    old: &Field<'_>,
    new: &Field<'_>,
) -> bool {
    let (None, Some(oneof)) = (old.oneof, new.oneof) else { return false };
    let messages = pairing.old.messages.get(old.message).zip(pairing.new.messages.get(new.message));
    messages.is_some_and(|(was, is)| {
        let mut members = is.fields.iter().filter(|field| field.oneof == Some(oneof));
        was.oneofs.iter().all(|known| known.name != oneof)
            && members.all(|field| field.number == new.number || was.field(field.number).is_none())
    })
}

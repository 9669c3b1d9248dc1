//! Tells what cannot go wrong because both sides have it alike, so that nothing is tried in vain.

use std::collections::HashSet;

use treaty_compiler::descriptor::Enum;
use treaty_compiler::pool::{EnumRef, FieldRef, MessageRef};

use super::values;

/// Whether both sides read and write the messages, and all that is in them, alike.
pub(super) fn messages(writer: MessageRef<'_>, reader: MessageRef<'_>) -> bool {
    Likeness::default().messages(writer, reader)
}

/// Whether both sides read and write the fields, and all that is in them, alike.
pub(super) fn fields(written: FieldRef<'_>, read: FieldRef<'_>) -> bool {
    Likeness::default().fields(written, read)
}

#[derive(Default)]
struct Likeness<'p> {
    /// Pairs that are alike as long as nothing else is found.
    seen: HashSet<(&'p str, &'p str)>,
}

impl<'p> Likeness<'p> {
    fn messages(&mut self, writer: MessageRef<'p>, reader: MessageRef<'p>) -> bool {
        let mut open = vec![(writer, reader)];
        while let Some((writer, reader)) = open.pop() {
            if !self.seen.insert((writer.full_name(), reader.full_name())) {
                continue;
            }
            let (all, others) = (extended(writer), extended(reader));
            let pairs = all.iter().map(|written| {
                let read = reader.field_or_extension(written.number())?;
                self::alike(*written, read).then_some((*written, read))
            });
            let Some(pairs) = pairs.collect::<Option<Vec<_>>>() else { return false };
            if all.len() != others.len() {
                return false;
            }
            let nested = pairs.into_iter().filter_map(|(written, read)| {
                Some((written.message_type().ok()?, read.message_type().ok()?))
            });
            open.extend(nested);
        }
        true
    }

    fn fields(&mut self, written: FieldRef<'p>, read: FieldRef<'p>) -> bool {
        alike(written, read)
            && match (written.message_type(), read.message_type()) {
                (Ok(writer), Ok(reader)) => self.messages(writer, reader),
                _ => true,
            }
    }
}

fn extended(of: MessageRef<'_>) -> Vec<FieldRef<'_>> {
    of.fields().chain(of.pool().extensions_of(of.full_name())).collect()
}

/// Whether the fields themselves are alike; not what is in messages that they hold.
fn alike(written: FieldRef<'_>, read: FieldRef<'_>) -> bool {
    let key = |field: FieldRef<'_>| {
        let declared = field.declared();
        let features =
            (field.kind(), field.cardinality(), field.is_packed(), field.verifies_utf8());
        (features, declared.oneof_index, declared.proto3_optional)
    };
    let enums = match (written.enum_type(), read.enum_type()) {
        (Ok(writer), Ok(reader)) => enums(writer, reader),
        (Err(_), Err(_)) => true,
        _ => false,
    };
    let default = |field| format!("{:?}", values::default_of(field));
    key(written) == key(read)
        && written.name() == read.name()
        && written.json_name() == read.json_name()
        && enums
        && default(written) == default(read)
}

fn enums(writer: EnumRef<'_>, reader: EnumRef<'_>) -> bool {
    let values = |of: &Enum| -> Vec<(Box<str>, i32)> {
        of.values.iter().map(|value| (value.name.clone(), value.number)).collect()
    };
    writer.is_closed() == reader.is_closed()
        && values(writer.declared()) == values(reader.declared())
}

//! What features, or the words of proto2 and proto3, make of a field.

use super::table::{Entry, Symbol, Table};
use crate::descriptor::{Field, File, Kind, Label, Message, Syntax};
use crate::{Features, FieldPresence, Holder, MessageEncoding, RepeatedEncoding};

/// A field, and where it is declared.
#[derive(Clone, Copy)]
pub(crate) struct FieldAt<'a> {
    pub(crate) field: &'a Field,
    pub(crate) file: u32,
    /// The message that it is a field of, or that its `extend` stands in.
    pub(crate) parent: Option<u32>,
    pub(crate) is_extension: bool,
}

impl FieldAt<'_> {
    /// The full name.
    pub(crate) fn full_name(&self, files: &[File], table: &Table) -> String {
        match self.parent {
            _ if self.is_extension => self.field.full_name.to_string(),
            Some(id) => format!("{}.{}", table.message(files, id).full_name, self.field.name),
            None => self.field.name.to_string(),
        }
    }

    /// The features that hold for the field.
    pub(crate) fn features(&self, files: &[File], table: &Table) -> Features {
        let file = &files[self.file as usize];
        let mut features = Features::of(file.syntax).below(file.options.as_deref(), Holder::File);
        let Some(parent) = self.parent else {
            return features.below(self.field.options.as_deref(), Holder::Field);
        };
        features = below_messages(features, files, table, table.message_entry(parent));
        let message = table.message(files, parent);
        features = features.below(message.options.as_deref(), Holder::Message);
        if let Some(oneof) = oneof(self.field, message).filter(|_| !self.is_extension) {
            features = features.below(message.oneofs[oneof].options.as_deref(), Holder::Oneof);
        }
        features.below(self.field.options.as_deref(), Holder::Field)
    }

    /// Whether repeated values of it are written into one.
    pub(crate) fn is_packed(&self, files: &[File], table: &Table) -> bool {
        let is_packable =
            self.field.label == Label::Repeated && self.field.kind.is_some_and(is_packable);
        if !is_packable {
            return false;
        }
        let option = || {
            let options = self.field.options.as_deref()?;
            options.get(2)?.truth()
        };
        match files[self.file as usize].syntax {
            Syntax::Proto2 => option().unwrap_or(false),
            Syntax::Proto3 => option().unwrap_or(true),
            Syntax::Edition(_) => {
                let features = self.features(files, table);
                features.repeated_field_encoding == RepeatedEncoding::Packed
            }
        }
    }

    /// Whether a message in it is written as a group.
    pub(crate) fn is_delimited(&self, files: &[File], table: &Table) -> bool {
        match (self.field.kind, files[self.file as usize].syntax) {
            (Some(Kind::Group), _) => true,
            (Some(Kind::Message), Syntax::Edition(_)) => {
                self.features(files, table).message_encoding == MessageEncoding::Delimited
                    && !self.is_map(files, table)
            }
            _ => false,
        }
    }

    /// Whether its zero is not written.
    pub(crate) fn is_implicit(&self, files: &[File], table: &Table) -> bool {
        let field = self.field;
        let has_presence = self.is_extension
            || field.label != Label::Optional
            || field.oneof_index.is_some()
            || matches!(field.kind, Some(Kind::Message | Kind::Group));
        match files[self.file as usize].syntax {
            _ if has_presence => false,
            Syntax::Proto2 => false,
            Syntax::Proto3 => true,
            Syntax::Edition(_) => {
                self.features(files, table).field_presence == FieldPresence::Implicit
            }
        }
    }

    /// Whether its type stands for the entries of a map, or it is a field of such a one.
    pub(crate) fn is_map(&self, files: &[File], table: &Table) -> bool {
        let of = |type_name: &str| match table.by_type_name(type_name) {
            Some(Symbol::Message(id)) => is_map_entry(table.message(files, id)),
            _ => false,
        };
        self.field.type_name.as_deref().is_some_and(of)
            || self.parent.is_some_and(|id| is_map_entry(table.message(files, id)))
                && !self.is_extension
    }
}

/// The features of the messages around an element, the outermost first.
pub(crate) fn below_messages(
    features: Features,
    files: &[File],
    table: &Table,
    entry: &Entry,
) -> Features {
    let Some(parent) = entry.parent else { return features };
    let features = below_messages(features, files, table, table.message_entry(parent));
    features.below(table.message(files, parent).options.as_deref(), Holder::Message)
}

/// The features of a message or enum's surroundings.
pub(crate) fn around(files: &[File], table: &Table, entry: &Entry) -> Features {
    let file = &files[entry.file as usize];
    let features = Features::of(file.syntax).below(file.options.as_deref(), Holder::File);
    below_messages(features, files, table, entry)
}

/// Whether a message stands for the entries of a map.
pub(crate) fn is_map_entry(message: &Message) -> bool {
    message.options.as_deref().is_some_and(|options| options.flag(7))
}

/// Whether a message is written as a set of messages.
pub(crate) fn is_message_set(message: &Message) -> bool {
    message.options.as_deref().is_some_and(|options| options.flag(1))
}

/// The declared oneof that a field is in.
pub(crate) fn oneof(field: &Field, message: &Message) -> Option<usize> {
    let index = field.oneof_index.filter(|_| !field.proto3_optional)? as usize;
    (index < message.oneofs.len()).then_some(index)
}

/// Whether values of that kind can be packed.
pub(crate) fn is_packable(kind: Kind) -> bool {
    !matches!(kind, Kind::String | Kind::Bytes | Kind::Message | Kind::Group)
}

/// The name that a field has in JSON by itself: `lower_snake` as `lowerSnake`.
pub(crate) fn json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut is_next_upper = false;
    for letter in name.chars() {
        match letter {
            '_' => is_next_upper = true,
            letter if std::mem::take(&mut is_next_upper) => json.push(letter.to_ascii_uppercase()),
            letter => json.push(letter),
        }
    }
    json
}

//! Finds the elements of linked files by name and number, with what their features mean. — *Does
//! not* check the files. — *Holds*: of two elements of one name the first counts; a reference that
//! leads nowhere is a [`Dangling`]; fields are resolved when a message is first asked for them.

mod element;
mod field;
mod index;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::Features;
use crate::descriptor::File;

pub use element::{EnumRef, MessageRef, ServiceRef};
pub use field::{Cardinality, FieldRef};

/// A field's type that is not among the files, or that the field does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not among the files", self.name())]
pub struct Dangling {
    name: Arc<str>,
}

impl Dangling {
    /// A name, with or without a leading dot.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into() }
    }

    /// The full name, without a leading dot.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.trim_start_matches('.')
    }
}

/// Linked files, indexed.
#[derive(Debug, Default)]
pub struct Pool {
    files: Vec<Arc<File>>,
    messages: Vec<MessageSlot>,
    enums: Vec<EnumSlot>,
    services: Vec<Slot>,
    extensions: Vec<ExtensionSlot>,
    types: HashMap<Arc<str>, Type>,
    extension_names: HashMap<Box<str>, u32>,
    /// By the extended message's name, then in the order of their numbers.
    extended: OnceLock<HashMap<Arc<str>, Vec<u32>>>,
}

/// What a full name stands for.
#[derive(Debug, Clone, Copy)]
enum Type {
    Message(u32),
    Enum(u32),
    Service(u32),
}

/// Where an element is declared.
#[derive(Debug, Clone, Copy)]
struct Slot {
    file: u32,
    /// The message around, if there is one.
    parent: Option<u32>,
    /// Among its siblings of that sort.
    index: u32,
}

#[derive(Debug)]
struct MessageSlot {
    at: Slot,
    features: Features,
    fields: OnceLock<field::Table>,
}

#[derive(Debug)]
struct EnumSlot {
    at: Slot,
    features: Features,
}

#[derive(Debug)]
struct ExtensionSlot {
    at: Slot,
    /// Of what the extension is declared in.
    features: Features,
    resolved: OnceLock<field::Semantics>,
}

impl Pool {
    /// Indexes the files.
    #[must_use]
    pub fn new(files: Vec<Arc<File>>) -> Self {
        index::index(files)
    }

    /// The files, as given.
    #[must_use]
    pub fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    /// A message by its full name, without a leading dot.
    #[must_use]
    pub fn message(&self, full_name: &str) -> Option<MessageRef<'_>> {
        match self.types.get(full_name)? {
            Type::Message(id) => Some(MessageRef::new(self, *id)),
            _ => None,
        }
    }

    /// An enum by its full name.
    #[must_use]
    pub fn enumeration(&self, full_name: &str) -> Option<EnumRef<'_>> {
        match self.types.get(full_name)? {
            Type::Enum(id) => Some(EnumRef::new(self, *id)),
            _ => None,
        }
    }

    /// A service by its full name.
    #[must_use]
    pub fn service(&self, full_name: &str) -> Option<ServiceRef<'_>> {
        match self.types.get(full_name)? {
            Type::Service(id) => Some(ServiceRef::new(self, *id)),
            _ => None,
        }
    }

    /// An extension by its full name.
    #[must_use]
    pub fn extension(&self, full_name: &str) -> Option<FieldRef<'_>> {
        self.extension_names.get(full_name).map(|&id| self.extension_by_id(id))
    }

    /// The extension of a message with that number.
    #[must_use]
    pub fn extension_of(&self, message: &str, number: u32) -> Option<FieldRef<'_>> {
        let ids = self.extended().get(message)?;
        let at = ids.partition_point(|&id| self.extension_by_id(id).number() < number);
        ids.get(at).map(|&id| self.extension_by_id(id)).filter(|field| field.number() == number)
    }

    /// The extensions of a message, by number.
    pub fn extensions_of(&self, message: &str) -> impl Iterator<Item = FieldRef<'_>> {
        let ids = self.extended().get(message).into_iter().flatten();
        ids.map(|&id| self.extension_by_id(id))
    }

    /// All messages, those of maps and groups among them, in the order of the files.
    pub fn messages(&self) -> impl Iterator<Item = MessageRef<'_>> {
        (0..).zip(&self.messages).map(|(id, _)| MessageRef::new(self, id))
    }

    /// All enums, in the order of the files.
    pub fn enums(&self) -> impl Iterator<Item = EnumRef<'_>> {
        (0..).zip(&self.enums).map(|(id, _)| EnumRef::new(self, id))
    }

    /// All services, in the order of the files.
    pub fn services(&self) -> impl Iterator<Item = ServiceRef<'_>> {
        (0..).zip(&self.services).map(|(id, _)| ServiceRef::new(self, id))
    }

    /// All extensions, in the order of the files.
    pub fn extensions(&self) -> impl Iterator<Item = FieldRef<'_>> {
        (0..).zip(&self.extensions).map(|(id, _)| self.extension_by_id(id))
    }

    fn extended(&self) -> &HashMap<Arc<str>, Vec<u32>> {
        self.extended.get_or_init(|| {
            let mut extended = HashMap::<Arc<str>, Vec<u32>>::new();
            for (id, extension) in (0..).zip(self.extensions()) {
                if let Some(extendee) = extension.extendee() {
                    extended.entry(extendee.into()).or_default().push(id);
                }
            }
            for ids in extended.values_mut() {
                ids.sort_by_key(|&id| self.extension_by_id(id).number());
                ids.dedup_by_key(|&mut id| self.extension_by_id(id).number());
            }
            extended
        })
    }
}

#[cfg(test)]
mod tests;

//! The descriptors as rules see them: flat, named in full, kinds resolved, every element with its
//! place. — *Does not* judge. — *Holds*: nothing of prost's or protox's descriptor types is seen
//! beyond this module, so that another front end (editions) can fill it.

mod build;
mod element;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::DescriptorPool;

pub(crate) use element::{
    Cardinality, Enum, EnumNumber, Field, Idempotency, Kind, Message, Method, Oneof, Reserved,
    Service,
};
pub(crate) use place::{Place, Span};

/// All elements of a version by full name; the imported ones only to be referred to.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(crate) files: BTreeMap<String, SourceFile>,
    pub(crate) messages: BTreeMap<String, Message>,
    pub(crate) enums: BTreeMap<String, Enum>,
    pub(crate) services: BTreeMap<String, Service>,
    /// Imported files' elements: by these, references are followed but not compared.
    pub(crate) imported_messages: BTreeMap<String, Message>,
    pub(crate) imported_enums: BTreeMap<String, Enum>,
}

/// An own file.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) syntax: &'static str,
    pub(crate) spans: BTreeMap<Vec<i32>, Span>,
}

impl Schema {
    pub(crate) fn new(pool: &DescriptorPool, own: &BTreeSet<String>) -> Self {
        build::schema(pool, own)
    }

    /// An enum of this version, own or imported.
    pub(crate) fn enumeration(&self, full_name: &str) -> Option<&Enum> {
        self.enums.get(full_name).or_else(|| self.imported_enums.get(full_name))
    }

    pub(crate) fn packages(&self) -> BTreeSet<&str> {
        self.files.values().map(|file| file.package.as_str()).collect()
    }

    /// The message that a name without its package stands for in a file.
    pub(crate) fn message_nested(&self, file: &str, nested_name: &str) -> Option<&Message> {
        self.messages
            .values()
            .find(|message| message.place.file == file && message.nested_name == nested_name)
    }
}

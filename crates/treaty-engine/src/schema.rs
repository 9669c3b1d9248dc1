//! The descriptors as rules see them: flat, named in full, features resolved, every element with
//! its place. — *Does not* judge. — *Holds*: nothing is copied that the descriptors already hold;
//! lists are sorted by what versions pair elements with.

mod build;
mod default;
mod deprecation;
mod element;
mod file;
mod place;
mod reserved;
mod strings;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use default::Default;
pub(crate) use element::{
    Cardinality, Enum, EnumNumber, Field, Idempotency, Message, Method, Oneof, Service,
};
pub(crate) use file::SourceFile;
pub(crate) use place::{Place, Span};
pub(crate) use reserved::{Reserved, missing};
pub(crate) use strings::CppString;

use crate::Descriptors;

/// All elements of a version by full name; the imported ones only to be referred to.
#[derive(Debug, std::default::Default)]
pub struct Schema<'d> {
    /// Own files.
    pub(crate) files: BTreeMap<&'d str, SourceFile<'d>>,
    pub(crate) messages: BTreeMap<&'d str, Message<'d>>,
    pub(crate) enums: BTreeMap<&'d str, Enum<'d>>,
    pub(crate) services: BTreeMap<&'d str, Service<'d>>,
    /// By the full name of what they extend, and number.
    pub(crate) extensions: BTreeMap<(&'d str, i32), Field<'d>>,
    /// The names of custom options, own or imported, by what they extend and number.
    pub(crate) options: BTreeMap<(&'d str, i32), &'d str>,
    /// Imported files' elements: by these, references are followed but not compared.
    pub(crate) imported_messages: BTreeMap<&'d str, Message<'d>>,
    pub(crate) imported_enums: BTreeMap<&'d str, Enum<'d>>,
}

impl<'d> Schema<'d> {
    pub(crate) fn new(descriptors: &'d Descriptors) -> Self {
        build::schema(descriptors)
    }

    /// An enum of this version, own or imported.
    pub(crate) fn enumeration(&self, full_name: &str) -> Option<&Enum<'d>> {
        self.enums.get(full_name).or_else(|| self.imported_enums.get(full_name))
    }

    /// A message of this version, own or imported.
    pub(crate) fn message(&self, full_name: &str) -> Option<&Message<'d>> {
        self.messages.get(full_name).or_else(|| self.imported_messages.get(full_name))
    }

    pub(crate) fn packages(&self) -> BTreeSet<&'d str> {
        self.files.values().map(|file| file.package).collect()
    }

    /// The message that a name without its package stands for in a file.
    pub(crate) fn message_nested(&self, file: &str, nested_name: &str) -> Option<&Message<'d>> {
        let message = self.messages.get(&*self.full_name(file, nested_name)?);
        message.filter(|message| message.place.file == file)
    }

    /// The same for an enum.
    pub(crate) fn enum_nested(&self, file: &str, nested_name: &str) -> Option<&Enum<'d>> {
        let enumeration = self.enums.get(&*self.full_name(file, nested_name)?);
        enumeration.filter(|enumeration| enumeration.place.file == file)
    }

    /// The same for a service.
    pub(crate) fn service_in(&self, file: &str, name: &str) -> Option<&Service<'d>> {
        let service = self.services.get(&*self.full_name(file, name)?);
        service.filter(|service| service.place.file == file)
    }

    fn full_name(&self, file: &str, nested_name: &str) -> Option<String> {
        match self.files.get(file)?.package {
            "" => Some(nested_name.to_owned()),
            package => Some(format!("{package}.{nested_name}")),
        }
    }
}

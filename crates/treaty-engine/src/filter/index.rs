//! Every element of some descriptors that can be kept or left out, by name and by number.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use treaty_compiler::descriptor::{Enum, Field, File, Message, Method, Service};

use super::FilterError;
use crate::Descriptors;

/// The number of an element.
pub(super) type Id = usize;

/// A file, type, service, method or extension.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) name: Arc<str>,
    /// Of the file that it stands in: an element too.
    pub(super) file: Id,
    pub(super) parent: Option<Id>,
    pub(super) kind: Kind<'a>,
}

/// What an element is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    File(&'a Arc<File>, IsOwn),
    Message(&'a Message),
    Enum(&'a Enum),
    Service(&'a Service),
    Method(&'a Method),
    Extension(&'a Field),
}

/// Whether a file is not only imported.
pub(super) type IsOwn = bool;

/// The elements of descriptors; those of a file stand behind it, up to the next file.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    pub(super) elements: Vec<Element<'a>>,
    names: HashMap<Arc<str>, Id>,
    files: HashMap<&'a str, Id>,
    in_order: Vec<Id>,
    /// By the extended message.
    extensions: HashMap<&'a str, Vec<Id>>,
    /// Package to files; packages that only have packages in them are there too.
    pub(super) packages: BTreeMap<String, Vec<Id>>,
}

impl<'a> Index<'a> {
    /// Of own files and all that they import.
    pub(super) fn of(descriptors: &'a Descriptors) -> Result<Self, FilterError> {
        let mut index = Self::default();
        for file in descriptors.imports_first() {
            index.add_package(&file.package);
            let id = index.elements.len();
            if let Some(files) = index.packages.get_mut(&*file.package) {
                files.push(id);
            }
            index.files.insert(&file.name, id);
            index.in_order.push(id);
            let own = descriptors.is_own(&file.name);
            let name = Arc::from(&*file.name);
            index.elements.push(Element {
                name,
                file: id,
                parent: None,
                kind: Kind::File(file, own),
            });
            index.add_all(&file.messages, &file.enums, &file.extensions, id)?;
            for service in &file.services {
                let at = index.add(&service.full_name, id, Kind::Service(service))?;
                for method in &service.methods {
                    let name = format!("{}.{}", service.full_name, method.name).into();
                    index.add(&name, at, Kind::Method(method))?;
                }
            }
        }
        Ok(index)
    }

    fn add_package(&mut self, package: &str) {
        let mut package = package;
        while !self.packages.contains_key(package) {
            self.packages.insert(package.to_owned(), Vec::new());
            package = package.rsplit_once('.').map_or("", |(around, _)| around);
        }
    }

    fn add_all(
        &mut self,
        messages: &'a [Message],
        enums: &'a [Enum],
        extensions: &'a [Field],
        parent: Id,
    ) -> Result<(), FilterError> {
        for message in messages {
            let at = self.add(&message.full_name, parent, Kind::Message(message))?;
            self.add_all(&message.messages, &message.enums, &message.extensions, at)?;
        }
        for one in enums {
            self.add(&one.full_name, parent, Kind::Enum(one))?;
        }
        for one in extensions {
            let at = self.add(&Arc::from(&*one.full_name), parent, Kind::Extension(one))?;
            let extendee = bare(one.extendee.as_deref().unwrap_or_default());
            self.extensions.entry(extendee).or_default().push(at);
        }
        Ok(())
    }

    fn add(&mut self, name: &Arc<str>, parent: Id, kind: Kind<'a>) -> Result<Id, FilterError> {
        let id = self.elements.len();
        if self.names.insert(Arc::clone(name), id).is_some() {
            return Err(FilterError::Unsound(format!("duplicate for \"{name}\"")));
        }
        let file = self.elements[parent].file;
        self.elements.push(Element { name: Arc::clone(name), file, parent: Some(parent), kind });
        Ok(id)
    }

    /// The element of that full name, with or without a leading dot.
    pub(super) fn find(&self, name: &str) -> Option<Id> {
        self.names.get(bare(name)).copied()
    }

    /// The file of that name.
    pub(super) fn file(&self, name: &str) -> Option<Id> {
        self.files.get(name).copied()
    }

    /// The files, imports first.
    pub(super) fn files(&self) -> impl Iterator<Item = Id> {
        self.in_order.iter().copied()
    }

    /// The elements of a file, without itself.
    pub(super) fn within(&self, file: Id) -> impl Iterator<Item = Id> {
        (file + 1..self.elements.len()).take_while(move |&id| self.elements[id].file == file)
    }

    /// The elements directly or indirectly within an element.
    pub(super) fn below(&self, id: Id) -> impl Iterator<Item = Id> {
        let is_inside = move |&at: &Id| {
            let mut parent = self.elements[at].parent;
            while let Some(one) = parent {
                if one == id {
                    return true;
                }
                parent = self.elements[one].parent;
            }
            false
        };
        (id + 1..self.elements.len()).take_while(is_inside)
    }

    /// The known extensions of a message.
    pub(super) fn extensions_of(&self, message: &str) -> &[Id] {
        self.extensions.get(message).map_or(&[], Vec::as_slice)
    }

    /// The extension of a message with that number; the last one where there are several.
    pub(super) fn extension(&self, message: &str, number: u32) -> Option<(Id, &'a Field)> {
        self.extensions_of(message).iter().rev().find_map(|&id| match self.elements[id].kind {
            Kind::Extension(field) if u32::try_from(field.number) == Ok(number) => {
                Some((id, field))
            }
            _ => None,
        })
    }

    /// Whether a file is not only imported.
    pub(super) fn is_own(&self, file: Id) -> bool {
        matches!(self.elements[file].kind, Kind::File(_, true))
    }
}

/// Without the leading dot.
pub(super) fn bare(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

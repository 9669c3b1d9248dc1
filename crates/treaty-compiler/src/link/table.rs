//! Every name that files can refer to, in one table. — *Does not* hold fields, oneofs and methods, which
//! only their own scope sees. — *Holds*: the first file to define a name, by the order of files, has it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::graph::FileId;
use super::hash::FastHash;
use super::hidden;
use super::locals::{self, Locals};
use super::report::Report;
use crate::compile::Places;
use crate::descriptor::{Enum, Field, File, Message};
use crate::{DefaultVisibility, Diagnostic};

/// An element by its index in the table.
pub(crate) type Id = u32;

/// What a full name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Symbol {
    Package,
    Message(Id),
    Enum(Id),
    Extension(Id),
    /// A service, or a value of an enum at top level.
    Other(Id),
}

/// An element and how to get to it.
pub(crate) struct Entry {
    pub(crate) file: FileId,
    /// The message around.
    pub(crate) parent: Option<Id>,
    /// Among its siblings.
    index: u32,
    /// With a leading dot.
    pub(crate) type_name: Arc<str>,
}

/// A service or an enum's value.
struct Other {
    file: FileId,
    path: [i32; 4],
    length: usize,
}

/// All symbols of all files.
#[derive(Default)]
pub(crate) struct Table {
    symbols: HashMap<Arc<str>, Symbol, FastHash>,
    messages: Vec<Entry>,
    enums: Vec<Entry>,
    extensions: Vec<Entry>,
    others: Vec<Other>,
    /// Names that are defined more than once, which is told where they are.
    duplicates: HashSet<Arc<str>>,
    /// By file, whom types are for that do not say it.
    visibilities: Vec<DefaultVisibility>,
}

impl Table {
    /// Of the files, with what is wrong with each.
    pub(crate) fn new(files: &[File], places: Places) -> (Self, Vec<Vec<Diagnostic>>) {
        let mut table = Self::default();
        for file in files {
            let dots = file.package.match_indices('.').map(|(at, _)| at);
            for end in dots.chain([file.package.len()]).filter(|&end| end > 0) {
                let package = &file.package[..end];
                if !table.symbols.contains_key(package) {
                    table.symbols.insert(package.into(), Symbol::Package);
                }
            }
        }
        let mut reports = Report::of_each(files);
        table.visibilities = files.iter().map(hidden::default_visibility).collect();
        for (id, file) in (0..).zip(files) {
            Fill { table: &mut table, files, places, id, reports: &mut reports }.file(file);
        }
        (table, reports.into_iter().map(|report| report.faults).collect())
    }

    pub(crate) fn get(&self, full_name: &str) -> Option<Symbol> {
        self.symbols.get(full_name).copied()
    }

    /// Whether a name is defined more than once, so that it says nothing who sees the first.
    pub(crate) fn is_duplicate(&self, full_name: &str) -> bool {
        self.duplicates.contains(full_name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = (&Arc<str>, Symbol)> {
        self.symbols.iter().map(|(name, &symbol)| (name, symbol))
    }

    /// The file that a symbol is in; packages are in many.
    pub(crate) fn file(&self, symbol: Symbol) -> Option<FileId> {
        Some(match symbol {
            Symbol::Package => return None,
            Symbol::Message(id) => self.messages[id as usize].file,
            Symbol::Enum(id) => self.enums[id as usize].file,
            Symbol::Extension(id) => self.extensions[id as usize].file,
            Symbol::Other(id) => self.others[id as usize].file,
        })
    }

    /// Whom the types of a file are for that do not say it.
    pub(crate) fn default_visibility(&self, file: FileId) -> DefaultVisibility {
        self.visibilities[file as usize]
    }

    pub(crate) fn message_entry(&self, id: Id) -> &Entry {
        &self.messages[id as usize]
    }

    pub(crate) fn enum_entry(&self, id: Id) -> &Entry {
        &self.enums[id as usize]
    }

    pub(crate) fn extension_entry(&self, id: Id) -> &Entry {
        &self.extensions[id as usize]
    }

    pub(crate) fn message<'f>(&self, files: &'f [File], id: Id) -> &'f Message {
        let entry = &self.messages[id as usize];
        let siblings = match entry.parent {
            Some(parent) => &self.message(files, parent).messages,
            None => &files[entry.file as usize].messages,
        };
        &siblings[entry.index as usize]
    }

    pub(crate) fn enumeration<'f>(&self, files: &'f [File], id: Id) -> &'f Enum {
        let entry = &self.enums[id as usize];
        let siblings = match entry.parent {
            Some(parent) => &self.message(files, parent).enums,
            None => &files[entry.file as usize].enums,
        };
        &siblings[entry.index as usize]
    }

    pub(crate) fn extension<'f>(&self, files: &'f [File], id: Id) -> &'f Field {
        let entry = &self.extensions[id as usize];
        let siblings = match entry.parent {
            Some(parent) => &self.message(files, parent).extensions,
            None => &files[entry.file as usize].extensions,
        };
        &siblings[entry.index as usize]
    }

    /// The names that only that scope knows.
    pub(crate) fn locals<'f>(&self, files: &'f [File], scope: Symbol) -> Locals<'f> {
        match scope {
            Symbol::Message(id) => locals::of_message(self.message(files, id)),
            Symbol::Other(id) => {
                let other = &self.others[id as usize];
                let services = &files[other.file as usize].services;
                let service = match other.path {
                    [6, at, ..] => services.get(at as usize),
                    _ => None,
                };
                service.map(locals::of_service).unwrap_or_default()
            }
            _ => Locals::default(),
        }
    }

    /// How many extensions there are; their ids are the numbers below.
    pub(crate) fn extension_count(&self) -> Id {
        self.extensions.len() as Id
    }

    /// The message or enum with a full name that begins with a dot.
    pub(crate) fn by_type_name(&self, type_name: &str) -> Option<Symbol> {
        self.get(type_name.strip_prefix('.')?)
    }

    /// From the file down to the element, its name's number not among it.
    pub(crate) fn path(&self, symbol: Symbol) -> Vec<i32> {
        let (entry, nested, top) = match symbol {
            Symbol::Package => return vec![2],
            Symbol::Message(id) => (&self.messages[id as usize], 3, 4),
            Symbol::Enum(id) => (&self.enums[id as usize], 4, 5),
            Symbol::Extension(id) => (&self.extensions[id as usize], 6, 7),
            Symbol::Other(id) => {
                let other = &self.others[id as usize];
                return other.path[..other.length].to_vec();
            }
        };
        let (mut path, number) = match entry.parent {
            Some(parent) => (self.path(Symbol::Message(parent)), nested),
            None => (Vec::new(), top),
        };
        path.extend([number, entry.index as i32]);
        path
    }
}

struct Fill<'t, 'f> {
    table: &'t mut Table,
    files: &'f [File],
    places: Places,
    id: FileId,
    /// Of all files.
    reports: &'t mut [Report<'f>],
}

impl Fill<'_, '_> {
    fn file(&mut self, file: &File) {
        for (index, message) in (0..).zip(&file.messages) {
            self.message(None, index, message);
        }
        for (index, one) in (0..).zip(&file.enums) {
            self.enumeration(None, index, one);
            for (value_index, value) in (0..).zip(&one.values) {
                let path = [5, index as i32, 2, value_index];
                self.other(qualified(&file.package, &value.name), path, 4);
            }
        }
        for (index, service) in (0..).zip(&file.services) {
            self.other(service.full_name.clone(), [6, index, 0, 0], 2);
        }
        for (index, extension) in (0..).zip(&file.extensions) {
            self.extension(None, index, extension);
        }
    }

    fn message(&mut self, parent: Option<Id>, index: u32, message: &Message) {
        let id = self.table.messages.len() as Id;
        self.table.messages.push(self.entry(parent, index, &message.full_name));
        self.insert(message.full_name.clone(), Symbol::Message(id));
        for (index, nested) in (0..).zip(&message.messages) {
            self.message(Some(id), index, nested);
        }
        for (index, one) in (0..).zip(&message.enums) {
            self.enumeration(Some(id), index, one);
        }
        for (index, extension) in (0..).zip(&message.extensions) {
            self.extension(Some(id), index, extension);
        }
    }

    fn entry(&self, parent: Option<Id>, index: u32, full_name: &str) -> Entry {
        let type_name = [".", full_name].concat().into();
        Entry { file: self.id, parent, index, type_name }
    }

    fn enumeration(&mut self, parent: Option<Id>, index: u32, one: &Enum) {
        let id = self.table.enums.len() as Id;
        self.table.enums.push(self.entry(parent, index, &one.full_name));
        self.insert(one.full_name.clone(), Symbol::Enum(id));
    }

    fn extension(&mut self, parent: Option<Id>, index: u32, extension: &Field) {
        let id = self.table.extensions.len() as Id;
        self.table.extensions.push(self.entry(parent, index, &extension.full_name));
        self.insert((*extension.full_name).into(), Symbol::Extension(id));
    }

    fn other(&mut self, name: Arc<str>, path: [i32; 4], length: usize) {
        let id = self.table.others.len() as Id;
        self.table.others.push(Other { file: self.id, path, length });
        self.insert(name, Symbol::Other(id));
    }

    fn insert(&mut self, name: Arc<str>, symbol: Symbol) {
        let Some(earlier) = self.table.get(&name) else {
            self.table.symbols.insert(name, symbol);
            return;
        };
        self.table.duplicates.insert(name.clone());
        let file = self.table.file(earlier);
        if file.is_none() && self.places == Places::Buf {
            self.table.symbols.insert(name, symbol);
            return;
        }
        // Within a message all names are compared together, fields too, when the message is checked.
        let is_nested = self.table.is_nested(earlier) && self.table.is_nested(symbol);
        if file == Some(self.id) && is_nested {
            return;
        }
        if self.reports[self.id as usize].has_room() {
            self.clash(&name, symbol, earlier);
        }
    }

    fn clash(&mut self, name: &str, symbol: Symbol, earlier: Symbol) {
        let name_of = |symbol| [self.table.path(symbol), vec![1]].concat();
        let text = match self.table.file(earlier) {
            Some(file) => {
                let first = self.reports[file as usize].place(&name_of(earlier));
                format!("`{name}` is already defined, at {first}")
            }
            None => {
                let package = self.files.iter().position(|file| is_within(&file.package, name));
                let whose = package.map(|file| self.reports[file].place(&[2])).unwrap_or_default();
                format!("`{name}` is also a package, at {whose}")
            }
        };
        let path = name_of(symbol);
        self.reports[self.id as usize].at(&path, text);
    }
}

impl Table {
    fn is_nested(&self, symbol: Symbol) -> bool {
        match symbol {
            Symbol::Message(id) => self.messages[id as usize].parent.is_some(),
            Symbol::Enum(id) => self.enums[id as usize].parent.is_some(),
            Symbol::Extension(id) => self.extensions[id as usize].parent.is_some(),
            Symbol::Package | Symbol::Other(_) => false,
        }
    }
}

/// Whether a package is another one or below it.
pub(crate) fn is_within(package: &str, outer: &str) -> bool {
    package.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A name within a scope, which may be empty.
pub(crate) fn qualified(scope: &str, name: &str) -> Arc<str> {
    if scope.is_empty() { name.into() } else { [scope, ".", name].concat().into() }
}

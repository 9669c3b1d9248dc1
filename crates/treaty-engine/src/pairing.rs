//! Pairs the elements of two versions, once for all rules. — *Holds*: enums, messages and services
//! pair by full name wherever they stand, fields by number, enum values by number, methods and
//! oneofs by name, files by name; everything is in a stable order.

use std::collections::BTreeMap;

use crate::hits::At;
use crate::schema::{Enum, EnumNumber, Field, Message, Method, Oneof, Schema, Service, SourceFile};

/// The elements of one sort: in both versions (old, new), only in the old, only in the new.
#[derive(Debug)]
pub(crate) struct Matched<'a, T> {
    pub(crate) both: Vec<(&'a T, &'a T)>,
    pub(crate) deleted: Vec<&'a T>,
    pub(crate) added: Vec<&'a T>,
}

/// The parts of one parent that is in both versions.
#[derive(Debug)]
pub(crate) struct Parts<'a, P, T> {
    pub(crate) old: &'a P,
    pub(crate) new: &'a P,
    pub(crate) parts: Matched<'a, T>,
}

/// Two versions, paired.
#[derive(Debug)]
pub(crate) struct Pairing<'a> {
    pub(crate) old: &'a Schema,
    pub(crate) new: &'a Schema,
    pub(crate) files: Matched<'a, SourceFile>,
    pub(crate) messages: Matched<'a, Message>,
    pub(crate) enums: Matched<'a, Enum>,
    pub(crate) services: Matched<'a, Service>,
    pub(crate) fields: Vec<Parts<'a, Message, Field>>,
    pub(crate) oneofs: Vec<Parts<'a, Message, Oneof>>,
    pub(crate) values: Vec<Parts<'a, Enum, EnumNumber>>,
    pub(crate) methods: Vec<Parts<'a, Service, Method>>,
}

impl<'a> Pairing<'a> {
    pub(crate) fn new(old: &'a Schema, new: &'a Schema) -> Self {
        let messages = matched(&old.messages, &new.messages);
        let enums = matched(&old.enums, &new.enums);
        let services = matched(&old.services, &new.services);
        Self {
            old,
            new,
            files: matched(&old.files, &new.files),
            fields: parts(&messages, |message| &message.fields),
            oneofs: oneofs(&messages),
            values: parts(&enums, |enumeration| &enumeration.numbers),
            methods: parts(&services, |service| &service.methods),
            messages,
            enums,
            services,
        }
    }

    pub(crate) fn field_pairs(&self) -> impl Iterator<Item = (&'a Field, &'a Field)> {
        self.fields.iter().flat_map(|parts| parts.parts.both.iter().copied())
    }

    pub(crate) fn value_pairs(&self) -> impl Iterator<Item = (&'a EnumNumber, &'a EnumNumber)> {
        self.values.iter().flat_map(|parts| parts.parts.both.iter().copied())
    }

    pub(crate) fn method_pairs(&self) -> impl Iterator<Item = (&'a Method, &'a Method)> {
        self.methods.iter().flat_map(|parts| parts.parts.both.iter().copied())
    }

    /// Where a deleted element of a surviving file is reported: on the closest message around it
    /// that still exists, else on the file.
    pub(crate) fn deleted_from_file(&self, file: &str, nested_name: &str) -> At {
        let mut around = nested_name;
        while let Some((parent, _)) = around.rsplit_once('.') {
            if let Some(message) = self.new.message_nested(file, parent) {
                return At::place(&message.place);
            }
            around = parent;
        }
        At::File(file.to_owned())
    }

    /// The same for an element of a package, whose file may be gone.
    pub(crate) fn deleted_from_package(&self, old_file: &str, nested_name: &str) -> At {
        if self.new.files.contains_key(old_file) {
            self.deleted_from_file(old_file, nested_name)
        } else {
            At::Gone
        }
    }
}

fn matched<'a, T>(old: &'a BTreeMap<String, T>, new: &'a BTreeMap<String, T>) -> Matched<'a, T> {
    match_by_key(old, new)
}

fn match_by_key<'a, K: Ord, T>(old: &'a BTreeMap<K, T>, new: &'a BTreeMap<K, T>) -> Matched<'a, T> {
    Matched {
        both: old.iter().filter_map(|(key, one)| Some((one, new.get(key)?))).collect(),
        deleted: old.iter().filter(|(key, _)| !new.contains_key(key)).map(|(_, one)| one).collect(),
        added: new.iter().filter(|(key, _)| !old.contains_key(key)).map(|(_, one)| one).collect(),
    }
}

fn parts<'a, P, K: Ord + 'a, T>(
    parents: &Matched<'a, P>,
    of: impl Fn(&'a P) -> &'a BTreeMap<K, T>,
) -> Vec<Parts<'a, P, T>> {
    let pairs = parents.both.iter();
    pairs.map(|&(old, new)| Parts { old, new, parts: match_by_key(of(old), of(new)) }).collect()
}

fn oneofs<'a>(messages: &Matched<'a, Message>) -> Vec<Parts<'a, Message, Oneof>> {
    let has = |message: &Message, name: &str| message.oneofs.iter().any(|oneof| oneof.name == name);
    let pairs = messages.both.iter();
    pairs
        .map(|&(old, new)| Parts {
            old,
            new,
            parts: Matched {
                both: Vec::new(),
                deleted: old.oneofs.iter().filter(|oneof| !has(new, &oneof.name)).collect(),
                added: new.oneofs.iter().filter(|oneof| !has(old, &oneof.name)).collect(),
            },
        })
        .collect()
}

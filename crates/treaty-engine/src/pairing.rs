//! Pairs the elements of two versions, once for all rules. — *Holds*: enums, messages and services
//! pair by full name wherever they stand, fields by number, extensions by what they extend and
//! number, enum values by number, methods and oneofs by name, files by name; everything is in a
//! stable order.

use std::cmp::Ordering;
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
    pub(crate) old: &'a Schema<'a>,
    pub(crate) new: &'a Schema<'a>,
    pub(crate) files: Matched<'a, SourceFile<'a>>,
    pub(crate) messages: Matched<'a, Message<'a>>,
    pub(crate) enums: Matched<'a, Enum<'a>>,
    pub(crate) services: Matched<'a, Service<'a>>,
    pub(crate) extensions: Matched<'a, Field<'a>>,
    pub(crate) fields: Vec<Parts<'a, Message<'a>, Field<'a>>>,
    pub(crate) oneofs: Vec<Parts<'a, Message<'a>, Oneof<'a>>>,
    pub(crate) values: Vec<Parts<'a, Enum<'a>, EnumNumber<'a>>>,
    pub(crate) methods: Vec<Parts<'a, Service<'a>, Method<'a>>>,
}

impl<'a> Pairing<'a> {
    pub(crate) fn new(old: &'a Schema<'a>, new: &'a Schema<'a>) -> Self {
        let messages = match_maps(&old.messages, &new.messages);
        let enums = match_maps(&old.enums, &new.enums);
        let services = match_maps(&old.services, &new.services);
        Self {
            old,
            new,
            files: match_maps(&old.files, &new.files),
            extensions: match_maps(&old.extensions, &new.extensions),
            fields: parts(&messages, |message| &message.fields, |field| field.number),
            oneofs: oneofs(&messages),
            values: parts(&enums, |enumeration| &enumeration.numbers, |value| value.number),
            methods: parts(&services, |service| &service.methods, |method| method.name),
            messages,
            enums,
            services,
        }
    }

    /// Fields of messages, then extensions.
    pub(crate) fn field_pairs(&self) -> impl Iterator<Item = (&'a Field<'a>, &'a Field<'a>)> {
        let fields = self.fields.iter().flat_map(|parts| parts.parts.both.iter().copied());
        fields.chain(self.extensions.both.iter().copied())
    }

    pub(crate) fn value_pairs(
        &self,
    ) -> impl Iterator<Item = (&'a EnumNumber<'a>, &'a EnumNumber<'a>)> {
        self.values.iter().flat_map(|parts| parts.parts.both.iter().copied())
    }

    pub(crate) fn method_pairs(&self) -> impl Iterator<Item = (&'a Method<'a>, &'a Method<'a>)> {
        self.methods.iter().flat_map(|parts| parts.parts.both.iter().copied())
    }

    /// The file of both versions with that name.
    pub(crate) fn surviving_file(&self, name: &str) -> Option<&'a SourceFile<'a>> {
        self.old.files.get(name)?;
        self.new.files.get(name)
    }

    /// Where a deleted element of a surviving file is reported: on the closest message around it
    /// that still exists, else on the file.
    pub(crate) fn deleted_from_file(&self, file: &str, nested_name: &str) -> At<'a> {
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
    pub(crate) fn deleted_from_package(&self, old_file: &str, nested_name: &str) -> At<'a> {
        if self.new.files.contains_key(old_file) {
            self.deleted_from_file(old_file, nested_name)
        } else {
            At::Gone
        }
    }
}

fn match_maps<'a, K: Ord, T>(old: &'a BTreeMap<K, T>, new: &'a BTreeMap<K, T>) -> Matched<'a, T> {
    matched(old.iter(), new.iter())
}

/// Walks two sorted lists at once.
fn matched<'a, K: Ord, T>(
    old: impl Iterator<Item = (K, &'a T)>,
    new: impl Iterator<Item = (K, &'a T)>,
) -> Matched<'a, T> {
    let mut matched = Matched { both: Vec::new(), deleted: Vec::new(), added: Vec::new() };
    let (mut old, mut new) = (old.peekable(), new.peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some((one, _)), Some((other, _))) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return matched,
        };
        match order {
            Ordering::Less => matched.deleted.extend(old.next().map(|(_, one)| one)),
            Ordering::Greater => matched.added.extend(new.next().map(|(_, one)| one)),
            Ordering::Equal => {
                let pair = old.next().zip(new.next()).map(|((_, old), (_, new))| (old, new));
                matched.both.extend(pair);
            }
        }
    }
}

fn parts<'a, P, K: Ord, T>(
    parents: &Matched<'a, P>,
    of: impl Fn(&'a P) -> &'a Vec<T>,
    key: impl Fn(&'a T) -> K + Copy,
) -> Vec<Parts<'a, P, T>> {
    let list = |parent| of(parent).iter().map(move |one| (key(one), one));
    let pairs = parents.both.iter();
    pairs.map(|&(old, new)| Parts { old, new, parts: matched(list(old), list(new)) }).collect()
}

fn oneofs<'a>(messages: &Matched<'a, Message<'a>>) -> Vec<Parts<'a, Message<'a>, Oneof<'a>>> {
    let find = |message: &'a Message<'a>, name: &str| {
        message.oneofs.iter().find(|oneof| oneof.name == name)
    };
    let pairs =
        messages.both.iter().filter(|(old, new)| !old.oneofs.is_empty() || !new.oneofs.is_empty());
    pairs
        .map(|&(old, new)| Parts {
            old,
            new,
            parts: Matched {
                both: old
                    .oneofs
                    .iter()
                    .filter_map(|oneof| Some((oneof, find(new, oneof.name)?)))
                    .collect(),
                deleted: old
                    .oneofs
                    .iter()
                    .filter(|oneof| find(new, oneof.name).is_none())
                    .collect(),
                added: new.oneofs.iter().filter(|oneof| find(old, oneof.name).is_none()).collect(),
            },
        })
        .collect()
}

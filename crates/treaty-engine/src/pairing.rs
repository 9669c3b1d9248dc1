//! Pairs the elements of two versions, once for all rules. — *Holds*: enums, messages and services
//! pair by full name wherever they stand, fields by number, extensions by what they extend and
//! number, enum values by number, methods and oneofs by name, files by name; everything is in a
//! stable order.

pub(crate) mod options;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::hits::At;
use crate::policy::Given;
use crate::schema::{Enum, EnumNumber, Field, Message, Method, Oneof, Schema, Service, SourceFile};

/// The elements of one sort: in both versions (old, new), only in the old, only in the new.
#[derive(Debug)]
pub(crate) struct Matched<'a, T> {
    pub(crate) both: Vec<(&'a T, &'a T)>,
    pub(crate) deleted: Vec<&'a T>,
    pub(crate) added: Vec<&'a T>,
}

/// The parts of all parents that are in both versions, parent by parent.
#[derive(Debug)]
pub(crate) struct Parts<'a, P, T> {
    pub(crate) both: Vec<(&'a T, &'a T)>,
    pub(crate) deleted: Vec<Part<'a, P, T>>,
    pub(crate) added: Vec<Part<'a, P, T>>,
}

/// What one version of a parent has and the other has not.
#[derive(Debug)]
pub(crate) struct Part<'a, P, T> {
    pub(crate) old: &'a P,
    pub(crate) new: &'a P,
    pub(crate) part: &'a T,
}

/// Two versions, paired.
#[derive(Debug)]
pub(crate) struct Pairing<'a> {
    pub(crate) old: &'a Schema<'a>,
    pub(crate) new: &'a Schema<'a>,
    pub(crate) given: &'a Given<'a>,
    /// The versions between the two, oldest first, as far as they are known.
    pub(crate) between: Vec<&'a Schema<'a>>,
    pub(crate) files: Matched<'a, SourceFile<'a>>,
    pub(crate) messages: Matched<'a, Message<'a>>,
    pub(crate) enums: Matched<'a, Enum<'a>>,
    pub(crate) services: Matched<'a, Service<'a>>,
    pub(crate) extensions: Matched<'a, Field<'a>>,
    pub(crate) fields: Parts<'a, Message<'a>, Field<'a>>,
    pub(crate) oneofs: Parts<'a, Message<'a>, Oneof<'a>>,
    pub(crate) values: Parts<'a, Enum<'a>, EnumNumber<'a>>,
    pub(crate) methods: Parts<'a, Service<'a>, Method<'a>>,
}

impl<'a> Pairing<'a> {
    pub(crate) fn new(old: &'a Schema<'a>, new: &'a Schema<'a>, given: &'a Given<'a>) -> Self {
        let messages = match_maps(&old.messages, &new.messages);
        let enums = match_maps(&old.enums, &new.enums);
        let services = match_maps(&old.services, &new.services);
        Self {
            old,
            new,
            given,
            between: Vec::new(),
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
        self.fields.both.iter().chain(&self.extensions.both).copied()
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

    /// Where a message that its package has no more is reported: on the closest message around it
    /// that the package still has, in whatever file, else on its file, unless that is gone too.
    pub(crate) fn message_deleted_from_package(&self, old: &Message<'_>) -> At<'a> {
        if !self.new.files.contains_key(old.place.file) {
            return At::Gone;
        }
        let mut around = old.nested_name;
        while let Some((parent, _)) = around.rsplit_once('.') {
            let dot = if old.package.is_empty() { "" } else { "." };
            let full_name = [old.package, dot, parent].concat();
            let message = self.new.messages.get(&*full_name);
            if let Some(message) = message.filter(|message| message.package == old.package) {
                return At::place(&message.place);
            }
            around = parent;
        }
        At::File(old.place.file.to_owned())
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
    walk(old, new, |old, new| match (old, new) {
        (Some(old), Some(new)) => matched.both.push((old, new)),
        (old, new) => {
            matched.deleted.extend(old);
            matched.added.extend(new);
        }
    });
    matched
}

/// Tells of every key of two sorted lists what each holds under it.
fn walk<'a, K: Ord, T: 'a>(
    old: impl Iterator<Item = (K, &'a T)>,
    new: impl Iterator<Item = (K, &'a T)>,
    mut tell: impl FnMut(Option<&'a T>, Option<&'a T>),
) {
    let (mut old, mut new) = (old.peekable(), new.peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some((one, _)), Some((other, _))) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let old = if order == Ordering::Greater { None } else { old.next() };
        let new = if order == Ordering::Less { None } else { new.next() };
        tell(old.map(|(_, old)| old), new.map(|(_, new)| new));
    }
}

fn parts<'a, P, K: Ord, T>(
    parents: &Matched<'a, P>,
    of: impl Fn(&'a P) -> &'a Vec<T>,
    key: impl Fn(&'a T) -> K + Copy,
) -> Parts<'a, P, T> {
    let list = |parent| of(parent).iter().map(move |one| (key(one), one));
    let mut parts = Parts { both: Vec::new(), deleted: Vec::new(), added: Vec::new() };
    for &(old, new) in &parents.both {
        walk(list(old), list(new), |old_part, new_part| match (old_part, new_part) {
            (Some(old), Some(new)) => parts.both.push((old, new)),
            (Some(part), None) => parts.deleted.push(Part { old, new, part }),
            (None, Some(part)) => parts.added.push(Part { old, new, part }),
            (None, None) => {}
        });
    }
    parts
}

/// Oneofs stand in the order of the source; there are few in a message.
fn oneofs<'a>(messages: &Matched<'a, Message<'a>>) -> Parts<'a, Message<'a>, Oneof<'a>> {
    let find = |message: &'a Message<'a>, name: &str| {
        message.oneofs.iter().find(|oneof| oneof.name == name)
    };
    let mut parts = Parts { both: Vec::new(), deleted: Vec::new(), added: Vec::new() };
    for &(old, new) in &messages.both {
        for part in &old.oneofs {
            match find(new, part.name) {
                Some(other) => parts.both.push((part, other)),
                None => parts.deleted.push(Part { old, new, part }),
            }
        }
        let added = new.oneofs.iter().filter(|oneof| find(old, oneof.name).is_none());
        parts.added.extend(added.map(|part| Part { old, new, part }));
    }
    parts
}

//! Finds types that are elsewhere now: in another file, or as they were under another package.

mod renames;

use std::collections::HashMap;

use crate::Subject;
use crate::pairing::Pairing;
use crate::schema::Place;
use crate::twins;

/// A type or service that moved, with all that is nested in it.
pub(crate) struct Move<'a> {
    pub(crate) sort: &'static str,
    pub(crate) old_name: &'a str,
    pub(crate) new_name: &'a str,
    pub(crate) old_file: &'a str,
    pub(crate) place: &'a Place<'a>,
    pub(crate) subject: Subject,
}

/// Outermost first; what is nested in something that moved is not listed.
pub(crate) fn moves<'a>(pairing: &Pairing<'a>) -> Vec<Move<'a>> {
    let mut moves = Vec::new();
    for &(old, new) in &pairing.messages.both {
        if old.place.file != new.place.file && old.name == old.nested_name {
            moves.push(Move {
                sort: "Message",
                old_name: old.full_name,
                new_name: new.full_name,
                old_file: old.place.file,
                place: &new.place,
                subject: old.subject(),
            });
        }
    }
    for &(old, new) in &pairing.enums.both {
        if old.place.file != new.place.file && old.name == old.nested_name {
            moves.push(Move {
                sort: "Enum",
                old_name: old.full_name,
                new_name: new.full_name,
                old_file: old.place.file,
                place: &new.place,
                subject: old.subject(),
            });
        }
    }
    for &(old, new) in &pairing.services.both {
        if old.place.file != new.place.file {
            moves.push(Move {
                sort: "Service",
                old_name: old.full_name,
                new_name: new.full_name,
                old_file: old.place.file,
                place: &new.place,
                subject: old.subject(),
            });
        }
    }
    renamed(pairing, &mut moves);
    moves
}

/// A deleted type that an added one of another package is.
fn renamed<'a>(pairing: &Pairing<'a>, moves: &mut Vec<Move<'a>>) {
    let (messages, enums) = renames::renames(pairing);
    moves.extend(messages.into_iter().map(|(old, new)| Move {
        sort: "Message",
        old_name: old.full_name,
        new_name: new.full_name,
        old_file: old.place.file,
        place: &new.place,
        subject: old.subject(),
    }));
    moves.extend(enums.into_iter().map(|(old, new)| Move {
        sort: "Enum",
        old_name: old.full_name,
        new_name: new.full_name,
        old_file: old.place.file,
        place: &new.place,
        subject: old.subject(),
    }));
}

/// Whether the rule says that a type is gone.
pub(crate) fn is_deletion(rule: &str) -> bool {
    matches!(
        rule,
        "ENUM_NO_DELETE"
            | "DEPRECATED_BEFORE_REMOVED"
            | "LAST_OF_PACKAGE_NO_DELETE"
            | "MESSAGE_NO_DELETE"
            | "PACKAGE_ENUM_NO_DELETE"
            | "PACKAGE_MESSAGE_NO_DELETE"
            | "SERVICE_NO_DELETE"
    )
}

/// Where what moved stands now, by its old name, and where it stood, by its new one.
pub(crate) struct Moved<'m> {
    to: HashMap<&'m str, &'m str>,
    from: HashMap<&'m str, &'m str>,
}

impl<'m> Moved<'m> {
    pub(crate) fn new<'a: 'm>(moves: impl IntoIterator<Item = &'m Move<'a>> + Clone) -> Self {
        let names = moves.clone().into_iter().map(|one| (one.old_name, one.new_name));
        let back = moves.into_iter().map(|one| (one.new_name, one.old_name));
        Self { to: names.collect(), from: back.collect() }
    }

    /// Whether an old type or service moved, or is still in one that did.
    pub(crate) fn has_old(&self, pairing: &Pairing<'_>, subject: &Subject) -> bool {
        let name = name(subject);
        let other = name.and_then(|name| counterpart(&self.to, name));
        name.zip(other).is_some_and(|(old, new)| is_same(pairing, old, &new))
    }

    /// Whether a new one did, or was already in one that did.
    pub(crate) fn has_new(&self, pairing: &Pairing<'_>, subject: &Subject) -> bool {
        let name = name(subject);
        let other = name.and_then(|name| counterpart(&self.from, name));
        name.zip(other).is_some_and(|(new, old)| is_same(pairing, &old, new))
    }
}

fn name(subject: &Subject) -> Option<&str> {
    match subject {
        Subject::Message(name) | Subject::Enum(name) | Subject::Service(name) => Some(name),
        _ => None,
    }
}

/// The name on the other side, by the closest type around it that moved.
fn counterpart(names: &HashMap<&str, &str>, name: &str) -> Option<String> {
    let mut around = name;
    loop {
        if let Some(other) = names.get(around) {
            return Some([other, &name[around.len()..]].concat());
        }
        around = around.rsplit_once('.')?.0;
    }
}

/// Whether both are there; of different names, whether they are declared alike.
fn is_same(pairing: &Pairing<'_>, old: &str, new: &str) -> bool {
    let (was, is) = (pairing.old, pairing.new);
    let messages = was.messages.contains_key(old) && is.messages.contains_key(new);
    let enums = was.enums.get(old).zip(is.enums.get(new));
    let services = was.services.contains_key(old) && is.services.contains_key(new);
    if old == new {
        return messages || enums.is_some() || services;
    }
    messages && twins::same_message((was, old), (is, new))
        || enums.is_some_and(|(old, new)| twins::same_enum(old, new))
}

//! Finds types that are elsewhere now: in another file, or as they were under another package.

use std::collections::BTreeMap;

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
    renamed_messages(pairing, &mut moves);
    renamed_enums(pairing, &mut moves);
    moves
}

/// A deleted message and an added one with the same name behind the package, and the same fields.
fn renamed_messages<'a>(pairing: &Pairing<'a>, moves: &mut Vec<Move<'a>>) {
    let mut added: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for new in pairing.messages.added.iter().filter(|new| new.name == new.nested_name) {
        added.entry(new.name).or_default().push(*new);
    }
    for old in pairing.messages.deleted.iter().filter(|old| old.name == old.nested_name) {
        let twin = added.get(old.name).and_then(|candidates| {
            let same = |new: &&&_| same_message(pairing, old.full_name, new);
            candidates.iter().find(same)
        });
        moves.extend(twin.map(|new| Move {
            sort: "Message",
            old_name: old.full_name,
            new_name: new.full_name,
            old_file: old.place.file,
            place: &new.place,
            subject: old.subject(),
        }));
    }
}

fn same_message(pairing: &Pairing<'_>, old: &str, new: &crate::schema::Message<'_>) -> bool {
    twins::same_message((pairing.old, old), (pairing.new, new.full_name))
}

fn renamed_enums<'a>(pairing: &Pairing<'a>, moves: &mut Vec<Move<'a>>) {
    let mut added: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for new in pairing.enums.added.iter().filter(|new| new.name == new.nested_name) {
        added.entry(new.name).or_default().push(*new);
    }
    for old in pairing.enums.deleted.iter().filter(|old| old.name == old.nested_name) {
        let candidates = added.get(old.name);
        let twin = candidates.and_then(|all| all.iter().find(|new| twins::same_enum(old, new)));
        moves.extend(twin.map(|new| Move {
            sort: "Enum",
            old_name: old.full_name,
            new_name: new.full_name,
            old_file: old.place.file,
            place: &new.place,
            subject: old.subject(),
        }));
    }
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

/// Whether the element moved, or is in one that did.
pub(crate) fn holds(moves: &[Move<'_>], subject: &str) -> bool {
    moves.iter().any(|one| {
        let rest = subject.strip_prefix(one.old_name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

//! The differences of two versions as people read them: by package and type, each with its
//! declaration before and after. — *Does not* judge: verdicts are those of the changes. — *Holds*:
//! what was moved, renamed or renumbered is one entry, never a removal and an addition.

mod declaration;
mod entry;
mod options;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::pairing::Pairing;
use crate::policy::Given;
use crate::roles::Roles;
use crate::rules::own::{Moved, moves};
use crate::{Change, ChangeKind, Descriptors, Subject, Verdict, diff};
use options::OptionWords;

pub use entry::{Entry, Sort, What};

/// All differences, grouped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// What all of them mean for the rollout.
    pub verdict: Verdict,
    /// By package, then type, then what is in it.
    pub entries: Vec<Entry>,
}

/// What puts the options of either version into words.
#[derive(Clone, Copy)]
struct Sides<'w> {
    old: &'w OptionWords<'w>,
    new: &'w OptionWords<'w>,
}

/// Lists what differs between the own files of two versions.
#[must_use]
pub fn review(old: &Descriptors, new: &Descriptors) -> Review {
    let words = Sides { old: &OptionWords::new(old), new: &OptionWords::new(new) };
    let (old, new) = (&old.schema(), &new.schema());
    let given = Given::default();
    let pairing = Pairing::new(old, new, &given);
    let changes = diff::changes(&pairing, &Roles::new(old, new));
    let verdict = Verdict::join_all(changes.iter().map(|change| change.verdict));
    let moved: Vec<_> =
        moves(&pairing).into_iter().filter(|one| one.old_name != one.new_name).collect();
    let mut entries: Vec<Entry> =
        moved.iter().map(|one| entry::moved(&pairing, one, &changes)).collect();
    let to = Moved::new(&moved);
    let left: Vec<&Change> = changes
        .iter()
        .filter(|change| !is_in_moved(&pairing, change, &to) && !is_in_another(change, &changes))
        .collect();
    let mut by_subject: BTreeMap<Subject, Vec<&Change>> = BTreeMap::new();
    for change in left {
        by_subject.entry(change.subject.key()).or_default().push(change);
    }
    let renumbered = renumbered(&by_subject);
    let told: BTreeSet<&Subject> = renumbered.values().collect();
    for (key, changes) in &by_subject {
        if told.contains(key) {
            continue;
        }
        let other = renumbered.get(key);
        let more = other.and_then(|added| by_subject.get(added)).into_iter().flatten();
        let changes: Vec<&Change> = changes.iter().chain(more).copied().collect();
        entries.push(entry::entry(&pairing, words, &changes, other.is_some()));
    }
    entries.retain(|one| !one.says_nothing());
    entries.sort_by(|one, other| one.place().cmp(&other.place()));
    Review { verdict, entries }
}

/// Whether it is about something that is gone from here or new there only because it moved.
fn is_in_moved(pairing: &Pairing<'_>, change: &Change, moved: &Moved<'_>) -> bool {
    match change.kind {
        ChangeKind::MessageDeleted | ChangeKind::EnumDeleted => {
            moved.has_old(pairing, &change.subject)
        }
        ChangeKind::MessageAdded | ChangeKind::EnumAdded => moved.has_new(pairing, &change.subject),
        _ => false,
    }
}

/// Whether the type around it came or went too, and lists it.
fn is_in_another(change: &Change, changes: &[Change]) -> bool {
    let Some((around, _)) = change.subject.type_name().and_then(|name| name.rsplit_once('.'))
    else {
        return false;
    };
    let kind = match change.kind {
        ChangeKind::MessageDeleted | ChangeKind::EnumDeleted => ChangeKind::MessageDeleted,
        ChangeKind::MessageAdded | ChangeKind::EnumAdded => ChangeKind::MessageAdded,
        _ => return false,
    };
    let around = Subject::Message(around.to_owned());
    of(changes, &around).iter().any(|one| one.kind == kind)
}

/// The changes of an element among all of them, which are sorted by it.
fn of<'c>(changes: &'c [Change], subject: &Subject) -> &'c [Change] {
    let from = changes.partition_point(|one| one.subject < *subject);
    let rest = changes.get(from..).unwrap_or_default();
    rest.split_at(rest.partition_point(|one| one.subject == *subject)).0
}

/// Pairs of what was deleted and what was added under the same name in the same type.
fn renumbered(by_subject: &BTreeMap<Subject, Vec<&Change>>) -> BTreeMap<Subject, Subject> {
    let has = |changes: &[&Change], kinds: &[ChangeKind]| {
        changes.iter().any(|change| kinds.contains(&change.kind))
    };
    let names = |kinds: &'static [ChangeKind]| {
        let subjects = by_subject.iter().filter(move |(_, changes)| has(changes, kinds));
        let named = subjects.filter_map(|(key, changes)| {
            Some((entry::name_in_type(&changes.first()?.subject)?, key.clone()))
        });
        named.collect::<BTreeMap<(String, String), Subject>>()
    };
    let deleted = names(&[
        ChangeKind::FieldDeleted,
        ChangeKind::ReservedFieldDeleted,
        ChangeKind::OneofMemberDeleted,
        ChangeKind::ValueDeleted,
        ChangeKind::ReservedValueDeleted,
        ChangeKind::ClosedValueDeleted,
    ]);
    let mut added = names(&[
        ChangeKind::FieldAdded,
        ChangeKind::OneofMemberAdded,
        ChangeKind::RequiredFieldAdded,
        ChangeKind::ValueAdded,
        ChangeKind::ClosedValueAdded,
    ]);
    deleted.into_iter().filter_map(|(name, old)| Some((old, added.remove(&name)?))).collect()
}

//! The differences of two versions as people read them: by package and type, each with its
//! declaration before and after. — *Does not* judge: verdicts are those of the changes. — *Holds*:
//! what was moved, renamed or renumbered is one entry, never a removal and an addition.

mod declaration;
mod entry;
mod options;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::pairing::Pairing;
use crate::policy::Given;
use crate::roles::Roles;
use crate::rules::own::{Move, moves};
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
    let left: Vec<&Change> = changes
        .iter()
        .filter(|change| !is_in_moved(change, &moved) && !is_in_another(change, &changes))
        .collect();
    let mut by_subject: BTreeMap<Subject, Vec<&Change>> = BTreeMap::new();
    for change in left {
        by_subject.entry(change.subject.key()).or_default().push(change);
    }
    let renumbered = renumbered(&by_subject);
    for (key, changes) in &by_subject {
        if renumbered.iter().any(|(_, added)| added == key) {
            continue;
        }
        let other = renumbered.iter().find(|(deleted, _)| deleted == key).map(|(_, added)| added);
        let more = other.and_then(|added| by_subject.get(added)).into_iter().flatten();
        let changes: Vec<&Change> = changes.iter().chain(more).copied().collect();
        entries.push(entry::entry(&pairing, words, &changes, other.is_some()));
    }
    entries.retain(|one| !one.says_nothing());
    entries.sort_by(|one, other| one.place().cmp(&other.place()));
    Review { verdict, entries }
}

/// Whether it is about something that is gone from here or new there only because it moved.
fn is_in_moved(change: &Change, moved: &[Move<'_>]) -> bool {
    let (name, is_deletion) = match (change.kind, change.subject.type_name()) {
        (ChangeKind::MessageDeleted | ChangeKind::EnumDeleted, Some(name)) => (name, true),
        (ChangeKind::MessageAdded | ChangeKind::EnumAdded, Some(name)) => (name, false),
        _ => return false,
    };
    moved.iter().any(|one| is_within(name, if is_deletion { one.old_name } else { one.new_name }))
}

fn is_within(name: &str, outer: &str) -> bool {
    name.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
    // Sorted by subject, so that the message around is found without looking at all.
    let around = Subject::Message(around.to_owned());
    let from = changes.partition_point(|one| one.subject < around);
    changes[from..].iter().take_while(|one| one.subject == around).any(|one| one.kind == kind)
}

/// Pairs of what was deleted and what was added under the same name in the same type.
fn renumbered(by_subject: &BTreeMap<Subject, Vec<&Change>>) -> Vec<(Subject, Subject)> {
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

//! One entry of a review: what happened to an element, with its declaration before and after.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Sides;
use super::declaration::{declaration, members};
use crate::pairing::Pairing;
use crate::rules::own::Move;
use crate::schema::Schema;
use crate::{Change, ChangeKind, Role, Subject, Verdict};

/// What happened to an element as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is only in the new version.
    Added,
    /// It is only in the old version.
    Removed,
    /// It has another file or package.
    Moved,
    /// It has another name.
    Renamed,
    /// It has another number.
    Renumbered,
    /// Something else about it.
    Changed,
}

/// What an entry stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the element of that name")]
pub enum Sort {
    Package,
    File,
    Service,
    Message,
    Enum,
    Extension,
}

/// One difference, or several of one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Of the element; of an extension, where it is declared is not told.
    pub package: String,
    /// What it stands under.
    pub sort: Sort,
    /// The full name of that, such as the message that a field is in.
    pub group: String,
    /// What happened.
    pub what: What,
    /// The element.
    pub element: Subject,
    /// Everything that happened to it.
    pub kinds: Vec<ChangeKind>,
    /// How it was declared; none where it was not there.
    pub old: Option<String>,
    /// How it is declared now.
    pub new: Option<String>,
    /// What is in a type that came or went.
    pub members: Vec<String>,
    /// Who reads it; none for what is not part of a message.
    pub role: Option<Role>,
    /// What that means for the rollout.
    pub verdict: Verdict,
    /// Why, in one line.
    pub reason: &'static str,
    /// The file in the old version, or in the new one for an addition.
    pub file: String,
}

impl Entry {
    /// Whether it is the group itself rather than something in it.
    #[must_use]
    pub fn is_group(&self) -> bool {
        !matches!(
            self.element,
            Subject::Field { .. }
                | Subject::Value { .. }
                | Subject::Method { .. }
                | Subject::Oneof { .. }
        )
    }

    /// What it is sorted by: the group itself comes before what is in it.
    pub(super) fn place(&self) -> impl Ord + use<'_> {
        (&self.package, self.sort, &self.group, !self.is_group(), &self.element)
    }

    /// A oneof that came or went is told by its fields.
    pub(super) fn says_nothing(&self) -> bool {
        self.kinds == [ChangeKind::OneofAdded]
    }
}

/// The type and name of what can be renumbered.
pub(super) fn name_in_type(subject: &Subject) -> Option<(String, String)> {
    match subject {
        Subject::Field { message: of, name, .. }
        | Subject::Extension { message: of, name, .. }
        | Subject::Value { of, name, .. } => Some((of.clone(), name.clone())),
        _ => None,
    }
}

/// All that happened to one element; where it was renumbered, deletion and addition.
pub(super) fn entry(
    pairing: &Pairing<'_>,
    words: Sides<'_>,
    changes: &[&Change],
    renumbered: bool,
) -> Entry {
    let (first, last) = (changes.first(), changes.last());
    let subject = first.map_or(Subject::Package(String::new()), |change| change.subject.clone());
    let kinds: Vec<ChangeKind> = changes.iter().map(|change| change.kind).collect();
    let is_new = |kind: &ChangeKind| what(*kind) == What::Added;
    let after = last.map_or_else(|| subject.clone(), |change| change.subject.clone());
    let what = if renumbered { What::Renumbered } else { worst(&kinds) };
    let old = (renumbered || !kinds.iter().any(is_new))
        .then(|| declaration(pairing.old, pairing.new, words.old, &subject, &kinds))
        .flatten();
    let new = declaration(pairing.new, pairing.old, words.new, &after, &kinds);
    let new = new.filter(|_| what != What::Removed);
    let schema = if what == What::Removed { pairing.old } else { pairing.new };
    let verdict = Verdict::join_all(changes.iter().map(|change| change.verdict));
    let telling = changes.iter().find(|change| change.verdict == verdict).or(first);
    let (sort, group, package) = group(&subject, pairing);
    Entry {
        package,
        sort,
        group,
        what,
        element: if what == What::Renumbered { subject } else { after },
        kinds,
        old,
        new,
        members: match what {
            What::Added | What::Removed => {
                first.map_or_else(Vec::new, |change| members(schema, &change.subject))
            }
            _ => Vec::new(),
        },
        role: first.and_then(|change| change.role),
        verdict,
        reason: telling.map_or("", |change| change.reason),
        file: first.map_or_else(String::new, |change| change.file.clone()),
    }
}

/// A type that is as it was under another package.
pub(super) fn moved(pairing: &Pairing<'_>, one: &Move<'_>, changes: &[Change]) -> Entry {
    let gone = super::of(changes, &one.subject)
        .iter()
        .find(|change| matches!(change.kind, ChangeKind::MessageDeleted | ChangeKind::EnumDeleted));
    let (sort, group, package) = group(&one.subject, pairing);
    let word = one.sort.to_lowercase();
    Entry {
        package,
        sort,
        group,
        what: What::Moved,
        element: one.subject.clone(),
        kinds: gone.map(|change| change.kind).into_iter().collect(),
        old: Some(format!("{word} {}", one.old_name)),
        new: Some(format!("{word} {}", one.new_name)),
        members: Vec::new(),
        role: gone.and_then(|change| change.role),
        verdict: gone.map_or(Verdict::Breaking, |change| change.verdict),
        reason: "under another package it has another full name",
        file: one.old_file.to_owned(),
    }
}

fn what(kind: ChangeKind) -> What {
    use ChangeKind as K;
    match kind {
        K::PackageAdded
        | K::FileAdded
        | K::MessageAdded
        | K::EnumAdded
        | K::OneofAdded
        | K::ServiceAdded
        | K::MethodAdded
        | K::FieldAdded
        | K::OneofMemberAdded
        | K::RequiredFieldAdded
        | K::ValueAdded
        | K::ClosedValueAdded => What::Added,
        K::PackageDeleted
        | K::FileDeleted
        | K::MessageDeleted
        | K::EnumDeleted
        | K::OneofDeleted
        | K::ServiceDeleted
        | K::MethodDeleted
        | K::FieldDeleted
        | K::ReservedFieldDeleted
        | K::OneofMemberDeleted
        | K::ValueDeleted
        | K::ReservedValueDeleted
        | K::ClosedValueDeleted => What::Removed,
        K::Moved | K::FilePackageChanged => What::Moved,
        K::FieldRenamed | K::ValueRenamed => What::Renamed,
        _ => What::Changed,
    }
}

/// One word for all that happened: what came or went did only that; a rename is only a rename where
/// nothing but the names changed.
fn worst(kinds: &[ChangeKind]) -> What {
    let of: BTreeSet<What> = kinds.iter().map(|kind| what(*kind)).collect();
    let only_names = kinds
        .iter()
        .all(|kind| matches!(what(*kind), What::Renamed) || *kind == ChangeKind::JsonNameChanged);
    if of.contains(&What::Added) {
        What::Added
    } else if of.contains(&What::Removed) {
        What::Removed
    } else if of.contains(&What::Renamed) && only_names {
        What::Renamed
    } else if of.len() == 1 && of.contains(&What::Moved) {
        What::Moved
    } else {
        What::Changed
    }
}

/// What an element stands under, and its package.
fn group(subject: &Subject, pairing: &Pairing<'_>) -> (Sort, String, String) {
    let (sort, name) = match subject {
        Subject::Package(name) => return (Sort::Package, name.clone(), name.clone()),
        Subject::File(name) => {
            let file = |schema: &Schema<'_>| Some(schema.files.get(&**name)?.package.to_owned());
            let package = file(pairing.old).or_else(|| file(pairing.new)).unwrap_or_default();
            return (Sort::File, name.clone(), package);
        }
        Subject::Message(name) => (Sort::Message, name),
        Subject::Field { message, .. } | Subject::Oneof { message, .. } => (Sort::Message, message),
        Subject::Extension { message, .. } => (Sort::Extension, message),
        Subject::Enum(name) => (Sort::Enum, name),
        Subject::Value { of, .. } => (Sort::Enum, of),
        Subject::Service(name) => (Sort::Service, name),
        Subject::Method { service, .. } => (Sort::Service, service),
    };
    let package = package(pairing.old, subject, name)
        .or_else(|| package(pairing.new, subject, name))
        .unwrap_or_default();
    (sort, name.clone(), package)
}

fn package(schema: &Schema<'_>, subject: &Subject, name: &str) -> Option<String> {
    if let Subject::Extension { message, number, .. } = subject {
        let file = schema.extensions.get(&(&**message, *number))?.place.file;
        return Some(schema.files.get(file)?.package.to_owned());
    }
    let message = schema.messages.get(name).map(|one| one.package);
    let of_enum = schema.enums.get(name).map(|one| one.package);
    let service = schema.services.get(name).map(|one| one.package);
    message.or(of_enum).or(service).map(str::to_owned)
}

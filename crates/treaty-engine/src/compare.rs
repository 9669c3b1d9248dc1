//! Compares two versions: every change, and every hit of the chosen rules with its verdict.

use std::collections::HashMap;

use crate::hits::{Hit, Hits};
use crate::pairing::Pairing;
use crate::roles::Roles;
use crate::rules::Rule;
use crate::{Change, ChangeKind, Finding, Role, Schema, Severity, Subject, Verdict, diff};

/// What differs between two versions.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Every difference, by what it is about.
    pub changes: Vec<Change>,
    /// What the chosen rules forbid, by place; `versions` is empty.
    pub findings: Vec<Finding>,
}

impl Comparison {
    /// What all changes together mean for the rollout.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::join_all(self.changes.iter().map(|change| change.verdict))
    }
}

/// Compares the own files of two versions under the chosen rules.
#[must_use]
pub fn compare(old: &Schema<'_>, new: &Schema<'_>, rules: &[&Rule]) -> Comparison {
    let pairing = Pairing::new(old, new);
    let roles = Roles::new(old, new);
    let changes = diff::changes(&pairing, &roles);
    let verdicts = Verdicts::new(&changes);
    let mut findings = Vec::new();
    for rule in rules {
        let mut hits = Hits::default();
        (rule.check)(&pairing, &mut hits);
        findings
            .extend(hits.0.into_iter().map(|hit| finding(rule, hit, &verdicts, &roles, &pairing)));
    }
    findings.sort();
    findings.dedup();
    Comparison { changes, findings }
}

fn finding(
    rule: &Rule,
    hit: Hit<'_>,
    verdicts: &Verdicts,
    roles: &Roles<'_>,
    pairing: &Pairing<'_>,
) -> Finding {
    let (path, span, deleted) = hit.at.resolve(pairing.new, &hit.old_file);
    Finding {
        path,
        old_path: Some(hit.old_file),
        deleted,
        line: span.line,
        column: span.column,
        end_line: span.end_line,
        end_column: span.end_column,
        rule: rule.id.to_owned(),
        severity: Severity::Error,
        message: hit.message,
        remedy: rule.remedy.to_owned(),
        verdict: Some(verdicts.of(&hit.subject)),
        role: role(&hit.subject, roles),
        subject: hit.subject.to_string(),
        versions: Vec::new(),
    }
}

fn role(subject: &Subject, roles: &Roles<'_>) -> Option<Role> {
    subject.type_name().map(|name| roles.of(name))
}

/// The joined verdicts of all changes of an element, and of all that was deleted with a file.
struct Verdicts {
    by_subject: HashMap<Subject, Verdict>,
    by_deleted_file: HashMap<String, Verdict>,
}

impl Verdicts {
    fn new(changes: &[Change]) -> Self {
        let (mut by_subject, mut by_deleted_file) = (HashMap::new(), HashMap::new());
        for change in changes {
            let known: &mut Verdict = by_subject.entry(change.subject.key()).or_default();
            *known = known.join(change.verdict);
            if is_deletion(change.kind) {
                let known: &mut Verdict = by_deleted_file.entry(change.file.clone()).or_default();
                *known = known.join(change.verdict);
            }
        }
        Self { by_subject, by_deleted_file }
    }

    /// Breaking where the diff does not know better than the rule.
    fn of(&self, subject: &Subject) -> Verdict {
        let own = self.by_subject.get(&subject.key()).copied();
        let with_it = match subject {
            Subject::File(file) => self.by_deleted_file.get(file).copied(),
            _ => None,
        };
        match (own, with_it) {
            (Some(own), Some(with_it)) => own.join(with_it),
            (one, other) => one.or(other).unwrap_or(Verdict::Breaking),
        }
    }
}

fn is_deletion(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::MessageDeleted | ChangeKind::EnumDeleted | ChangeKind::ServiceDeleted
    )
}

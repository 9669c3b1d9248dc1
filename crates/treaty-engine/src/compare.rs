//! Compares two versions: every change, and every hit of the chosen rules with its verdict.

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
pub fn compare(old: &Schema, new: &Schema, rules: &[&Rule]) -> Comparison {
    let pairing = Pairing::new(old, new);
    let roles = Roles::new(old, new);
    let changes = diff::changes(&pairing, &roles);
    let mut findings = Vec::new();
    for rule in rules {
        let mut hits = Hits::default();
        (rule.check)(&pairing, &mut hits);
        findings
            .extend(hits.0.into_iter().map(|hit| finding(rule, hit, &changes, &roles, &pairing)));
    }
    findings.sort();
    findings.dedup();
    Comparison { changes, findings }
}

fn finding(
    rule: &Rule,
    hit: Hit,
    changes: &[Change],
    roles: &Roles,
    pairing: &Pairing<'_>,
) -> Finding {
    let (path, span, deleted) = hit.at.resolve(pairing.new, &hit.old_file);
    Finding {
        path,
        deleted,
        line: span.line,
        column: span.column,
        end_line: span.end_line,
        end_column: span.end_column,
        rule: rule.id.to_owned(),
        severity: Severity::Error,
        message: hit.message,
        remedy: rule.remedy.to_owned(),
        verdict: Some(verdict(&hit.subject, changes)),
        role: role(&hit.subject, roles),
        subject: hit.subject.to_string(),
        versions: Vec::new(),
        old_path: Some(hit.old_file),
    }
}

fn role(subject: &Subject, roles: &Roles) -> Option<Role> {
    subject.type_name().map(|name| roles.of(name))
}

/// The join of all changes of the element, and of all that was deleted with a file or package;
/// breaking where the diff does not know better than the rule.
fn verdict(subject: &Subject, changes: &[Change]) -> Verdict {
    let key = subject.key();
    let with_it = |change: &Change| match subject {
        Subject::File(file) => change.file == *file && is_deletion(change.kind),
        _ => false,
    };
    let about: Vec<_> = changes
        .iter()
        .filter(|change| change.subject.key() == key || with_it(change))
        .map(|change| change.verdict)
        .collect();
    if about.is_empty() { Verdict::Breaking } else { Verdict::join_all(about) }
}

fn is_deletion(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::MessageDeleted | ChangeKind::EnumDeleted | ChangeKind::ServiceDeleted
    )
}

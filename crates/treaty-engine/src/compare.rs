//! Compares two versions: every change, and every hit of the chosen rules with its verdict.

use std::collections::HashMap;

use crate::hits::{Hit, Hits};
use crate::pairing::Pairing;
use crate::policy::Given;
use crate::roles::Roles;
use crate::rules::{Rule, own};
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
    /// What all changes and findings together mean for the rollout: of some, only a rule knows.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let changes = self.changes.iter().map(|change| change.verdict);
        Verdict::join_all(changes.chain(self.findings.iter().filter_map(|one| one.verdict)))
    }
}

/// Compares the own files of two versions under the chosen rules.
#[must_use]
pub fn compare(old: &Schema<'_>, new: &Schema<'_>, rules: &[&Rule]) -> Comparison {
    compare_given((old, &[], new), rules, &Given::default())
}

/// What the chosen rules forbid, as [`compare`] finds it but without verdicts, which most readers do
/// not ask for and which cost a good part of the time.
#[must_use]
pub fn violations(old: &Schema<'_>, new: &Schema<'_>, rules: &[&Rule]) -> Vec<Finding> {
    let given = Given::default();
    let pairing = Pairing::new(old, new, &given);
    let found = hits(&pairing, rules).map(|(rule, hit)| unjudged(rule, hit, &pairing));
    let mut findings = found.collect();
    own::settle(&pairing, rules, &mut findings);
    in_order(findings)
}

/// The same, under what the contract promises beyond its descriptors, and with the versions that
/// came between the two.
pub(crate) fn compare_given(
    (old, between, new): (&Schema<'_>, &[&Schema<'_>], &Schema<'_>),
    rules: &[&Rule],
    given: &Given<'_>,
) -> Comparison {
    let pairing = Pairing { between: between.to_vec(), ..Pairing::new(old, new, given) };
    let roles = Roles::new(old, new);
    let changes = diff::changes(&pairing, &roles);
    let verdicts = Verdicts::new(&changes);
    let found = hits(&pairing, rules).map(|(rule, hit)| {
        let (verdict, reason) = match own::verdict(rule.id) {
            Some(verdict) => (verdict, None),
            None => verdicts.of(&hit.subject),
        };
        Finding {
            verdict: Some(verdict),
            reason: reason.map(str::to_owned),
            role: role(&hit.subject, &roles),
            ..unjudged(rule, hit, &pairing)
        }
    });
    let mut findings = found.collect();
    own::settle(&pairing, rules, &mut findings);
    Comparison { changes, findings: in_order(findings) }
}

/// As buf prints them, and once each: where two elements have the same short name and no place of
/// their own, one line stands for both, with what is worst of them.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|one, other| one.shown().cmp(&other.shown()).then_with(|| one.cmp(other)));
    findings.dedup_by(|next, kept| {
        let same = next.shown() == kept.shown();
        if let (true, Some(one), Some(other)) = (same, kept.verdict, next.verdict) {
            let (verdict, reason) = join((one, kept.reason.take()), (other, next.reason.take()));
            (kept.verdict, kept.reason) = (Some(verdict), reason);
        }
        same
    });
    findings
}

/// What each rule hits, rule by rule.
fn hits<'a, 'r>(
    pairing: &'r Pairing<'a>,
    rules: &'r [&'r Rule],
) -> impl Iterator<Item = (&'r Rule, Hit<'a>)> + use<'a, 'r> {
    rules.iter().flat_map(move |rule| {
        let mut hits = Hits::default();
        (rule.check)(pairing, &mut hits);
        hits.0.into_iter().map(move |hit| (*rule, hit))
    })
}

fn unjudged(rule: &Rule, hit: Hit<'_>, pairing: &Pairing<'_>) -> Finding {
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
        verdict: None,
        reason: None,
        role: None,
        subject: hit.subject.to_string(),
        versions: Vec::new(),
        element: Some(hit.subject),
        proof: None,
        waived: None,
    }
}

fn role(subject: &Subject, roles: &Roles<'_>) -> Option<Role> {
    subject.type_name().map(|name| roles.of(name))
}

/// The joined verdicts of all changes of an element, and of all that was deleted with a file.
struct Verdicts {
    by_subject: HashMap<Subject, Joined>,
    by_deleted_file: HashMap<String, Joined>,
}

/// A verdict, and the reason of the first change that has it or is part of it.
type Joined<R = &'static str> = (Verdict, Option<R>);

pub(crate) fn join<R>((one, reason): Joined<R>, (other, otherwise): Joined<R>) -> Joined<R> {
    let both = one.join(other);
    (
        both,
        if both == one && (one != Verdict::Safe || reason.is_some()) { reason } else { otherwise },
    )
}

impl Verdicts {
    fn new(changes: &[Change]) -> Self {
        let (mut by_subject, mut by_deleted_file) = (HashMap::new(), HashMap::new());
        // What an option means, only its rule knows.
        for change in changes.iter().filter(|change| change.kind != ChangeKind::OptionChanged) {
            let of = (change.verdict, Some(change.reason));
            let known: &mut Joined = by_subject.entry(change.subject.key()).or_default();
            *known = join(*known, of);
            if is_deletion(change.kind) {
                let known: &mut Joined = by_deleted_file.entry(change.file.clone()).or_default();
                *known = join(*known, of);
            }
        }
        Self { by_subject, by_deleted_file }
    }

    /// Breaking where the diff does not know better than the rule.
    fn of(&self, subject: &Subject) -> Joined {
        let own = self.by_subject.get(&subject.key()).copied();
        let with_it = match subject {
            Subject::File(file) => self.by_deleted_file.get(file).copied(),
            _ => None,
        };
        match (own, with_it) {
            (Some(own), Some(with_it)) => join(own, with_it),
            (one, other) => one.or(other).unwrap_or((Verdict::Breaking, None)),
        }
    }
}

fn is_deletion(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::MessageDeleted | ChangeKind::EnumDeleted | ChangeKind::ServiceDeleted
    )
}

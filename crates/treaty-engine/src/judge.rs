//! Judges a contract against all of its released versions at once. — *Holds*: what breaks several
//! versions is one finding that names them all; versions before 1.0.0 promise nothing, so what
//! breaks only them is reported and stops nothing; how much of the version moves and who goes first
//! is about the step from the last version alone.

mod stored;

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;

use crate::compare::compare_given;
use crate::policy::{Given, Policy, Promise};
use crate::rules::{self, Category, Rule, own};
use crate::{Bump, Change, Descriptors, Finding, Schema, Severity, Verdict, next_version};

/// A released version.
#[derive(Debug, Clone)]
pub struct Released {
    /// Its number.
    pub version: Version,
    /// What was promised.
    pub descriptors: Descriptors,
}

/// The answer to "may this become the next version, and which?".
#[derive(Debug, Clone, Serialize)]
pub struct Judgement {
    /// Of the new descriptors.
    pub digest: String,
    /// What the rules forbid, by place.
    pub findings: Vec<Finding>,
    /// Every difference from the last released version.
    pub changes: Vec<Change>,
    /// What the step from the last released version asks for.
    pub bump: Bump,
    /// The smallest version that may carry it; none where there is nothing to release.
    pub next: Option<Version>,
    /// What the step from the last released version means for the rollout.
    pub verdict: Verdict,
}

impl Judgement {
    /// Whether nothing stops the gate.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }
}

/// What a change is judged by.
#[derive(Debug, Clone, Default)]
pub struct Gate<'g> {
    /// Rules of buf and of ours.
    pub rules: Vec<&'g Rule>,
    /// What the contract promises beyond its descriptors.
    pub policy: Policy,
    /// Released versions that nobody runs any more; what they wrote may still be stored.
    pub retired: &'g [Released],
}

/// Compares `new` with every released version, in any order, under the chosen rules of buf.
#[must_use]
pub fn judge(new: &Descriptors, released: &[Released], rules: &[&Rule]) -> Judgement {
    Gate { rules: rules.to_vec(), ..Gate::default() }.judge(new, released)
}

impl Gate<'_> {
    /// What `treaty check` judges by: generated code is kept, file by file, and all that we know.
    #[must_use]
    pub fn check() -> Self {
        let rules = rules::of(Category::File).into_iter().chain(own::ALL.iter().copied());
        Self { rules: rules.collect(), ..Self::default() }
    }

    /// Compares `new` with every released version, in any order. A file that is own in a version is
    /// compared with it also where `new` has it beside its own.
    #[must_use]
    pub fn judge(&self, new: &Descriptors, released: &[Released]) -> Judgement {
        let own = new.schema();
        let digest = new.digest();
        let versions = Versions::new(released, self);
        let mut merged: BTreeMap<Finding, Vec<&Version>> = BTreeMap::new();
        let mut verdict = Verdict::Safe;
        let mut bump = Bump::None;
        let mut changes = Vec::new();
        let history = versions.history(&self.policy);
        for (index, old) in versions.0.iter().enumerate() {
            let given = Given {
                contract_options: &self.policy.contract_options,
                deprecation: self.promise(&history).filter(|_| index + 1 == versions.0.len()),
            };
            let with_old = new.with_own_of(old.descriptors);
            let with_old = with_old.as_ref().map(Descriptors::schema);
            let schema = with_old.as_ref().unwrap_or(&own);
            if !old.live {
                let ever = self.rules.iter().copied().filter(|rule| is_ever(rule));
                let ever: Vec<_> = ever.collect();
                for finding in compare_given(&old.schema, schema, &ever, &given).findings {
                    merged.entry(finding).or_default().push(old.version);
                }
                continue;
            }
            let comparison = compare_given(&old.schema, schema, &self.rules, &given);
            // The last of them stays.
            verdict = comparison.verdict();
            bump = self::bump(&comparison, old.descriptors.digest() == digest);
            changes = comparison.changes;
            for finding in comparison.findings {
                // Versions may have it in different files, and it is one finding still.
                let finding = Finding { old_path: None, ..finding };
                merged.entry(finding).or_default().push(old.version);
            }
        }
        let mut findings: Vec<_> =
            merged.into_iter().map(|(one, by)| with_versions(one, &by)).collect();
        findings.sort();
        let latest = versions.0.iter().rev().find(|old| old.live).map(|old| old.version);
        Judgement { next: next_version(latest, bump), digest, findings, changes, bump, verdict }
    }

    fn promise<'h>(&self, history: &'h [(Option<i64>, &'h Schema<'h>)]) -> Option<Promise<'h>> {
        let Policy { deprecation, sunset, today, .. } = self.policy;
        deprecation.map(|asked| Promise { asked, sunset, today, history })
    }
}

fn is_ever(rule: &Rule) -> bool {
    own::EVER.iter().any(|ever| ever.id == rule.id)
}

/// All released versions, the oldest first.
struct Versions<'v>(Vec<Old<'v>>);

struct Old<'v> {
    version: &'v Version,
    descriptors: &'v Descriptors,
    schema: Schema<'v>,
    live: bool,
}

impl<'v> Versions<'v> {
    fn new(live: &'v [Released], gate: &'v Gate<'_>) -> Self {
        let of = |one: &'v Released, live| Old {
            version: &one.version,
            descriptors: &one.descriptors,
            schema: one.descriptors.schema(),
            live,
        };
        let retired = gate.retired.iter().map(|one| of(one, false));
        let mut versions: Vec<_> = live.iter().map(|one| of(one, true)).chain(retired).collect();
        versions.sort_by(|one, other| one.version.cmp(other.version));
        Self(versions)
    }

    fn history(&self, policy: &Policy) -> Vec<(Option<i64>, &Schema<'v>)> {
        let day = |version| policy.released_on.get(version).copied();
        self.0.iter().map(|old| (day(old.version), &old.schema)).collect()
    }
}

/// Whether a rule that guards nothing but what bytes and JSON mean found something that means the
/// same: a type that is a twin of the old one, a file rewritten in another syntax.
fn is_false_alarm(finding: &Finding) -> bool {
    const MEANING: [&str; 3] =
        ["FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_TYPE", "FILE_SAME_SYNTAX"];
    finding.verdict == Some(Verdict::Safe) && MEANING.contains(&&*finding.rule)
}

fn with_versions(finding: Finding, versions: &[&Version]) -> Finding {
    let promised = versions.iter().any(|version| version.major > 0);
    Finding {
        severity: if promised && !is_false_alarm(&finding) {
            Severity::Error
        } else {
            Severity::Warning
        },
        versions: versions.iter().map(ToString::to_string).collect(),
        ..finding
    }
}

fn bump(comparison: &crate::Comparison, same: bool) -> Bump {
    if comparison.findings.iter().any(|one| !is_false_alarm(one)) {
        return Bump::Major;
    }
    let least = if same { Bump::None } else { Bump::Patch };
    comparison.changes.iter().map(|change| change.kind.bump()).fold(least, Ord::max)
}

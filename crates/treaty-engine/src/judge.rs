//! Judges a contract against all of its released versions at once. — *Holds*: what breaks several
//! versions is one finding that names them all; versions before 1.0.0 promise nothing, so what
//! breaks only them is reported and stops nothing; how much of the version moves and who goes first
//! is about the step from the last version alone.

mod apart;
mod merged;
mod stored;

use semver::Version;
use serde::Serialize;

use crate::compare::compare_given;
use crate::policy::{Given, Policy, Promise};
use crate::rules::{self, Category, Rule, own};
use crate::{Bump, Change, Descriptors, Finding, Schema, Severity, Verdict, next_version};
pub use apart::Apart;
use merged::{Merged, is_false_alarm};

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
    /// What no rule forbids and no order of rollout makes safe.
    pub apart: Vec<Apart>,
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
        let (mut merged, mut apart) = (Merged::default(), apart::All::default());
        let mut verdict = Verdict::Safe;
        let mut bump = Bump::None;
        let mut changes = Vec::new();
        let history = versions.history(&self.policy);
        let schemas: Vec<_> = history.iter().map(|(_, schema)| *schema).collect();
        let ever: Vec<_> = self.rules.iter().copied().filter(|rule| is_ever(rule)).collect();
        for (index, old) in versions.0.iter().enumerate() {
            let later = schemas.get(index + 1..).unwrap_or_default();
            let given = Given {
                contract_options: &self.policy.contract_options,
                deprecation: self.promise(&history).filter(|_| later.is_empty()),
            };
            let with_old = new.with_own_of(old.descriptors);
            let with_old = with_old.as_ref().map(Descriptors::schema);
            let schema = with_old.as_ref().unwrap_or(&own);
            let rules = if old.live { &self.rules } else { &ever };
            let comparison = compare_given((&old.schema, later, schema), rules, &given);
            if old.live {
                // The last of them stays.
                verdict = comparison.verdict();
                bump = self::bump(&comparison, old.descriptors.digest() == digest);
                apart.add(old.version, &comparison);
                changes = comparison.changes;
            }
            merged.add(old.version, comparison.findings);
        }
        let findings = merged.findings();
        let latest = versions.0.iter().rev().find(|old| old.live).map(|old| old.version);
        let next = next_version(latest, bump);
        Judgement { digest, findings, changes, bump, next, verdict, apart: apart.list(latest) }
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

fn bump(comparison: &crate::Comparison, same: bool) -> Bump {
    if comparison.findings.iter().any(|one| !is_false_alarm(one)) {
        return Bump::Major;
    }
    let least = if same { Bump::None } else { Bump::Patch };
    comparison.changes.iter().map(|change| change.kind.bump()).fold(least, Ord::max)
}

//! Judges a contract against all of its released versions at once. — *Holds*: what breaks several
//! versions is one finding that names them all; versions before 1.0.0 promise nothing, so what
//! breaks only them is reported and stops nothing.

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;

use crate::rules::Rule;
use crate::{Bump, Change, Descriptors, Finding, Severity, Verdict, compare, next_version};

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
    /// What the change asks for.
    pub bump: Bump,
    /// The smallest version that may carry it; none where there is nothing to release.
    pub next: Option<Version>,
    /// What the change from any released version means for the rollout.
    pub verdict: Verdict,
}

impl Judgement {
    /// Whether nothing stops the gate.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }
}

/// Compares `new` with every released version, in any order, under the chosen rules.
#[must_use]
pub fn judge(new: &Descriptors, released: &[Released], rules: &[&Rule]) -> Judgement {
    let schema = new.schema();
    let digest = new.digest();
    let mut released: Vec<_> = released.iter().collect();
    released.sort_by(|a, b| a.version.cmp(&b.version));
    let mut merged: BTreeMap<Finding, Vec<&Version>> = BTreeMap::new();
    let mut verdict = Verdict::Safe;
    let mut bump = Bump::None;
    let mut changes = Vec::new();
    for old in &released {
        let comparison = compare(&old.descriptors.schema(), &schema, rules);
        verdict = verdict.join(comparison.verdict());
        bump = self::bump(&comparison, old.descriptors.digest() == digest);
        changes = comparison.changes;
        for finding in comparison.findings {
            // Versions may have it in different files, and it is one finding still.
            let finding = Finding { old_path: None, ..finding };
            merged.entry(finding).or_default().push(&old.version);
        }
    }
    let mut findings: Vec<_> =
        merged.into_iter().map(|(one, by)| with_versions(one, &by)).collect();
    findings.sort();
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        bump = Bump::Major;
    }
    let latest = released.last().map(|old| &old.version);
    Judgement { next: next_version(latest, bump), digest, findings, changes, bump, verdict }
}

fn with_versions(finding: Finding, versions: &[&Version]) -> Finding {
    let promised = versions.iter().any(|version| version.major > 0);
    Finding {
        severity: if promised { Severity::Error } else { Severity::Warning },
        versions: versions.iter().map(ToString::to_string).collect(),
        ..finding
    }
}

fn bump(comparison: &crate::Comparison, same: bool) -> Bump {
    if !comparison.findings.is_empty() {
        return Bump::Major;
    }
    let least = if same { Bump::None } else { Bump::Patch };
    comparison.changes.iter().map(|change| change.kind.bump()).fold(least, Ord::max)
}

//! Joins what several versions found. — *Holds*: what is shown alike of one element is one finding,
//! whatever file, role or verdict the element had in each version; their verdicts are joined.

use std::collections::BTreeMap;

use semver::Version;

use crate::compare::join;
use crate::{Finding, Role, Severity, Verdict};

/// The findings of all versions, each with the versions it breaks.
#[derive(Default)]
pub(super) struct Merged<'v>(BTreeMap<Finding, Vec<Told<'v>>>);

/// What one version says of a finding.
struct Told<'v> {
    version: &'v Version,
    verdict: Option<Verdict>,
    reason: Option<String>,
    role: Option<Role>,
}

impl<'v> Merged<'v> {
    /// What a version found; older ones come first.
    pub(super) fn add(&mut self, version: &'v Version, mut findings: Vec<Finding>) {
        for finding in &mut findings {
            finding.old_path = None;
            let (verdict, role) = (finding.verdict.take(), finding.role.take());
            let told = Told { version, verdict, reason: finding.reason.take(), role };
            self.0.entry(finding.clone()).or_default().push(told);
        }
    }

    /// By place.
    pub(super) fn findings(self) -> Vec<Finding> {
        let mut findings: Vec<_> =
            self.0.into_iter().map(|(one, told)| merged(one, told)).collect();
        findings.sort();
        findings
    }
}

fn merged(finding: Finding, told: Vec<Told<'_>>) -> Finding {
    let promised = told.iter().any(|one| one.version.major > 0);
    let versions = told.iter().map(|one| one.version.to_string()).collect();
    let role = told.last().and_then(|one| one.role);
    let verdicts = told.into_iter().filter_map(|one| Some((one.verdict?, one.reason)));
    let (verdict, reason) =
        verdicts.reduce(join).map_or((None, None), |(one, why)| (Some(one), why));
    let finding = Finding { verdict, reason, role, versions, ..finding };
    let stops = promised && !is_false_alarm(&finding);
    Finding { severity: if stops { Severity::Error } else { Severity::Warning }, ..finding }
}

/// Whether a rule that guards nothing but what bytes and JSON mean found something that means the
/// same: a type that is a twin of the old one, a file rewritten in another syntax.
pub(super) fn is_false_alarm(finding: &Finding) -> bool {
    const MEANING: [&str; 3] =
        ["FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_TYPE", "FILE_SAME_SYNTAX"];
    finding.verdict == Some(Verdict::Safe) && MEANING.contains(&&*finding.rule)
}

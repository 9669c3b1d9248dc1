//! Changes that pass the gate although no order of rollout is safe. — *Does not* list what rules
//! found: their findings say it.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde::Serialize;

use crate::{Change, ChangeKind, Comparison, Subject, Verdict};

/// A change after which old and new must not run side by side, and which no rule forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Apart {
    /// What happened, to what, and why that cannot be rolled out.
    pub change: Change,
    /// The released versions that must not run beside the new one, oldest first.
    pub versions: Vec<String>,
}

/// Those of all versions, by element.
#[derive(Default)]
pub(super) struct All(BTreeMap<(Subject, ChangeKind), Apart>);

impl All {
    /// What a version adds; older ones come first.
    pub(super) fn add(&mut self, version: &Version, comparison: &Comparison) {
        let found = comparison.findings.iter().filter_map(|one| one.element.as_ref());
        let said: BTreeSet<Subject> = found.map(Subject::key).collect();
        for change in &comparison.changes {
            if change.verdict == Verdict::Breaking && !said.contains(&change.subject.key()) {
                let new = || Apart { change: change.clone(), versions: Vec::new() };
                let one = self.0.entry((change.subject.clone(), change.kind)).or_insert_with(new);
                one.versions.push(version.to_string());
            }
        }
    }

    /// Those that the step from the last version brings; what earlier steps brought was told then.
    pub(super) fn list(self, last: Option<&Version>) -> Vec<Apart> {
        let last = last.map(ToString::to_string);
        self.0.into_values().filter(|one| one.versions.last() == last.as_ref()).collect()
    }
}

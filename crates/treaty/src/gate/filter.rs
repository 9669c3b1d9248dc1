//! Leaves out findings that the configuration ignores. — *Holds*: a finding is looked up by its new
//! file and then by its old one, so that what is gone can be ignored where it was. — *Source*: buf
//! 1.75.0.

use std::collections::BTreeSet;

use treaty_engine::{Descriptors, Finding};

use super::engine;
use super::select::Selection;

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) descriptors: &'a Descriptors,
    pub(super) own: &'a BTreeSet<String>,
}

/// What does not count.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    pub(super) selection: &'a Selection,
    pub(super) exclude_imports: bool,
    pub(super) ignore_unstable_packages: bool,
    pub(super) new: Side<'a>,
    pub(super) old: Option<Side<'a>>,
}

impl Filter<'_> {
    /// Whether a finding counts.
    pub(super) fn counts(&self, finding: &Finding) -> bool {
        let at_new = !finding.deleted && self.ignores(finding, &finding.path, self.new);
        let old_path = match &finding.old_path {
            Some(path) => Some(path),
            None => finding.deleted.then_some(&finding.path),
        };
        let at_old =
            old_path.zip(self.old).is_some_and(|(path, side)| self.ignores(finding, path, side));
        !at_new && !at_old
    }

    fn ignores(&self, finding: &Finding, file: &str, side: Side<'_>) -> bool {
        let is_import = || !side.own.contains(file);
        let is_unstable =
            || engine::package(side.descriptors, file).is_some_and(|package| is_unstable(&package));
        self.selection.ignores(&finding.rule, file)
            || (self.exclude_imports && is_import())
            || (self.ignore_unstable_packages && is_unstable())
    }
}

/// Whether a package's version promises nothing yet: `v1alpha1`, `v1beta1`, `v1test`, `v1p1beta1`.
pub(super) fn is_unstable(package: &str) -> bool {
    let Some((_, last)) = package.rsplit_once('.') else { return false };
    let Some(version) = last.strip_prefix('v') else { return false };
    let (major, rest) = number(version);
    if major == 0 {
        return false;
    }
    if rest.starts_with("test") {
        return true;
    }
    let rest = match rest.strip_prefix('p').map(number) {
        Some((0, _)) => return false,
        Some((_, rest)) => rest,
        None => rest,
    };
    let level = ["alpha", "beta"].iter().find_map(|level| rest.strip_prefix(level));
    level.is_some_and(|rest| rest.is_empty() || matches!(number(rest), (1.., "")))
}

/// The number that a text starts with, 0 for none, and what follows it.
fn number(text: &str) -> (u32, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.starts_with('0') { (0, rest) } else { (digits.parse().unwrap_or(0), rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_not_stable_is_unstable() {
        for package in [
            "a.v1alpha1",
            "a.v1beta1",
            "a.v1test",
            "a.v1testfoo",
            "a.v1p1alpha1",
            "a.b.v2p3beta4",
            "a.v1alpha",
            "a.v1beta",
        ] {
            assert!(is_unstable(package), "{package}");
        }
        for package in [
            "",
            "a",
            "v1beta1",
            "a.v1",
            "a.v1p1",
            "a.v0beta1",
            "a.v1beta0",
            "a.v1gamma1",
            "a.v1alpha1x",
            "a.x1beta1",
        ] {
            assert!(!is_unstable(package), "{package}");
        }
    }
}

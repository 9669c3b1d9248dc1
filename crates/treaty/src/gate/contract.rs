//! One contract of a workspace: its manifest, its files, what it released, and how it is judged.

use std::collections::BTreeSet;
use std::path::PathBuf;

use semver::Version;
use treaty_engine::rules::Rule;
use treaty_engine::{Descriptors, Finding, Judgement, Released, Sources, judge};

use super::manifest::{self, Manifest};
use super::released;
use super::workspace::{ROOT, in_root};

/// A contract and all that is on disk about it.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) manifest: Manifest,
    /// Relative to the root of the protos.
    pub(super) folder: String,
    pub(super) path: PathBuf,
    /// The names of its files.
    pub(super) files: BTreeSet<String>,
    /// Oldest first.
    pub(super) released: Vec<Released>,
    /// What is wrong with its manifest and its released files.
    pub(super) findings: Vec<Finding>,
}

impl Contract {
    pub(super) fn read(
        manifest: Manifest,
        folder: String,
        path: PathBuf,
        folders: &BTreeSet<String>,
        sources: &Sources,
    ) -> anyhow::Result<Self> {
        let is_own = |file: &&String| owner(file, folders) == Some(&folder);
        let files = sources.keys().filter(is_own).cloned().collect();
        let shelf = released::read(&path.join("released"), &format!("{ROOT}/{folder}/released"))?;
        let mut contract = Self {
            manifest,
            folder,
            path,
            files,
            released: shelf.versions,
            findings: shelf.findings,
        };
        if contract.findings.is_empty() {
            contract.findings.extend(contract.wrong_version());
        }
        Ok(contract)
    }

    pub(super) fn latest(&self) -> Option<&Version> {
        self.released.last().map(|released| &released.version)
    }

    /// Compares its files as they are with everything it released; none where one of them did not
    /// compile, so that nothing can be said.
    pub(super) fn judge(&self, all: &Descriptors, rules: &[&Rule]) -> Option<Judgement> {
        let own = self.descriptors(all)?;
        let mut judgement = judge(&own, &self.released, rules);
        judgement.findings = judgement.findings.into_iter().map(in_root).collect();
        Some(judgement)
    }

    /// Its own files, linked; none where one of them did not compile.
    pub(super) fn descriptors(&self, all: &Descriptors) -> Option<Descriptors> {
        let own = all.subset(|file| self.files.contains(file));
        (own.own().count() == self.files.len()).then_some(own)
    }

    fn wrong_version(&self) -> Option<Finding> {
        let zero = Version::new(0, 0, 0);
        let expected = self.latest().unwrap_or(&zero);
        let version = &self.manifest.version;
        (version != expected).then(|| {
            let path = format!("{ROOT}/{}/contract.toml", self.folder);
            let message = match self.latest() {
                Some(latest) => {
                    format!("the version is {version}, but the last release is {latest}")
                }
                None => format!("the version is {version}, but nothing was released"),
            };
            let remedy = format!(
                "write `version = \"{expected}\"`; `treaty release {}` moves it",
                self.manifest.name
            );
            manifest::finding(&path, (1, 1), message).with_remedy(remedy)
        })
    }
}

/// The innermost contract folder around a file.
fn owner<'a>(file: &str, folders: &'a BTreeSet<String>) -> Option<&'a String> {
    let holds = |folder: &&String| {
        folder.is_empty()
            || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    folders.iter().filter(holds).max_by_key(|folder| folder.len())
}

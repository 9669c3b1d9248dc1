//! Finds what the protos' folder of a workspace holds: protos, manifests and what was released. —
//! *Does not* parse any of it. — *Holds*: folders are walked as all commands walk them, each once
//! and only through files that are files; what is no text is told, and stops nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use treaty_engine::{Finding, Sources};

use super::super::input::Folder;
use super::super::{manifest, released};
use super::in_folder;

/// All that was found, by names relative to the folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of all protos, also of those that are no text.
    pub(super) protos: BTreeSet<String>,
    pub(super) sources: Sources,
    /// Folder and text of each contract.toml that is text.
    pub(super) manifests: Vec<(String, String)>,
    /// The folders of all contracts.
    pub(super) folders: BTreeSet<String>,
    /// What is no text, and what was released by no contract; relative to the workspace.
    pub(super) findings: Vec<Finding>,
}

const MANIFEST: &str = "contract.toml";
const NO_TEXT: &str = "the file is not UTF-8";

impl Found {
    /// Reads the folder.
    ///
    /// # Errors
    ///
    /// Where a folder or a file cannot be read.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut found = Self::default();
        let mut evidence = BTreeMap::new();
        let folder = Folder { root: root.to_owned(), from: None, follow_links: true };
        for name in folder.files(is_wanted)? {
            let (folder, last) = split(&name);
            if last == MANIFEST {
                found.folders.insert(folder.to_owned());
                match text(root, &name)? {
                    Ok(text) => found.manifests.push((folder.to_owned(), text)),
                    Err(at) => found.no_text(manifest::RULE, &name, at),
                }
            } else if last.ends_with(".proto") {
                match text(root, &name)? {
                    Ok(text) => _ = found.sources.insert(name.clone(), text.into()),
                    Err(at) => found.no_text(Finding::COMPILE, &name, at),
                }
                found.protos.insert(name);
            } else if let (contract, "released") = split(folder) {
                evidence.insert(contract.to_owned(), name);
            }
        }
        let orphans = evidence.into_iter().filter(|(folder, _)| !found.folders.contains(folder));
        let orphans: Vec<_> = orphans.map(|(folder, name)| orphan(&folder, &name)).collect();
        found.findings.extend(orphans);
        Ok(found)
    }

    fn no_text(&mut self, rule: &str, name: &str, at: (u32, u32)) {
        let finding = Finding::in_file(rule, &in_folder("", name), at, NO_TEXT.to_owned());
        self.findings.push(finding.with_remedy("save it as UTF-8"));
    }
}

fn is_wanted(last: &str) -> bool {
    last.ends_with(".proto") || last == MANIFEST || released::is_evidence(last)
}

fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}

/// The text, or where it stops being UTF-8.
fn text(root: &Path, name: &str) -> anyhow::Result<Result<String, (u32, u32)>> {
    let path = root.join(name);
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8(bytes).map_err(|error| {
        let sound = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        manifest::place(&sound, sound.len())
    }))
}

/// Who forgets a contract breaks what it promised.
fn orphan(folder: &str, evidence: &str) -> Finding {
    let message = format!("{} was released, but its {MANIFEST} is gone", in_folder("", evidence));
    let remedy = "restore it from version control: what was released still has users; a contract \
                  that nobody uses any more goes together with its released/";
    let finding = Finding::in_file(released::RULE, &in_folder(folder, MANIFEST), (1, 1), message);
    Finding { deleted: true, ..finding.with_remedy(remedy) }
}

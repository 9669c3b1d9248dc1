//! Finds the contracts of a workspace and compiles its protos. — *Holds*: a file belongs to the
//! contract of the innermost folder around it that has a `contract.toml`.

mod found;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{bail, ensure};
use treaty_engine::{Descriptors, Finding, Sources};

use super::cache::{Cache, Compiled, Files};
use super::contract::Contract;
use super::{manifest, path};
use found::Found;

/// The folder that holds all protos of a workspace; imports are relative to it.
pub(super) const ROOT: &str = "proto";

/// The protos of a workspace and the contracts that they are part of.
#[derive(Debug)]
pub(super) struct Workspace {
    /// By name.
    pub(super) contracts: Vec<Contract>,
    pub(super) sources: Sources,
    pub(super) descriptors: Descriptors,
    /// What is wrong before anything is compared, shown relative to the workspace.
    pub(super) findings: Vec<Finding>,
    /// How many files had to be compiled.
    pub(super) compiled: usize,
}

impl Workspace {
    /// Reads everything below `<folder>/proto`; what the cache has an answer for is not compiled.
    ///
    /// # Errors
    ///
    /// Where the folder has no protos or no contracts, or a file cannot be read.
    pub(super) fn read(folder: &Path, cache: &Cache) -> anyhow::Result<Self> {
        let root = folder.join(ROOT);
        ensure!(
            root.is_dir(),
            "{} has no folder `{ROOT}`: run in the root of a workspace, or name it with --workspace",
            folder.display()
        );
        let mut found = Found::read(&root)?;
        ensure!(
            !found.folders.is_empty() || !found.findings.is_empty(),
            "no contract.toml below {}: a contract is a folder that has one, with `name`, `version` and `owner`",
            root.display()
        );
        let mut wrong = std::mem::take(&mut found.findings);
        let mut contracts = contracts(&root, &mut found, &mut wrong)?;
        let files = Files::new(&found.sources, cache);
        contracts.iter_mut().for_each(|contract| contract.recall(&files, cache));
        let unknown = contracts.iter().filter(|contract| !contract.is_known());
        let wanted = unknown.flat_map(Contract::wanted).map(String::as_str).collect();
        let Compiled { descriptors, findings, files: compiled, apart } =
            files.compile(&wanted, cache);
        let told = |finding| in_root(with_shown_places(finding, &found.sources));
        let mut findings: Vec<_> = findings.into_iter().map(told).collect();
        if !apart {
            contracts.iter_mut().for_each(|contract| contract.beware(&descriptors));
        }
        findings.append(&mut wrong);
        contracts.iter_mut().for_each(|contract| contract.check_options(&descriptors));
        findings.extend(contracts.iter().flat_map(|contract| contract.findings.clone()));
        Ok(Self { contracts, sources: found.sources, descriptors, findings, compiled })
    }

    /// The text of a file that a finding names.
    pub(super) fn source(&self, path: &str) -> Option<&str> {
        let name = path.strip_prefix(ROOT)?.strip_prefix('/')?;
        self.sources.get(name).map(|text| &**text)
    }
}

/// The contracts by name, as far as their manifests can be read.
fn contracts(
    root: &Path,
    found: &mut Found,
    wrong: &mut Vec<Finding>,
) -> anyhow::Result<Vec<Contract>> {
    let folders = Arc::new(std::mem::take(&mut found.folders));
    let mut contracts: Vec<Contract> = Vec::new();
    for (folder, text) in std::mem::take(&mut found.manifests) {
        let shown = in_folder(&folder, "contract.toml");
        let manifest = match manifest::parse(&shown, &text) {
            Ok(manifest) => manifest,
            Err(finding) => {
                wrong.push(*finding);
                continue;
            }
        };
        if let Some(twin) = contracts.iter().find(|one| one.manifest.name == manifest.name) {
            let twin = in_folder(&twin.folder, "");
            let message = format!("`{}` is also the contract in {twin}", manifest.name);
            let remedy = "give every contract its own name";
            wrong.push(manifest::finding(&shown, (1, 1), message).with_remedy(remedy));
        }
        let (path, folders) = (root.join(&folder), Arc::clone(&folders));
        contracts.push(Contract::read(manifest, text, folder, path, folders, &found.protos)?);
    }
    contracts.sort_by(|a, b| a.manifest.name.cmp(&b.manifest.name));
    Ok(contracts)
}

/// The names of the contracts of a workspace and their folders on disk; a manifest that cannot be
/// read is an error.
pub(super) fn manifests(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let root = folder.join(ROOT);
    ensure!(
        root.is_dir(),
        "{} has no folder `{ROOT}`: nothing is released there",
        folder.display()
    );
    let found = Found::read(&root)?;
    if let Some(wrong) = found.findings.iter().find(|one| one.rule != Finding::COMPILE) {
        bail!("{}: {}", wrong.path, wrong.message);
    }
    let mut contracts = Vec::new();
    for (folder, text) in found.manifests {
        let shown = in_folder(&folder, "contract.toml");
        match manifest::parse(&shown, &text) {
            Ok(manifest) => contracts.push((manifest.name, root.join(folder))),
            Err(finding) => bail!("{shown}: {}", finding.message),
        }
    }
    Ok(contracts)
}

/// Shows the path of a finding relative to the workspace.
pub(super) fn in_root(finding: Finding) -> Finding {
    Finding { path: in_folder("", &finding.path), ..finding }
}

/// Shows the places that the compiler names in its messages relative to the workspace, too.
fn with_shown_places(finding: Finding, sources: &Sources) -> Finding {
    const AT: &str = " at ";
    let mut parts = finding.message.split(AT);
    let mut message = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        message += AT;
        match part.split_once(':') {
            Some((name, rest)) if sources.contains_key(name) => {
                message += &format!("{}:{rest}", in_folder("", name));
            }
            _ => message += part,
        }
    }
    Finding { message, ..finding }
}

/// What is in a contract's folder, as it is shown.
pub(super) fn in_folder(folder: &str, what: &str) -> String {
    path::join(ROOT, &path::join(folder, what))
}

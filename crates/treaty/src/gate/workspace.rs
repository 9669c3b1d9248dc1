//! Finds the contracts of a workspace and compiles its protos. — *Holds*: a file belongs to the
//! contract of the innermost folder around it that has a `contract.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use treaty_engine::{Descriptors, Finding, Sources};

use super::cache::{Cache, Compiled, Files};
use super::contract::Contract;
use super::manifest;

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
        let mut found = Found::default();
        walk(&root, "", &mut found)?;
        ensure!(
            !found.manifests.is_empty(),
            "no contract.toml below {}: a contract is a folder that has one, with `name`, `version` and `owner`",
            root.display()
        );
        let folders: BTreeSet<String> =
            found.manifests.iter().map(|(folder, _)| folder.clone()).collect();
        let mut wrong_manifests = Vec::new();
        let mut contracts: Vec<Contract> = Vec::new();
        for (contract_folder, text) in found.manifests {
            let shown = format!("{ROOT}/{contract_folder}/contract.toml");
            let manifest = match manifest::parse(&shown, &text) {
                Ok(manifest) => manifest,
                Err(finding) => {
                    wrong_manifests.push(*finding);
                    continue;
                }
            };
            if let Some(twin) = contracts.iter().find(|one| one.manifest.name == manifest.name) {
                let message =
                    format!("`{}` is also the contract in {ROOT}/{}", manifest.name, twin.folder);
                let remedy = "give every contract its own name";
                let twins = manifest::finding(&shown, (1, 1), message).with_remedy(remedy);
                wrong_manifests.push(twins);
            }
            let path = root.join(&contract_folder);
            contracts.push(Contract::read(
                manifest,
                text,
                contract_folder,
                path,
                &folders,
                &found.sources,
            )?);
        }
        contracts.sort_by(|a, b| a.manifest.name.cmp(&b.manifest.name));
        let files = Files::new(&found.sources, cache);
        contracts.iter_mut().for_each(|contract| contract.recall(&files, cache));
        let unknown = contracts.iter().filter(|contract| !contract.is_known());
        let wanted = unknown.flat_map(|contract| &contract.files).map(String::as_str).collect();
        let Compiled { descriptors, findings, files: compiled, apart } =
            files.compile(&wanted, cache);
        let mut findings: Vec<_> = findings.into_iter().map(in_root).collect();
        if !apart {
            contracts.iter_mut().for_each(|contract| contract.beware(&descriptors));
        }
        findings.append(&mut wrong_manifests);
        for contract in &mut contracts {
            contract.check_options(&descriptors);
            findings.append(&mut contract.findings);
        }
        Ok(Self { contracts, sources: found.sources, descriptors, findings, compiled })
    }

    /// The text of a file that a finding names.
    pub(super) fn source(&self, path: &str) -> Option<&str> {
        let name = path.strip_prefix(ROOT)?.strip_prefix('/')?;
        self.sources.get(name).map(|text| &**text)
    }
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
    let mut found = Found::default();
    walk(&root, "", &mut found)?;
    let mut contracts = Vec::new();
    for (folder, text) in found.manifests {
        let shown = format!("{ROOT}/{folder}/contract.toml");
        match manifest::parse(&shown, &text) {
            Ok(manifest) => contracts.push((manifest.name, root.join(folder))),
            Err(finding) => bail!("{shown}: {}", finding.message),
        }
    }
    Ok(contracts)
}

/// Shows the path of a finding relative to the workspace.
pub(super) fn in_root(finding: Finding) -> Finding {
    Finding { path: format!("{ROOT}/{}", finding.path), ..finding }
}

#[derive(Default)]
struct Found {
    sources: Sources,
    /// Folder and text.
    manifests: Vec<(String, String)>,
}

/// Reads a folder in the order of names.
fn walk(folder: &Path, name: &str, found: &mut Found) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .with_context(|| format!("cannot read {}", folder.display()))?;
    paths.sort();
    for path in paths {
        let last =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let inner = if name.is_empty() { last.clone() } else { format!("{name}/{last}") };
        if path.is_dir() {
            walk(&path, &inner, found)?;
        } else if last == "contract.toml" {
            found.manifests.push((name.to_owned(), read(&path)?));
        } else if last.ends_with(".proto") {
            found.sources.insert(inner, read(&path)?.into());
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

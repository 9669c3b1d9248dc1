//! The contracts under `proto/` as they are and as they were released. — *Does not* use the code of
//! the command line: a judge reads the evidence itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use treaty_engine::{Descriptors, Released, Sources};

/// A contract, its sources and every version that it released.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) name: String,
    /// As its `contract.toml` says.
    pub(crate) version: String,
    /// The names of its own files.
    pub(crate) files: BTreeSet<String>,
    /// As the sources are now.
    pub(crate) current: Descriptors,
    /// Oldest first.
    pub(crate) released: Vec<Released>,
}

/// All protos of the workspace, by the name that an import uses.
pub(crate) fn sources() -> Sources {
    let mut sources = Sources::new();
    for path in
        files(&root()).into_iter().filter(|path| path.extension().is_some_and(|end| end == "proto"))
    {
        sources.insert(name(&path), fs::read_to_string(&path).unwrap().into());
    }
    sources
}

/// Compiles sources that are known to be right.
pub(crate) fn compile(sources: &Sources) -> Descriptors {
    let (descriptors, findings) = Descriptors::compile(sources);
    assert_eq!(findings, [], "the sources compile");
    descriptors
}

/// Every contract, by name.
pub(crate) fn contracts() -> BTreeMap<String, Contract> {
    let sources = sources();
    let all = compile(&sources);
    let manifests: Vec<_> =
        files(&root()).into_iter().filter(|path| path.ends_with("contract.toml")).collect();
    let folders: Vec<_> = manifests.iter().map(|path| name(path.parent().unwrap())).collect();
    let contracts = manifests.iter().zip(&folders).map(|(path, folder)| {
        let manifest: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let text = |key: &str| manifest[key].as_str().unwrap().to_owned();
        let is_own = |file: &&String| owner(file, &folders) == Some(folder);
        let files: BTreeSet<_> = sources.keys().filter(is_own).cloned().collect();
        let contract = Contract {
            name: text("name"),
            version: text("version"),
            current: all.subset(|file| files.contains(file)),
            files,
            released: released(&path.with_file_name("released")),
        };
        (contract.name.clone(), contract)
    });
    contracts.collect()
}

fn released(folder: &Path) -> Vec<Released> {
    let is_set = |path: &PathBuf| path.extension().is_some_and(|end| end == "binpb");
    let mut released: Vec<_> = files(folder)
        .into_iter()
        .filter(is_set)
        .map(|path| Released {
            version: path.file_stem().unwrap().to_str().unwrap().parse().unwrap(),
            descriptors: Descriptors::decode(&fs::read(&path).unwrap()).unwrap(),
        })
        .collect();
    released.sort_by(|a, b| a.version.cmp(&b.version));
    released
}

fn owner<'a>(file: &str, folders: &'a [String]) -> Option<&'a String> {
    let around = folders.iter().filter(|folder| Path::new(file).starts_with(folder));
    around.max_by_key(|folder| folder.len())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto")
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

/// Every file below a folder, sorted; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let each = paths.into_iter().map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    each.flatten().collect()
}

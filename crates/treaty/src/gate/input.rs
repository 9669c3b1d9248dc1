//! Where protos come from: a folder, a revision of a git repository, or a descriptor set.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use treaty_engine::{Descriptors, Finding, Sources};

use super::buf_yaml::{self, Config};
use super::git;

/// Descriptors and what is known of where they come from.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) descriptors: Descriptors,
    /// What did not compile.
    pub(super) findings: Vec<Finding>,
    pub(super) config: Config,
    sources: Sources,
    /// The name of a file as an import to its path below the input.
    paths: BTreeMap<String, String>,
}

impl Input {
    /// The path of a file below the input.
    pub(super) fn path<'a>(&'a self, name: &'a str) -> &'a str {
        self.paths.get(name).map_or(name, String::as_str)
    }

    /// The text of a file.
    pub(super) fn source(&self, name: &str) -> Option<&str> {
        self.sources.get(name).map(|text| &**text)
    }
}

/// Reads what `text` names; a git revision is looked up in the repository around `base`.
pub(super) fn read(text: &str, base: Option<&Path>) -> anyhow::Result<Input> {
    if let Some((repository, options)) = text.split_once('#') {
        return from_git(repository, options);
    }
    let path = Path::new(text);
    if path.is_dir() {
        if path.ends_with(".git") {
            bail!("`{text}` needs a revision: {text}#branch=main, #tag=v1 or #ref=<commit>");
        }
        let mut files = Sources::new();
        walk(path, "", &mut files)?;
        return from_files(text, files);
    }
    if path.is_file() {
        return from_descriptor_set(path);
    }
    match base {
        Some(base) if git::prefix(base).is_ok() => {
            let files = git::files(base, text, &git::prefix(base)?).with_context(|| {
                format!("`{text}` is neither a folder, a descriptor set nor a git revision")
            })?;
            from_files(text, files)
        }
        _ => bail!(
            "`{text}` is neither a folder nor a descriptor set, and cannot be a git revision: {} is not in a git repository",
            base.unwrap_or(path).display()
        ),
    }
}

fn from_git(repository: &str, options: &str) -> anyhow::Result<Input> {
    let (mut revision, mut folder) = (None, String::new());
    for option in options.split(',') {
        match option.split_once('=') {
            Some(("ref" | "branch" | "tag" | "commit", value)) => revision = Some(value),
            Some(("subdir", value)) => value.clone_into(&mut folder),
            _ => bail!(
                "`#{options}`: `{option}` is not supported yet; there are ref=, branch=, tag=, commit= and subdir="
            ),
        }
    }
    let path = Path::new(repository);
    let path = if path.ends_with(".git") { path.parent().unwrap_or(path) } else { path };
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    ensure!(
        path.is_dir(),
        "`{repository}` is not a folder: remote repositories are not supported yet, clone it"
    );
    let files = git::files(path, revision.unwrap_or("HEAD"), &folder)?;
    from_files(&format!("{repository}#{options}"), files)
}

fn from_descriptor_set(path: &Path) -> anyhow::Result<Input> {
    let shown = path.display();
    let known = path.extension().is_some_and(|one| {
        ["binpb", "bin", "pb", "desc", "protoset"].iter().any(|known| one == *known)
    });
    ensure!(
        known,
        "{shown}: only encoded descriptor sets (.binpb, .bin, .pb, .desc, .protoset) are supported yet"
    );
    let bytes = fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    let descriptors =
        Descriptors::decode(&bytes).with_context(|| format!("cannot read {shown}"))?;
    let (sources, paths) = Default::default();
    Ok(Input { descriptors, findings: Vec::new(), config: Config::default(), sources, paths })
}

/// Compiles the modules of the files, which are named by their path below the input.
fn from_files(shown: &str, files: Sources) -> anyhow::Result<Input> {
    let config = match files.get("buf.yaml") {
        Some(text) => buf_yaml::parse(&format!("{shown}/buf.yaml"), text)?,
        None => Config::default(),
    };
    let (mut sources, mut paths) = (Sources::new(), BTreeMap::new());
    for module in &config.modules {
        let module = module.trim_start_matches("./").trim_end_matches('/');
        let prefix =
            if module.is_empty() || module == "." { String::new() } else { format!("{module}/") };
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".proto")) {
            let Some(name) = path.strip_prefix(&prefix) else { continue };
            if let Some(other) = paths.insert(name.to_owned(), path.clone()) {
                bail!("{shown}: {other} and {path} would both be imported as \"{name}\"");
            }
            sources.insert(name.to_owned(), text.clone());
        }
    }
    ensure!(!sources.is_empty(), "{shown} has no .proto files");
    let (descriptors, findings) = Descriptors::compile(&sources);
    Ok(Input { descriptors, findings, config, sources, paths })
}

/// Reads the `.proto` files and the `buf.yaml` below a folder, but nothing hidden.
fn walk(folder: &Path, name: &str, files: &mut Sources) -> anyhow::Result<()> {
    let shown = folder.display();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {shown}"))? {
        let path = entry.with_context(|| format!("cannot read {shown}"))?.path();
        let Some(last) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let inner = if name.is_empty() { last.to_owned() } else { format!("{name}/{last}") };
        if last.starts_with('.') {
            continue;
        } else if path.is_dir() && !path.is_symlink() {
            walk(&path, &inner, files)?;
        } else if last.ends_with(".proto") || inner == "buf.yaml" {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(inner, text.into());
        }
    }
    Ok(())
}

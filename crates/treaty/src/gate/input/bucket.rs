//! The files of an input, from a folder or out of an archive, by clean relative paths. — *Holds*: a
//! folder is walked in the order of names, each folder once, and nothing outside of it is read but
//! through symbolic links, unless those are off.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::super::path;

/// How deep folders may be nested.
const MAX_DEPTH: usize = 128;

/// Files by path.
#[derive(Debug)]
pub(in crate::gate) enum Bucket {
    Folder(Folder),
    /// Only what [`is_wanted`] accepts.
    Memory(BTreeMap<String, Vec<u8>>),
}

/// A folder on disk.
#[derive(Debug, Clone)]
pub(in crate::gate) struct Folder {
    pub(in crate::gate) root: PathBuf,
    /// The folder that people are told of files from; none for whole paths.
    pub(in crate::gate) from: Option<String>,
    pub(in crate::gate) follow_links: bool,
}

/// What makes a folder a contract.
const CONTRACT: &str = "contract.toml";

/// Whether a file of an archive or a repository is kept in memory: protos and configuration.
pub(in crate::gate) fn is_wanted(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.ends_with(".proto")
        || matches!(last, "buf.yaml" | "buf.mod" | "buf.work.yaml" | "buf.work" | "buf.lock")
        || last == CONTRACT
}

impl Bucket {
    /// The bytes of a file, if it is there.
    pub(in crate::gate) fn read(&self, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
        match self {
            Self::Memory(files) => Ok(files.get(path).cloned()),
            Self::Folder(folder) => folder.read(path),
        }
    }

    /// The text of a configuration file, if it is there.
    pub(in crate::gate) fn text(&self, path: &str) -> anyhow::Result<Option<String>> {
        let Some(bytes) = self.read(path)? else { return Ok(None) };
        let text = String::from_utf8(bytes);
        text.map(Some).with_context(|| format!("{} is not UTF-8", self.shown(path)))
    }

    /// How people are told of a file.
    pub(in crate::gate) fn shown(&self, file: &str) -> String {
        match self {
            Self::Memory(_) => file.to_owned(),
            Self::Folder(folder) => folder.shown(file),
        }
    }

    /// Protos and configuration.
    pub(in crate::gate) fn wanted(&self) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        match self {
            Self::Memory(files) => found.extend(files.keys().cloned()),
            Self::Folder(folder) => {
                folder.walk(&folder.root, "", &mut Walk::new(&[], is_wanted), &mut found)?;
            }
        }
        found.sort();
        Ok(found)
    }

    /// The protos below a folder, by their path from there, without the folders that are left out.
    pub(in crate::gate) fn protos(
        &self,
        below: &str,
        leave_out: &[String],
    ) -> anyhow::Result<Vec<String>> {
        self.below(below, Walk::new(leave_out, |name| name.ends_with(".proto")))
    }

    /// Whether there is a contract below a folder.
    pub(in crate::gate) fn has_contracts(&self, below: &str) -> anyhow::Result<bool> {
        Ok(!self.below(below, Walk::new(&[], |name| name == CONTRACT))?.is_empty())
    }

    fn below(&self, below: &str, mut walk: Walk<'_>) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        match self {
            Self::Memory(files) => {
                let names = files.keys().filter_map(|name| path::below(below, name));
                let last = |name: &str| (walk.wanted)(name.rsplit('/').next().unwrap_or(name));
                let is_meant = |name: &&str| last(name) && !path::any_covers(walk.leave_out, name);
                found.extend(names.filter(is_meant).map(str::to_owned));
            }
            Self::Folder(folder) => {
                // Without links, as what is seen below it is kept.
                let start = fs::canonicalize(folder.root.join(below)).unwrap_or_default();
                if start.is_dir() {
                    folder.walk(&start, "", &mut walk, &mut found)?;
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// What a walk looks for, and what it has seen without links.
struct Walk<'a> {
    leave_out: &'a [String],
    wanted: fn(&str) -> bool,
    seen: BTreeSet<PathBuf>,
}

impl<'a> Walk<'a> {
    fn new(leave_out: &'a [String], wanted: fn(&str) -> bool) -> Self {
        Self { leave_out, wanted, seen: BTreeSet::new() }
    }
}

impl Folder {
    /// The wanted files below it, by name.
    pub(in crate::gate) fn files(&self, wanted: fn(&str) -> bool) -> anyhow::Result<Vec<String>> {
        let start = fs::canonicalize(&self.root)
            .with_context(|| format!("cannot read {}", self.root.display()))?;
        let seen = BTreeSet::from([start.clone()]);
        let mut found = Vec::new();
        self.walk(&start, "", &mut Walk { leave_out: &[], wanted, seen }, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn shown(&self, file: &str) -> String {
        let whole = path::join(&self.root.to_string_lossy(), file);
        match &self.from {
            Some(from) => path::between(from, &whole),
            None => whole,
        }
    }

    fn read(&self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let path = self.root.join(name);
        if !self.follow_links && path.is_symlink() {
            return Ok(None);
        }
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory => Ok(None),
                _ => Err(error).with_context(|| format!("cannot read {}", self.shown(name))),
            },
        }
    }

    /// Adds the wanted files below a folder, each once however many links lead to it.
    fn walk(
        &self,
        folder: &Path,
        name: &str,
        walk: &mut Walk<'_>,
        found: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        let shown = || format!("cannot read {}", folder.display());
        if name.split('/').count() > MAX_DEPTH {
            bail!("{} is nested too deeply", folder.display());
        }
        let entries = fs::read_dir(folder).with_context(shown)?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>().with_context(shown)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            // A name that is not UTF-8 cannot be imported.
            let Ok(last) = entry.file_name().into_string() else { continue };
            let (mut kind, mut path) = (entry.file_type().with_context(shown)?, entry.path());
            if kind.is_symlink() {
                // A link to nothing is nothing.
                let target = self.follow_links.then(|| fs::canonicalize(&path).ok()).flatten();
                let Some(target) = target else { continue };
                kind = fs::metadata(&target).with_context(shown)?.file_type();
                path = target;
            }
            let inner = if name.is_empty() { last.clone() } else { format!("{name}/{last}") };
            if kind.is_dir() {
                // A repository's own files hold no protos, and are many.
                let is_new = last != ".git" && walk.seen.insert(path.clone());
                if is_new && !walk.leave_out.contains(&inner) {
                    self.walk(&path, &inner, walk, found)?;
                }
            } else if kind.is_file() && (walk.wanted)(&last) && walk.seen.insert(path) {
                found.push(inner);
            }
        }
        Ok(())
    }
}

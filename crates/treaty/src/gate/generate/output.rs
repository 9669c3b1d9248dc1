//! Collects what plugins generate and writes it when all is there. — *Holds*: either every file is
//! written beside its place before the first one takes it, or nothing changes; a file that would be
//! the same is not touched.

mod clean;
mod staged;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use super::super::path;
use super::archive;
use super::insertion;
use super::response::Answer;
use super::template::Plugin;
use staged::Staged;

/// What is to be written, and where.
#[derive(Debug)]
pub(super) struct Outputs {
    base: PathBuf,
    cleans: bool,
    /// The files that are generated of, which no cleaning may delete.
    sources: Vec<PathBuf>,
    /// Folders and archives by their absolute path, in the order of plugins.
    outs: Vec<(PathBuf, BTreeMap<String, Vec<u8>>)>,
}

/// Whether a place is a file of files.
fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|one| one == "jar" || one == "zip")
}

impl Outputs {
    /// Nothing yet, below the folder.
    pub(super) fn new(base: &Path, cleans: bool, sources: Vec<PathBuf>) -> anyhow::Result<Self> {
        let base = std::path::absolute(base).context("there is no current folder")?;
        Ok(Self { base, cleans, sources, outs: Vec::new() })
    }

    /// Refuses a file that two plugins generate.
    pub(super) fn check(&self, plugins: &[Plugin], answers: &[Answer]) -> anyhow::Result<()> {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (plugin, answer) in plugins.iter().zip(answers) {
            let whole = answer.files.iter().filter(|file| file.insertion_point.is_empty());
            for file in whole {
                let path = path::clean(&format!("{}/{}", plugin.out, file.name));
                if let Some(first) = seen.insert(path.clone(), &plugin.name) {
                    anyhow::bail!(
                        "file \"{path}\" was generated multiple times: once by plugin \"{first}\" and again by plugin \"{}\"",
                        plugin.name
                    );
                }
            }
        }
        Ok(())
    }

    /// Takes the answer of a plugin.
    pub(super) fn add(&mut self, out: &str, answer: Answer) -> anyhow::Result<()> {
        let path = PathBuf::from(path::clean(&format!("{}/{out}", self.base.to_string_lossy())));
        let at = match self.outs.iter().position(|(known, _)| *known == path) {
            Some(at) => at,
            None => {
                if self.cleans && !is_archive(&path) {
                    clean::check(&path, &self.sources)?;
                }
                let mut files = BTreeMap::new();
                if path.extension().is_some_and(|one| one == "jar") {
                    let (name, content) = archive::MANIFEST;
                    files.insert(name.to_owned(), content.as_bytes().to_vec());
                }
                self.outs.push((path, files));
                self.outs.len() - 1
            }
        };
        let files = &mut self.outs[at].1;
        for file in answer.files {
            if file.insertion_point.is_empty() {
                files.insert(file.name, file.content);
                continue;
            }
            let name = &file.name;
            let target = files.get(name).with_context(|| {
                format!("{name} has not been generated: nothing can be inserted into it")
            })?;
            let new = insertion::insert(target, &file.insertion_point, &file.content)
                .with_context(|| format!("{name} cannot be completed"))?;
            files.insert(file.name, new);
        }
        Ok(())
    }

    /// Writes everything, and deletes what is no longer generated if that is wished.
    pub(super) fn write(self) -> anyhow::Result<()> {
        let mut staged = Staged::default();
        let mut folders = Vec::new();
        for (path, files) in &self.outs {
            if is_archive(path) {
                staged.add(path, &archive::zip(files)?)?;
                continue;
            }
            let exists = path.is_dir() || !path.exists();
            ensure!(exists, "{} is not a folder", path.display());
            fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
            for (name, content) in files {
                staged.add(&path.join(name), content)?;
            }
            folders.push(path.as_path());
        }
        let written = staged.commit()?;
        if self.cleans {
            for folder in folders {
                clean::delete_others(folder, &written)?;
            }
        }
        Ok(())
    }
}

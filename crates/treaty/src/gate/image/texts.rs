//! Reads the texts of a workspace: of the files that are meant, and of all that they import. — *Holds*:
//! each file is read once, and an import that two modules have is an error.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use treaty_engine::Finding;

use super::super::input::Workspace;
use super::super::scan::{self, Head};
use super::super::{engine, manifest, path};
use super::Files;

/// The texts that were read so far, by name as an import.
#[derive(Default)]
pub(super) struct Texts {
    read: BTreeMap<String, Text>,
}

struct Text {
    place: String,
    /// What it says, or where it stops being UTF-8.
    text: Result<String, (u32, u32)>,
    head: Head,
}

impl Texts {
    /// Reads files that were not read before, in parallel where they are many.
    pub(super) fn load<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, &'a str)>,
        workspace: &Workspace,
    ) -> anyhow::Result<()> {
        let missing: Vec<_> = files.filter(|(name, _)| !self.read.contains_key(*name)).collect();
        let read = |part: &[(&str, &str)]| -> anyhow::Result<Vec<(String, Text)>> {
            part.iter()
                .map(|(name, place)| Ok(((*name).to_owned(), text(place, workspace)?)))
                .collect()
        };
        if missing.len() < MANY {
            self.read.extend(read(&missing)?);
            return Ok(());
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let parts = std::thread::scope(|scope| {
            let started: Vec<_> = missing
                .chunks(missing.len().div_ceil(threads))
                .map(|part| scope.spawn(move || read(part)))
                .collect();
            started
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| bail!("reading files panicked")))
                .collect::<anyhow::Result<Vec<_>>>()
        })?;
        self.read.extend(parts.into_iter().flatten());
        Ok(())
    }

    pub(super) fn package(&self, name: &str) -> String {
        self.read.get(name).map(|text| text.head.package.clone()).unwrap_or_default()
    }

    /// Reads all that these files import, near or far, and names it with them.
    pub(super) fn with_imports(
        &mut self,
        own: &BTreeSet<String>,
        workspace: &Workspace,
    ) -> anyhow::Result<BTreeSet<String>> {
        let mut all = own.clone();
        let mut new: Vec<String> = own.iter().cloned().collect();
        while !new.is_empty() {
            let mut found = BTreeMap::new();
            for name in &new {
                let Some(text) = self.read.get(name) else { continue };
                for import in &text.head.imports {
                    if all.contains(&import.name) || found.contains_key(&import.name) {
                        continue;
                    }
                    match place(&import.name, workspace)? {
                        Some(place) => _ = found.insert(import.name.clone(), place),
                        None if engine::is_built_in(&import.name) => {}
                        None if workspace.missing_deps.is_empty() => {}
                        None => bail!(
                            "{}:{}:{}: \"{}\" is in no module of the workspace, and of a registry nothing is read: vendor {} into the workspace (`buf export` writes their files)",
                            workspace.bucket.shown(&text.place),
                            import.line,
                            import.column,
                            import.name,
                            workspace.missing_deps.join(", ")
                        ),
                    }
                }
            }
            self.load(
                found.iter().map(|(name, place)| (name.as_str(), place.as_str())),
                workspace,
            )?;
            new = found.into_keys().collect();
            all.extend(new.iter().cloned());
        }
        Ok(all)
    }

    /// What could not be read as text, and the rest.
    pub(super) fn into_files(
        self,
        own: &BTreeSet<&str>,
        workspace: &Workspace,
    ) -> (Vec<Finding>, Files) {
        let (mut broken, mut files) = (Vec::new(), Files::default());
        for module in &workspace.modules {
            for (name, full) in module.files.keys().zip(std::iter::repeat(&module.config.name)) {
                if let Some(full) = full.as_ref().filter(|_| self.read.contains_key(name)) {
                    files.modules.insert(name.clone(), full.clone());
                }
            }
        }
        for (name, text) in self.read {
            let shown = shown(&name, &text.place, own.contains(name.as_str()), workspace);
            files.shown.insert(name.clone(), shown);
            match text.text {
                Ok(text) => _ = files.sources.insert(name, text.into()),
                Err(at) => {
                    let message = "the file is not UTF-8".to_owned();
                    broken.push(Finding::in_file(Finding::COMPILE, &name, at, message));
                }
            }
        }
        (broken, files)
    }
}

/// From how many files on threads are worth their start.
const MANY: usize = 64;

fn text(place: &str, workspace: &Workspace) -> anyhow::Result<Text> {
    let bytes = workspace.bucket.read(place)?;
    let Some(bytes) = bytes else { bail!("{} is gone", workspace.bucket.shown(place)) };
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        manifest::place(&sound, sound.len())
    });
    let head = text.as_deref().map(scan::head).unwrap_or_default();
    Ok(Text { place: place.to_owned(), text, head })
}

/// How people are told of a file. One that is meant is told of from the root of its module, as buf
/// found it there; one that is imported as it was looked up.
fn shown(name: &str, place: &str, is_own: bool, workspace: &Workspace) -> String {
    let root = place.strip_suffix(name).filter(|_| is_own);
    match root {
        Some(root) => path::join(&workspace.bucket.shown(root), name),
        None => workspace.bucket.shown(place),
    }
}

/// Where an import is.
pub(super) fn place(name: &str, workspace: &Workspace) -> anyhow::Result<Option<String>> {
    let mut holding = workspace.modules.iter().filter(|module| module.files.contains_key(name));
    let Some(module) = holding.next() else { return Ok(None) };
    if let Some(other) = holding.next() {
        let (one, other) = (module.config.description(), other.config.description());
        bail!("{name} is contained in multiple modules:\n  {one}\n  {other}");
    }
    Ok(module.files.get(name).cloned())
}

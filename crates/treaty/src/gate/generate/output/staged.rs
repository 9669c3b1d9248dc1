//! Files that are written beside their places until all of them are there.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Files that wait to take their places; dropped, they and the folders made for them are gone.
#[derive(Debug, Default)]
pub(super) struct Staged {
    /// From, to.
    waiting: Vec<(PathBuf, PathBuf)>,
    /// Outer ones first.
    folders: Vec<PathBuf>,
    /// Where everything is when it is done.
    places: BTreeSet<PathBuf>,
}

impl Staged {
    /// Writes beside the place, unless the same content stands there.
    pub(super) fn add(&mut self, place: &Path, content: &[u8]) -> anyhow::Result<()> {
        self.places.insert(place.to_owned());
        if fs::read(place).is_ok_and(|old| old == content) {
            return Ok(());
        }
        self.write(place, content).with_context(|| format!("cannot write {}", place.display()))
    }

    fn write(&mut self, place: &Path, content: &[u8]) -> io::Result<()> {
        // What a link leads to is written, not the link.
        let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        if place.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "there is a folder"));
        }
        let folder = place.parent().unwrap_or(Path::new("."));
        self.make(folder)?;
        let number = self.waiting.len();
        let from = folder.join(format!(".treaty-{}-{number}", std::process::id()));
        self.waiting.push((from.clone(), place.clone()));
        fs::write(&from, content)?;
        if let Ok(old) = fs::metadata(&place) {
            fs::set_permissions(&from, old.permissions())?;
        }
        Ok(())
    }

    /// Makes a folder and those around it, remembering which were not there.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<PathBuf> = folder
            .ancestors()
            .take_while(|one| !one.as_os_str().is_empty() && !one.exists())
            .map(Path::to_owned)
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(&folder)?;
            self.folders.push(folder);
        }
        Ok(())
    }

    /// Puts every file in its place; tells all places.
    pub(super) fn commit(mut self) -> anyhow::Result<BTreeSet<PathBuf>> {
        self.folders.clear();
        for (from, to) in std::mem::take(&mut self.waiting) {
            fs::rename(&from, &to).with_context(|| format!("cannot write {}", to.display()))?;
        }
        Ok(std::mem::take(&mut self.places))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (from, _) in &self.waiting {
            _ = fs::remove_file(from);
        }
        for folder in self.folders.iter().rev() {
            _ = fs::remove_dir(folder);
        }
    }
}

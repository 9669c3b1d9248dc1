//! Writes the files of a release, all or none. — *Does not* know what stands in them. — *Holds*: what
//! cannot be written is found before anything is changed, and what was changed before a fault is as
//! it was.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// A file as it is to be.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    /// It must not be there yet.
    pub(super) is_new: bool,
}

impl Written {
    pub(super) fn text(path: PathBuf, text: String) -> Self {
        Self { path, bytes: text.into_bytes(), is_new: false }
    }
}

/// The text of a file; none where it is not there.
///
/// # Errors
///
/// Where it cannot be read as text.
pub(super) fn text(path: &Path) -> anyhow::Result<Option<String>> {
    let shown = path.display();
    if path.exists() && !path.is_file() {
        anyhow::bail!("cannot read {shown}: it is not a file");
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {shown}")),
    }
}

/// More lines, with the ends that the lines of a text have.
pub(super) fn in_ends_of(text: &str, more: String) -> String {
    if text.contains("\r\n") { more.replace('\n', "\r\n") } else { more }
}

/// Writes all of the files: each beside its place first, then in its place.
///
/// # Errors
///
/// Where one of them cannot be written, or is there and must not be; then none is.
pub(super) fn write(files: &[Written]) -> anyhow::Result<()> {
    let staged = files.iter().map(Staged::new).collect::<anyhow::Result<Vec<_>>>()?;
    let mut done = Vec::new();
    for one in &staged {
        let shown = one.path.display();
        let before = one.before().and_then(|before| {
            fs::rename(&one.beside, &one.path)?;
            Ok(before)
        });
        match before.with_context(|| format!("cannot write {shown}")) {
            Ok(before) => done.push((&one.path, before)),
            Err(error) => {
                // Who cannot undo it has heard why.
                done.into_iter().rev().for_each(|(path, before)| _ = restore(path, before));
                return Err(error);
            }
        }
    }
    Ok(())
}

fn restore(path: &Path, before: Option<Vec<u8>>) -> io::Result<()> {
    match before {
        Some(bytes) => fs::write(path, bytes),
        None => fs::remove_file(path),
    }
}

/// A file that is written, but beside its place; it goes when nobody wants it any more.
struct Staged {
    path: PathBuf,
    beside: PathBuf,
}

impl Staged {
    fn new(file: &Written) -> anyhow::Result<Self> {
        // A link stays one.
        let path = fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
        let shown = file.path.display();
        ensure!(!file.is_new || !path.exists(), "{shown} is already there");
        ensure!(!path.exists() || path.is_file(), "cannot write {shown}: it is not a file");
        let folder = path.parent().context("a file is in a folder")?;
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let staged = Self { beside: folder.join(format!(".{name}.unfinished")), path };
        staged.fill(&file.bytes).with_context(|| format!("cannot write {shown}"))?;
        Ok(staged)
    }

    fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = fs::File::create(&self.beside)?;
        file.write_all(bytes)?;
        if let Ok(known) = fs::metadata(&self.path) {
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()
    }

    /// What is in its place.
    fn before(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // In its place it has another name.
        _ = fs::remove_file(&self.beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("old"), "before").unwrap();
        fs::create_dir(path("taken")).unwrap();
        let new = || Written { path: path("in/new"), bytes: b"new".to_vec(), is_new: true };
        let old = || Written::text(path("old"), "after".to_owned());
        let taken = Written::text(path("taken"), String::new());
        assert!(write(&[new(), old(), taken]).is_err());
        assert_eq!(fs::read(path("old")).unwrap(), b"before");
        assert_eq!(fs::read_dir(path("in")).unwrap().count(), 0);
        write(&[new(), old()]).unwrap();
        assert_eq!(fs::read(path("old")).unwrap(), b"after");
        assert_eq!(fs::read(path("in/new")).unwrap(), b"new");
        assert!(write(&[old(), new()]).is_err(), "it is there");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing is left beside");
    }

    #[test]
    fn undoes_what_was_done_before_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("old"), "before").unwrap();
        let files = ["new", "old", "last", "last"]
            .map(|name| Written::text(path(name), "after".to_owned()));
        // The second of a name finds nothing beside its place any more.
        assert!(write(&files).is_err());
        assert_eq!(fs::read(path("old")).unwrap(), b"before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

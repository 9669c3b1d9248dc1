//! Deletes whatever is not generated now, as buf does. — *Does not* follow links. — *Holds*: the
//! folder in which the command runs, those around it, and those with files that were read are never
//! cleaned; buf cleans the last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

/// Refuses a folder that must not be cleaned.
pub(super) fn check(folder: &Path, sources: &[PathBuf]) -> anyhow::Result<()> {
    let Ok(folder) = fs::canonicalize(folder) else { return Ok(()) };
    let here = fs::canonicalize(".").context("there is no current folder")?;
    ensure!(
        !here.starts_with(&folder),
        "cannot use --clean if your plugin will output to the current directory or to one around it: {}",
        folder.display()
    );
    let is_inside =
        |source: &&PathBuf| fs::canonicalize(source).is_ok_and(|one| one.starts_with(&folder));
    if let Some(source) = sources.iter().find(is_inside) {
        bail!(
            "cannot use --clean: it would delete {}, which this generates from, in {}",
            source.display(),
            folder.display()
        );
    }
    Ok(())
}

/// Deletes all files of a folder but some, and folders that are empty then.
pub(super) fn delete_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> anyhow::Result<()> {
    let shown = || format!("cannot clean {}", folder.display());
    for entry in fs::read_dir(folder).with_context(shown)? {
        let entry = entry.with_context(shown)?;
        let path = entry.path();
        if entry.file_type().with_context(shown)?.is_dir() {
            delete_others(&path, kept)?;
            let is_empty = fs::read_dir(&path).with_context(shown)?.next().is_none();
            if is_empty {
                fs::remove_dir(&path).with_context(shown)?;
            }
        } else if !kept.contains(&path) {
            fs::remove_file(&path).with_context(shown)?;
        }
    }
    Ok(())
}

//! The imports of decoded files: each is there, once, and none leads back to its file.

use std::collections::{BTreeMap, BTreeSet};

use treaty_compiler::descriptor::{File, ImportKind};

use super::Files;

pub(super) fn check(files: &Files) -> Result<(), String> {
    for file in files.values() {
        let mut seen = BTreeSet::new();
        for import in &file.imports {
            if !files.contains_key(&import.path) {
                return Err(format!(
                    "{} imports {}, which is not there: build it with its imports",
                    file.name, import.path
                ));
            }
            if !seen.insert(&import.path) {
                return Err(format!("{} imports {} twice", file.name, import.path));
            }
        }
    }
    match around(files) {
        Some(name) => Err(format!("{name} imports itself, if only around others")),
        None => Ok(()),
    }
}

/// The files whose types a file may name: itself, its imports, and what those import publicly.
pub(super) fn visible<'f>(file: &'f File, files: &'f Files) -> BTreeSet<&'f str> {
    let mut visible = BTreeSet::from([&*file.name]);
    let mut open: Vec<&str> = file.imports.iter().map(|import| &*import.path).collect();
    while let Some(name) = open.pop() {
        if let Some(file) = files.get(name).filter(|_| visible.insert(name)) {
            let public = file.imports.iter().filter(|import| import.kind == ImportKind::Public);
            open.extend(public.map(|import| &*import.path));
        }
    }
    visible
}

/// A file of a circle of imports, if there is one.
fn around(files: &Files) -> Option<&str> {
    let mut waiting: BTreeMap<&str, usize> =
        files.iter().map(|(name, file)| (&**name, file.imports.len())).collect();
    let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, file) in files {
        for import in &file.imports {
            importers.entry(&import.path).or_default().push(name);
        }
    }
    let mut ready: Vec<&str> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = ready.pop() {
        waiting.remove(name);
        for importer in importers.get(name).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(importer) {
                *count -= 1;
                if *count == 0 {
                    ready.push(importer);
                }
            }
        }
    }
    waiting.into_keys().next()
}

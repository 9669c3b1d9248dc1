//! Leaves in descriptors only what some types need, or everything but some types.
//!
//! A message needs the types of its fields, the messages around it, its known extensions and the
//! custom options on it and on its file; a service needs its requests and responses. Files that
//! nothing is left of are dropped, and the imports of the others follow what is left. — *Holds*: a
//! self-contained set stays self-contained; public imports become plain ones of what is used. —
//! *Source*: `buf build --type`, `buf generate --exclude-type` of buf 1.75.0. Three of its faults
//! are not repeated: a method of an excluded type goes with that type instead of being an error or
//! taking its request along, the indexes of oneofs follow when one before them goes, and extensions
//! of what is only reached through extensions are always found.

mod any;
mod closure;
mod index;
pub(crate) mod paths;
mod remap;
mod roots;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use closure::Closure;
use index::Index;

use crate::Descriptors;

/// Which types to keep.
///
/// A name is one of a package, message, enum, extension, service or method; with `.**` behind it,
/// it stands for all that is below it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types {
    /// With all that they need; none stands for all own files.
    pub include: Vec<String>,
    /// Left out, with all that refers to them.
    pub exclude: Vec<String>,
}

/// Why nothing can be left of some descriptors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No package, type or method has that name.
    #[error("{0} of type \"{1}\": not found")]
    NotFound(&'static str, String),
    /// It stands only in files that are imported.
    #[error("inclusion of type \"{0}\": type declared in imported module")]
    Imported(String),
    /// It is to be kept and to be left out.
    #[error("inclusion of type \"{0}\": type excluded by filter")]
    Excluded(String),
    /// What it cannot be without is to be left out.
    #[error("cannot include {0} as its {1} is type excluded by filter")]
    NeedsExcluded(String, String),
    /// The package has only packages in it.
    #[error(
        "inclusion of type \"{0}\": package contains no types directly; did you mean \"{0}.**\"?"
    )]
    EmptyPackage(String),
    /// A `*` where there can be none, or no name at all.
    #[error("invalid {0} type \"{1}\"{2}")]
    NotAName(&'static str, String, &'static str),
    /// The descriptors are not sound.
    #[error("{0}")]
    Unsound(String),
}

impl Descriptors {
    /// Keeps the included types with what they need, less the excluded ones.
    ///
    /// # Errors
    ///
    /// [`FilterError`], where a name means nothing or the two lists contradict each other.
    pub fn only(&self, types: &Types) -> Result<Self, FilterError> {
        if types.include.is_empty() && types.exclude.is_empty() {
            return Ok(self.clone());
        }
        let index = Index::of(self)?;
        let mut closure = Closure::new(&index, types.include.is_empty());
        for name in &types.exclude {
            closure.exclude(name)?;
        }
        for name in &types.include {
            closure.include(name)?;
        }
        if types.include.is_empty() {
            closure.include_own_files();
        }
        closure.add_extensions();
        let files = remap::files(&closure);
        let own: BTreeSet<String> = files
            .iter()
            .map(|file| file.name.to_string())
            .filter(|name| self.is_own(name))
            .collect();
        Ok(Self::new(files, own))
    }
}

//! What is asked for and what is not: names of packages, types and methods.

use super::FilterError;
use super::closure::{Closure, Mode};
use super::index::{Id, Kind, bare};

impl Closure<'_> {
    /// Leaves out a type with all within it, or a package.
    pub(super) fn exclude(&mut self, given: &str) -> Result<(), FilterError> {
        let (name, recursive) = name(given, "exclude")?;
        if let Some(id) = self.index.find(name) {
            self.exclude_element(id);
            return Ok(());
        }
        let Some(files) = self.files_of(name, recursive) else {
            return Err(FilterError::NotFound("exclusion", name.to_owned()));
        };
        files.into_iter().for_each(|file| self.exclude_element(file));
        Ok(())
    }

    fn exclude_element(&mut self, id: Id) {
        self.modes[id] = Some(Mode::Excluded);
        for inner in self.index.below(id) {
            self.modes[inner] = Some(Mode::Excluded);
        }
    }

    /// The files of a package, and of those below it.
    fn files_of(&self, package: &str, recursive: bool) -> Option<Vec<Id>> {
        let packages = &self.index.packages;
        let files = packages.get(package)?;
        if !recursive {
            return Some(files.clone());
        }
        let is_below = |name: &str| {
            package.is_empty()
                || name.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'))
        };
        let below = packages.iter().filter(|(name, _)| *name == package || is_below(name));
        Some(below.flat_map(|(_, files)| files).copied().collect())
    }

    /// Keeps a type with all that it needs, or a package.
    pub(super) fn include(&mut self, given: &str) -> Result<(), FilterError> {
        let (name, recursive) = name(given, "include")?;
        if let Some(id) = self.index.find(name) {
            return self.include_type(id, name, recursive);
        }
        let Some(files) = self.files_of(name, recursive) else {
            return Err(FilterError::NotFound("inclusion", name.to_owned()));
        };
        if files.is_empty() {
            return Err(FilterError::EmptyPackage(name.to_owned()));
        }
        if !files.iter().any(|&file| self.index.is_own(file)) {
            return Err(FilterError::Imported(name.to_owned()));
        }
        let excluded = |file: &Id| self.modes[*file] == Some(Mode::Excluded);
        let files: Vec<Id> = files.into_iter().filter(|file| !excluded(file)).collect();
        if files.is_empty() {
            return Err(FilterError::Excluded(name.to_owned()));
        }
        files.into_iter().for_each(|file| self.add(file));
        Ok(())
    }

    fn include_type(&mut self, id: Id, name: &str, recursive: bool) -> Result<(), FilterError> {
        let element = &self.index.elements[id];
        if !self.index.is_own(element.file) {
            return Err(FilterError::Imported(name.to_owned()));
        }
        if self.modes[id] == Some(Mode::Excluded) {
            return Err(FilterError::Excluded(name.to_owned()));
        }
        let needs = match element.kind {
            Kind::Extension(field) => field
                .extendee
                .iter()
                .map(|extendee| ("extension field", "extendee type", extendee))
                .collect(),
            Kind::Method(method) => vec![
                ("method", "input type", &method.input),
                ("method", "output type", &method.output),
            ],
            _ => Vec::new(),
        };
        for (what, role, needed) in needs {
            if self.is_excluded(needed) {
                let needed = bare(needed);
                let (what, needed) = (format!("{what} \"{name}\""), format!("{role} \"{needed}\""));
                return Err(FilterError::NeedsExcluded(what, needed));
            }
        }
        self.add(id);
        if recursive && matches!(element.kind, Kind::Message(_)) {
            for inner in self.index.below(id) {
                self.add(inner);
            }
        }
        Ok(())
    }
}

/// The name, and whether all below it is meant.
fn name<'a>(given: &'a str, which: &'static str) -> Result<(&'a str, bool), FilterError> {
    let (name, recursive) = match given.strip_suffix(".**") {
        Some(name) => (name, true),
        None => (given, false),
    };
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if name.is_empty() || name.split('.').all(is_word) {
        return Ok((name, recursive));
    }
    let hint = if name.contains('*') {
        ": the only supported wildcard is \".**\" and it must come at the end"
    } else {
        ""
    };
    Err(FilterError::NotAName(which, given.to_owned(), hint))
}

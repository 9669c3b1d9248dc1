//! Compiles all files of a set of sources, and the built-in files that they import. — *Holds*: one broken
//! file does not keep the others from being compiled; equal sources give equal output.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::descriptor::File;
use crate::lexer::width;
use crate::{Diagnostic, link, parallel, parser, wellknown};

/// The text of files by the names that imports use.
pub type Sources = BTreeMap<String, Arc<str>>;

/// What comes of compiling.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    /// Files without fault that import none with faults: those of the sources, then the built-in ones that
    /// they need, each sorted by name.
    pub files: Vec<Arc<File>>,
    /// What is wrong, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// How sources are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many threads work; it does not change the outcome.
    pub threads: usize,
    /// Whose places and comments the files have.
    pub places: Places,
}

/// Who is followed where buf and protoc differ: in saying where something stands, and which comments
/// are whose; in how the defaults of floats are written; in which editions there are; and in what is
/// accepted, for each takes some of what the other refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Places {
    /// Columns are of a terminal with a tab at every fourth; fields within a message literal have
    /// places too. Columns of faults are bytes.
    #[default]
    Buf,
    /// Columns are bytes, with a tab at every eighth.
    Protoc,
}

impl Default for Settings {
    /// As many threads as the machine has, and places as buf tells them.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, places: Places::default() }
    }
}

/// Compiles on as many threads as the machine has.
#[must_use]
pub fn compile(sources: &Sources) -> Compiled {
    compile_as(sources, Settings::default())
}

/// Compiles on a number of threads, which does not change the outcome.
#[must_use]
pub fn compile_with(sources: &Sources, threads: usize) -> Compiled {
    compile_as(sources, Settings { threads, ..Settings::default() })
}

/// Compiles.
#[must_use]
pub fn compile_as(sources: &Sources, settings: Settings) -> Compiled {
    let entries: Vec<(&String, &Arc<str>)> = sources.iter().collect();
    let mut parsed = parallel::map(settings.threads, entries.len(), |index| {
        let (name, text) = entries[index];
        parse(name, text, settings.places)
    });
    let wanted = add_built_in(sources, &mut parsed, settings.places);
    let (files, mut diagnostics) = link::link(parsed, settings);
    if settings.places == Places::Buf {
        count_bytes(sources, &mut diagnostics);
    }
    // The file that says which options there are is given only where it is imported.
    let is_wanted =
        |file: &Arc<File>| sources.contains_key(&*file.name) || wanted.contains(&*file.name);
    Compiled { files: files.into_iter().filter(is_wanted).collect(), diagnostics }
}

/// Faults are placed by bytes, also where columns of locations are of a terminal.
fn count_bytes(sources: &Sources, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        let Some(text) = sources.get(&*diagnostic.file) else { continue };
        for position in [&mut diagnostic.span.start, &mut diagnostic.span.end] {
            let line = text.split('\n').nth(position.line as usize).unwrap_or_default();
            position.column = width::byte_at(line, position.column);
        }
    }
}

fn parse(name: &str, text: &Arc<str>, places: Places) -> (File, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    let file = parser::parse(name, text, places, &mut faults);
    (file, faults)
}

/// Appends the built-in files that are needed; those that are imported are returned.
fn add_built_in(
    sources: &Sources,
    parsed: &mut Vec<(File, Vec<Diagnostic>)>,
    places: Places,
) -> BTreeSet<&'static str> {
    let known = |path: &str| {
        let is_given = sources.contains_key(path);
        wellknown::names().find(|name| *name == path && !is_given)
    };
    let imports = |file: &File| -> Vec<&'static str> {
        let plain = file.imports.iter().map(|import| &*import.path);
        plain.chain(file.option_imports.iter().map(|path| &**path)).filter_map(known).collect()
    };
    let mut wanted: BTreeSet<&'static str> =
        parsed.iter().flat_map(|(file, _)| imports(file)).collect();
    let mut built_in = BTreeMap::new();
    let mut todo: Vec<&'static str> =
        wanted.iter().copied().chain(known(wellknown::DESCRIPTOR)).collect();
    while let Some(name) = todo.pop() {
        let Some(text) = wellknown::source(name).filter(|_| !built_in.contains_key(name)) else {
            continue;
        };
        let file = parse(name, &text.into(), places);
        let imports = imports(&file.0);
        if wanted.contains(name) {
            wanted.extend(&imports);
        }
        todo.extend(imports);
        built_in.insert(name, file);
    }
    parsed.extend(built_in.into_values());
    wanted
}

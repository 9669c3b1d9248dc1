//! Which file imports which: what each file sees, cycles, and whose faults only follow from others'. —
//! *Holds*: no recursion, however long a chain of imports is.

use std::collections::{HashMap, HashSet};

use super::report::Report;
use crate::descriptor::{File, ImportKind};
use crate::{Diagnostic, wellknown};

/// The index of a file of the compile.
pub(crate) type FileId = u32;

/// The imports of all files, resolved.
pub(crate) struct Graph {
    /// By file, as the source lists them; `None` where there is no such file.
    pub(crate) imports: Vec<Vec<Option<FileId>>>,
    pub(crate) option_imports: Vec<Vec<Option<FileId>>>,
    /// By file: itself, what it imports, and what those import publicly. Sorted.
    visible: Vec<Vec<FileId>>,
    /// Likewise for `import option`.
    option_visible: Vec<Vec<FileId>>,
    /// Imports that are missing, cyclic or unreadable, here or further on.
    pub(crate) tainted: Vec<bool>,
    /// A file that is not there to be imported, or the import of which closes a cycle.
    pub(crate) faults: Vec<Vec<Diagnostic>>,
    by_name: HashMap<Box<str>, FileId>,
}

impl Graph {
    /// `unreadable` says which files have faults of their own already.
    pub(crate) fn new(files: &[File], unreadable: &[bool]) -> Self {
        let by_name: HashMap<Box<str>, FileId> =
            (0..).zip(files).map(|(id, file)| (file.name.clone(), id)).collect();
        let find = |path: &str| by_name.get(path).copied();
        let imports: Vec<Vec<_>> = files
            .iter()
            .map(|file| file.imports.iter().map(|import| find(&import.path)).collect())
            .collect();
        let option_imports: Vec<Vec<_>> = files
            .iter()
            .map(|file| file.option_imports.iter().map(|path| find(path)).collect())
            .collect();
        let mut reports = Report::of_each(files);
        reports.iter_mut().for_each(|report| import_faults(report, &find));
        let tainted = unreadable.to_vec();
        let mut graph = Self {
            imports,
            option_imports,
            visible: Vec::new(),
            option_visible: Vec::new(),
            tainted,
            faults: Vec::new(),
            by_name,
        };
        graph.find_cycles(files, &mut reports);
        graph.faults = reports.into_iter().map(|report| report.faults).collect();
        graph.spread_taint(unreadable);
        graph.find_visible(files);
        graph
    }

    /// The file of that name.
    pub(crate) fn file(&self, name: &str) -> Option<FileId> {
        self.by_name.get(name).copied()
    }

    /// Whether what is declared in `there` can be used in `here`.
    pub(crate) fn sees(&self, here: FileId, there: FileId) -> bool {
        here == there || self.visible[here as usize].binary_search(&there).is_ok()
    }

    /// Whether options declared in `there` can be used in `here`.
    pub(crate) fn sees_options(&self, here: FileId, there: FileId) -> bool {
        self.sees(here, there) || self.option_visible[here as usize].binary_search(&there).is_ok()
    }

    /// What a file sees, options' files too.
    pub(crate) fn visible(&self, here: FileId) -> impl Iterator<Item = FileId> {
        let here = here as usize;
        self.visible[here].iter().chain(&self.option_visible[here]).copied()
    }

    /// All that a file imports, of either kind, without what is missing.
    pub(crate) fn all_imports(&self, file: FileId) -> impl Iterator<Item = FileId> {
        let file = file as usize;
        self.imports[file].iter().chain(&self.option_imports[file]).filter_map(|&import| import)
    }

    /// Every file that `from`s are imported by, directly or not, and they themselves.
    pub(crate) fn dependents(&self, from: &[bool]) -> Vec<bool> {
        let mut importers = vec![Vec::new(); from.len()];
        for file in 0..from.len() as FileId {
            self.all_imports(file).for_each(|import| importers[import as usize].push(file));
        }
        let mut reached = from.to_vec();
        let mut todo: Vec<usize> = (0..from.len()).filter(|&file| from[file]).collect();
        while let Some(file) = todo.pop() {
            for &importer in &importers[file] {
                if !std::mem::replace(&mut reached[importer as usize], true) {
                    todo.push(importer as usize);
                }
            }
        }
        reached
    }

    /// Which of a file's imports brings another file, by its index among both kinds: as buf counts,
    /// itself, else the first that imports it however indirectly, public ones before others.
    pub(crate) fn cause(&self, file: &File, here: FileId, there: FileId) -> Option<usize> {
        let imports = &self.imports[here as usize];
        let all = || imports.iter().chain(&self.option_imports[here as usize]).copied();
        if let Some(direct) = all().position(|import| import == Some(there)) {
            return Some(direct);
        }
        let is_public = |&index: &usize| {
            file.imports.get(index).is_some_and(|import| import.kind == ImportKind::Public)
        };
        let (public, other): (Vec<_>, Vec<_>) = (0..all().count()).partition(is_public);
        let mut order = public.into_iter().chain(other);
        order.find(|&index| all().nth(index).flatten().is_some_and(|at| self.reaches(at, there)))
    }

    fn reaches(&self, from: FileId, to: FileId) -> bool {
        let (mut seen, mut todo) = (HashSet::from([from]), vec![from]);
        while let Some(file) = todo.pop() {
            if file == to {
                return true;
            }
            todo.extend(self.all_imports(file).filter(|&import| seen.insert(import)));
        }
        false
    }

    /// A depth-first search that remembers its path: an import of something on the path closes a cycle.
    fn find_cycles(&mut self, files: &[File], reports: &mut [Report<'_>]) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut states = vec![State::New; files.len()];
        for root in 0..files.len() as FileId {
            if states[root as usize] != State::New {
                continue;
            }
            states[root as usize] = State::Open;
            let mut path = vec![(root, 0)];
            while let Some((file, next)) = path.last_mut() {
                let (file, index) = (*file, *next);
                *next += 1;
                let imports = &self.imports[file as usize];
                let all = imports.len() + self.option_imports[file as usize].len();
                if index == all {
                    states[file as usize] = State::Done;
                    path.pop();
                    continue;
                }
                let options = &self.option_imports[file as usize];
                let import = imports.get(index).unwrap_or_else(|| &options[index - imports.len()]);
                let Some(import) = *import else { continue };
                match states[import as usize] {
                    State::New => {
                        states[import as usize] = State::Open;
                        path.push((import, 0));
                    }
                    State::Open if import != file => {
                        let start = path.iter().position(|&(on, _)| on == import);
                        let cycle: Vec<FileId> =
                            path[start.unwrap_or(0)..].iter().map(|&(on, _)| on).collect();
                        cycle.iter().for_each(|&one| self.tainted[one as usize] = true);
                        report_cycle(&mut reports[file as usize], index, files, &cycle);
                    }
                    _ => {}
                }
            }
        }
    }

    fn spread_taint(&mut self, unreadable: &[bool]) {
        let missing = |file: usize| {
            self.imports[file].iter().chain(&self.option_imports[file]).any(Option::is_none)
        };
        let from: Vec<bool> =
            (0..unreadable.len()).map(|file| self.tainted[file] || missing(file)).collect();
        self.tainted = self.dependents(&from);
    }

    fn find_visible(&mut self, files: &[File]) {
        let publicly = |file: FileId| {
            let imports = files[file as usize].imports.iter().zip(&self.imports[file as usize]);
            imports
                .filter(|(import, _)| import.kind == ImportKind::Public)
                .filter_map(|(_, &id)| id)
        };
        let closure = |imports: &[Option<FileId>]| {
            let mut seen: Vec<FileId> = Vec::new();
            let mut todo: Vec<FileId> = imports.iter().filter_map(|&import| import).collect();
            while let Some(file) = todo.pop() {
                if let Err(at) = seen.binary_search(&file) {
                    seen.insert(at, file);
                    todo.extend(publicly(file));
                }
            }
            seen
        };
        let visible = self.imports.iter().map(|imports| closure(imports)).collect();
        let option_visible = self.option_imports.iter().map(|imports| closure(imports)).collect();
        (self.visible, self.option_visible) = (visible, option_visible);
    }
}

/// The path of an import statement, by its index among both kinds.
fn import_path(file: &File, index: usize) -> [i32; 2] {
    match index.checked_sub(file.imports.len()) {
        None => [3, index as i32],
        Some(index) => [15, index as i32],
    }
}

fn report_cycle(report: &mut Report<'_>, index: usize, files: &[File], cycle: &[FileId]) {
    if !report.has_room() {
        return;
    }
    let closed = cycle.iter().chain(&cycle[..1]);
    let names: Vec<_> = closed.map(|&one| format!("`{}`", files[one as usize].name)).collect();
    let path = import_path(report.file, index);
    report.at(&path, format!("the import closes a cycle: {}", names.join(" -> ")));
}

/// Files that are missing, imported twice or by themselves.
fn import_faults(report: &mut Report<'_>, find: &dyn Fn(&str) -> Option<FileId>) {
    let file = report.file;
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let plain = file.imports.iter().map(|import| &*import.path);
    for (index, path) in plain.chain(file.option_imports.iter().map(|path| &**path)).enumerate() {
        if !report.has_room() {
            return;
        }
        let at = import_path(file, index);
        if let Some(&first) = seen.get(path) {
            let first = report.place(&import_path(file, first));
            report.at(&at, format!("`{path}` is imported twice, first at {first}"));
            continue;
        }
        seen.insert(path, index);
        if path == &*file.name {
            report.at(&at, "the file imports itself");
        } else if find(path).is_none() {
            missing(report, &at, path);
        }
    }
}

fn missing(report: &mut Report<'_>, at: &[i32], path: &str) {
    let message = format!("`{path}` is imported, but there is no such file");
    let name = path.rsplit('/').next().unwrap_or(path);
    let built_in = wellknown::names().find(|known| known.rsplit('/').next() == Some(name));
    match built_in {
        Some(known) if known != path => {
            report.at_with_help(at, message, format!("did you mean `{known}`?"));
        }
        _ => report.at(at, message),
    }
}

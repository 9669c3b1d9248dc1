//! Links parsed files: names, options, features, and the rules of the language. — *Does not* read or
//! parse. — *Holds*: what a file's output is does not depend on the number of threads; recursion goes no
//! deeper than the parser lets messages and literals nest.

mod check;
mod graph;
mod hash;
mod hidden;
mod locals;
mod names;
mod options;
mod report;
mod resolve;
pub(crate) mod semantics;
mod table;
pub(crate) mod walk;

use std::ops::Range;
use std::sync::Arc;

use crate::ast::NO_LOCATION;
use crate::compile::{Places, Settings};
use crate::descriptor::File;
use crate::{Diagnostic, parallel};
use graph::Graph;
use names::Names;
use options::{Interpreted, Phase};
use report::MAX_FAULTS;
use resolve::Resolved;
use table::Table;

/// Of how many files the options are interpreted at a time.
const BATCH: usize = 512;

/// Files that are being linked, and what is wrong with each.
pub(crate) struct Link {
    threads: usize,
    places: Places,
    files: Vec<File>,
    faults: Vec<Vec<Diagnostic>>,
    graph: Graph,
    table: Table,
    /// By file, the files that something is used of.
    used: Vec<Vec<u32>>,
}

/// Links files, each with what the parser found wrong with it. Those without fault come back, in the
/// order given.
pub(crate) fn link(
    parsed: Vec<(File, Vec<Diagnostic>)>,
    settings: Settings,
) -> (Vec<Arc<File>>, Vec<Diagnostic>) {
    let (files, faults): (Vec<File>, Vec<Vec<Diagnostic>>) = parsed.into_iter().unzip();
    let unreadable: Vec<bool> = faults.iter().map(|faults| !faults.is_empty()).collect();
    let mut graph = Graph::new(&files, &unreadable);
    let (table, table_faults) = Table::new(&files, settings.places);
    let graph_faults = std::mem::take(&mut graph.faults);
    let used = vec![Vec::new(); files.len()];
    let Settings { threads, places } = settings;
    let mut link = Link { threads, places, files, faults, graph, table, used };
    link.blame(graph_faults);
    link.blame(table_faults);
    link.resolve();
    link.interpret_built_in();
    link.interpret();
    link.check();
    link.finish()
}

impl Link {
    fn names(&self, here: usize) -> Names<'_> {
        let Self { files, table, graph, places, .. } = self;
        Names { files, table, graph, here: here as u32, places: *places }
    }

    fn each<T: Send>(&self, work: impl Fn(Names<'_>) -> T + Sync) -> Vec<T> {
        self.each_of(0..self.files.len(), work)
    }

    fn each_of<T: Send>(
        &self,
        files: Range<usize>,
        work: impl Fn(Names<'_>) -> T + Sync,
    ) -> Vec<T> {
        parallel::map(self.threads, files.len(), |at| work(self.names(files.start + at)))
    }

    fn blame(&mut self, faults: impl IntoIterator<Item = Vec<Diagnostic>>) {
        for (known, mut new) in self.faults.iter_mut().zip(faults) {
            known.append(&mut new);
        }
    }

    fn resolve(&mut self) {
        let mut resolved: Vec<Resolved> = self.each(resolve::resolve);
        self.blame(
            resolved.iter_mut().map(|one| std::mem::take(&mut one.faults)).collect::<Vec<_>>(),
        );
        for (used, one) in self.used.iter_mut().zip(&mut resolved) {
            used.append(&mut one.used);
        }
        let found = resolved.iter_mut().map(Resolved::take).collect();
        parallel::update(self.threads, &mut self.files, found, resolve::apply);
        let duplicates = check::duplicate_numbers(&self.files, &self.table);
        self.blame(duplicates);
    }

    /// Interprets those options that say how others are written, of all files before any is changed.
    fn interpret_built_in(&mut self) {
        let all = self.each(|names| options::interpret(names, Phase::BuiltIn).bytes);
        parallel::update(self.threads, &mut self.files, all, |file, bytes| {
            options::apply(bytes, Phase::BuiltIn, file);
        });
    }

    /// Interprets all options, some files at a time: what is parsed and what it means need not be
    /// held together for all of them.
    fn interpret(&mut self) {
        for start in (0..self.files.len()).step_by(BATCH) {
            self.interpret_batch(start..self.files.len().min(start + BATCH));
        }
    }

    fn interpret_batch(&mut self, batch: Range<usize>) {
        let mut all: Vec<Interpreted> =
            self.each_of(batch.clone(), |names| options::interpret(names, Phase::All));
        for (here, one) in batch.clone().zip(&mut all) {
            // Where an import cannot be read, an option that is not known says nothing.
            let faults = std::mem::take(&mut one.faults);
            if !self.graph.tainted[here] {
                self.faults[here].extend(faults);
            }
            self.used[here].append(&mut one.used);
        }
        let places = self.places;
        parallel::update(self.threads, &mut self.files[batch], all, move |file, one| {
            options::apply(one.bytes, Phase::All, file);
            relocate(file, one.moves, places);
        });
    }

    fn check(&mut self) {
        let faults = self.each(check::check);
        self.blame(faults);
    }

    /// Notes unused imports, and leaves out what has faults or imports such.
    fn finish(mut self) -> (Vec<Arc<File>>, Vec<Diagnostic>) {
        let broken: Vec<bool> = self.faults.iter().map(|faults| !faults.is_empty()).collect();
        let broken = self.graph.dependents(&broken);
        for here in 0..self.files.len() {
            self.files[here].image.unused_imports = self.unused_imports(here);
        }
        let files = self.files.into_iter().zip(broken);
        let files = files.filter(|(_, is_broken)| !is_broken).map(|(file, _)| Arc::new(file));
        let files = files.collect();
        let mut diagnostics = Vec::new();
        for mut faults in self.faults {
            faults.sort();
            faults.dedup();
            faults.truncate(MAX_FAULTS);
            diagnostics.append(&mut faults);
        }
        diagnostics.sort();
        (files, diagnostics)
    }

    fn unused_imports(&self, here: usize) -> Vec<u32> {
        use crate::descriptor::ImportKind;
        let file = &self.files[here];
        let mut is_used: Vec<bool> =
            file.imports.iter().map(|import| import.kind == ImportKind::Public).collect();
        for &used in &self.used[here] {
            let cause = self.graph.cause(file, here as u32, used);
            if let Some(at) = cause.and_then(|at| is_used.get_mut(at)) {
                *at = true;
            }
        }
        (0..).zip(is_used).filter(|&(_, is_used)| !is_used).map(|(index, _)| index).collect()
    }
}

/// Moves the locations of options to the paths of what they set.
fn relocate(file: &mut File, moves: Vec<options::Move>, places: Places) {
    for one in moves {
        if one.location == NO_LOCATION {
            continue;
        }
        file.locations.set_path(one.location, &one.path);
        if places == Places::Protoc {
            continue;
        }
        if let Some(span) = one.literal {
            file.locations.set_span(one.location, span);
            file.locations.detach(one.location);
        }
        for (path, span) in one.within {
            file.locations.append_after(one.location, &path, span);
        }
    }
}

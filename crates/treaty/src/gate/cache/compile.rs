//! Compiles what is not known to compile, and what somebody wants to see. — *Holds*: what is compiled
//! is as if all had been: where a fault is found, or might be between files that were not compiled
//! together, all are.

use std::collections::{BTreeMap, BTreeSet};

use treaty_compiler::wellknown;
use treaty_engine::{Descriptors, Finding, Sources};

use super::index::{Entry, Index, is_built_in};
use super::{Cache, Key, Parts};
use crate::gate::scan;

/// The files of a workspace, each with a key of all that its descriptors follow from.
#[derive(Debug)]
pub(in crate::gate) struct Files<'s> {
    sources: &'s Sources,
    states: BTreeMap<&'s str, State>,
    index: Index,
}

#[derive(Debug)]
struct State {
    text: Key,
    imports: Vec<String>,
    /// None where its imports go in circles.
    closure: Option<Key>,
}

/// What was compiled.
#[derive(Debug, Default)]
pub(in crate::gate) struct Compiled {
    pub(in crate::gate) descriptors: Descriptors,
    pub(in crate::gate) findings: Vec<Finding>,
    /// How many of the sources.
    pub(in crate::gate) files: usize,
    /// Whether each file means what it would without those that it does not import.
    pub(in crate::gate) apart: bool,
}

impl<'s> Files<'s> {
    pub(in crate::gate) fn new(sources: &'s Sources, cache: &Cache) -> Self {
        if !cache.is_on() {
            return Self { sources, states: BTreeMap::new(), index: Index::default() };
        }
        let index = Index::read(cache);
        let states = sources.iter().map(|(name, text)| {
            let key = Key::of_bytes(text.as_bytes());
            let known = index.files.get(name).filter(|known| known.text == Some(key.to_string()));
            let imports = known.map_or_else(|| imports(text), |known| known.imports.clone());
            (name.as_str(), State { text: key, imports, closure: None })
        });
        let mut files = Self { sources, states: states.collect(), index };
        files.close();
        files
    }

    /// Of a file's text and of all that it imports.
    pub(in crate::gate) fn key(&self, file: &str) -> Option<&Key> {
        self.states.get(file)?.closure.as_ref()
    }

    /// Imports first, which is possible as long as they do not go in circles.
    fn close(&mut self) {
        let mut closed: BTreeMap<&'s str, Key> = BTreeMap::new();
        let mut on_path = BTreeSet::new();
        let roots: Vec<&'s str> = self.states.keys().copied().collect();
        for root in roots {
            let mut path = vec![root];
            while let Some(&file) = path.last() {
                on_path.insert(file);
                let open = || self.imports(file).filter(|import| !closed.contains_key(import));
                match open().find(|import| !on_path.contains(import)) {
                    _ if closed.contains_key(file) => _ = path.pop(),
                    Some(import) => path.push(import),
                    None => {
                        // What is open still is on the path: a circle, of which nothing is known.
                        if open().next().is_none() {
                            closed.insert(file, self.closed(file, &closed));
                        }
                        path.pop();
                    }
                }
            }
        }
        for (file, key) in closed {
            if let Some(state) = self.states.get_mut(file) {
                state.closure = Some(key);
            }
        }
    }

    /// What a file imports of the sources, and the file that says which options there are.
    fn imports<'f>(&'f self, file: &str) -> impl Iterator<Item = &'s str> + use<'f, 's> {
        let imports = self.states.get(file).into_iter().flat_map(|state| &state.imports);
        let options = (file != wellknown::DESCRIPTOR).then_some(wellknown::DESCRIPTOR);
        let names = imports.map(String::as_str).chain(options);
        names.filter_map(|name| self.states.get_key_value(name).map(|(name, _)| *name))
    }

    fn closed(&self, file: &str, closed: &BTreeMap<&str, Key>) -> Key {
        let mut parts = Parts::of("closure").with(file);
        parts.add(self.states[file].text);
        for import in &self.states[file].imports {
            parts.add(import);
        }
        for import in self.imports(file) {
            parts.add(import);
            parts.add(closed[import]);
        }
        parts.key()
    }

    /// Compiles the wanted files, and those that are not known to compile.
    pub(in crate::gate) fn compile(&self, wanted: &BTreeSet<&str>, cache: &Cache) -> Compiled {
        if !cache.is_on() || self.states.values().any(|state| state.closure.is_none()) {
            return self.compile_all();
        }
        let roots = self.sources.keys().map(String::as_str);
        let needed = self.with_imports(roots.filter(|f| wanted.contains(f) || !self.is_known(f)));
        if needed.is_empty() {
            return Compiled { apart: true, ..Compiled::default() };
        }
        let is_all = needed.len() == self.sources.len();
        let compiled = if is_all { self.compile_all() } else { self.compile_some(&needed) };
        if compiled.findings.is_empty() {
            match self.indexed(&compiled) {
                Some(index) if !index.has_conflict() => {
                    if index != self.index {
                        index.write(cache);
                    }
                    return Compiled { apart: true, ..compiled };
                }
                _ => {}
            }
        }
        if is_all { compiled } else { self.compile_all() }
    }

    fn is_known(&self, file: &str) -> bool {
        let known = self.index.files.get(file).and_then(|entry| entry.closure.as_deref());
        known.and_then(Key::parse).is_some_and(|known| self.key(file) == Some(&known))
    }

    fn with_imports<'f>(&'f self, roots: impl Iterator<Item = &'f str>) -> BTreeSet<&'f str> {
        let mut open: Vec<&str> = roots.collect();
        let mut reached = BTreeSet::new();
        while let Some(file) = open.pop() {
            if reached.insert(file) {
                open.extend(self.imports(file));
            }
        }
        reached
    }

    fn compile_all(&self) -> Compiled {
        let (descriptors, findings) = Descriptors::compile(self.sources);
        Compiled { descriptors, findings, files: self.sources.len(), apart: false }
    }

    fn compile_some(&self, files: &BTreeSet<&str>) -> Compiled {
        let some = self.sources.iter().filter(|(name, _)| files.contains(name.as_str()));
        let some: Sources = some.map(|(name, text)| (name.clone(), text.clone())).collect();
        let (descriptors, findings) = Descriptors::compile(&some);
        Compiled { descriptors, findings, files: some.len(), apart: false }
    }

    /// All files as they are known now; none where one of them imports what nobody saw.
    fn indexed(&self, compiled: &Compiled) -> Option<Index> {
        let mut files = BTreeMap::new();
        for file in compiled.descriptors.files() {
            let plain = file.imports.iter().map(|import| &*import.path);
            let all = plain.chain(file.option_imports.iter().map(|path| &**path));
            let entry = match self.states.get(&*file.name) {
                Some(state) => {
                    let mut all = all;
                    if !all.all(|path| state.imports.iter().any(|known| known == path)) {
                        return None;
                    }
                    let State { text, imports, closure } = state;
                    Entry::new(file, Some(text), closure.as_ref(), imports.clone())
                }
                None => Entry::new(file, None, None, all.map(str::to_owned).collect()),
            };
            files.insert(file.name.to_string(), entry);
        }
        for name in self.states.keys().filter(|name| self.is_known(name)) {
            let known = self.index.files.get(*name)?;
            files.entry((*name).to_owned()).or_insert_with(|| known.clone());
        }
        self.add_built_in(&mut files);
        Some(Index { files })
    }

    /// The built-in files that were imported before and are still.
    fn add_built_in(&self, files: &mut BTreeMap<String, Entry>) {
        let imports = |entry: &Entry| entry.imports.clone();
        let mut open: Vec<String> = files.values().flat_map(imports).collect();
        while let Some(name) = open.pop() {
            if files.contains_key(&name) || !is_built_in(&name) {
                continue;
            }
            if let Some(known) = self.index.files.get(&name) {
                open.extend(known.imports.iter().cloned());
                files.insert(name, known.clone());
            }
        }
    }
}

fn imports(text: &str) -> Vec<String> {
    scan::head(text).imports.into_iter().map(|import| import.name).collect()
}

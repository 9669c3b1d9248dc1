//! Remembers which files compiled without fault, and what they declare. — *Does not* remember what is
//! wrong: files with faults are compiled again. — *Holds*: an entry speaks of a file for as long as its
//! text and all that it imports, near or far, are the same; files that declare the same thing are
//! seen, so that nobody takes them to compile together because each did alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use treaty_compiler::descriptor::{File, Message};
use treaty_compiler::wellknown;

use super::{Cache, Key, Parts};

/// By the name of the file; built-in files that others import are among them.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) files: BTreeMap<String, Entry>,
}

/// A file that compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Of its text; none for a built-in file.
    pub(super) text: Option<String>,
    /// Of its text and of all that it imports.
    pub(super) closure: Option<String>,
    pub(super) imports: Vec<String>,
    package: String,
    /// Short keys of the names that other files could declare too.
    names: Vec<u64>,
    /// Short keys of what its extensions extend with which number.
    extensions: Vec<u64>,
}

impl Index {
    fn key() -> Key {
        Parts::of("index").key()
    }

    pub(super) fn read(cache: &Cache) -> Self {
        let bytes = cache.get(&Self::key());
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(super) fn write(&self, cache: &Cache) {
        if let Ok(bytes) = serde_json::to_vec(self) {
            cache.put(&Self::key(), &bytes);
        }
    }

    /// Whether two files may declare the same thing.
    pub(super) fn has_conflict(&self) -> bool {
        let mut packages: HashSet<&str> = HashSet::from(["google", BUILT_IN]);
        for entry in self.files.values() {
            let dots = entry.package.match_indices('.').map(|(at, _)| at);
            packages.extend(dots.chain([entry.package.len()]).map(|end| &entry.package[..end]));
        }
        let packages: HashSet<u64> = packages.into_iter().map(name).collect();
        let (mut names, mut extensions) = (HashMap::new(), HashMap::new());
        self.files.iter().any(|(file, entry)| {
            // The file that says which options there are is always there, and not in the index.
            (entry.package == BUILT_IN && entry.text.is_some() && !is_built_in(file))
                || entry.names.iter().any(|name| packages.contains(name))
                || !are_new(&mut names, &entry.names, file)
                || !are_new(&mut extensions, &entry.extensions, file)
        })
    }
}

const BUILT_IN: &str = "google.protobuf";

pub(super) fn is_built_in(file: &str) -> bool {
    wellknown::names().any(|name| name == file)
}

fn are_new<'i>(known: &mut HashMap<u64, &'i str>, new: &[u64], file: &'i str) -> bool {
    new.iter().all(|one| *known.entry(*one).or_insert(file) == file)
}

fn name(full_name: &str) -> u64 {
    Key::of_bytes(full_name.as_bytes()).short()
}

impl Entry {
    /// Of a file that compiled.
    pub(super) fn new(
        file: &File,
        text: Option<&Key>,
        closure: Option<&Key>,
        imports: Vec<String>,
    ) -> Self {
        let mut extensions = Vec::new();
        let mut extend = |fields: &[treaty_compiler::descriptor::Field]| {
            extensions.extend(fields.iter().map(|field| {
                let extendee = field.extendee.as_deref().unwrap_or_default();
                name(&format!("{} {}", extendee.trim_start_matches('.'), field.number))
            }));
        };
        extend(&file.extensions);
        let mut open: Vec<&Message> = file.messages.iter().collect();
        while let Some(message) = open.pop() {
            extend(&message.extensions);
            open.extend(&message.messages);
        }
        Self {
            text: text.map(ToString::to_string),
            closure: closure.map(ToString::to_string),
            imports,
            package: file.package.to_string(),
            names: declared(file),
            extensions,
        }
    }
}

/// What stands in the package itself; what stands within a message is nobody else's.
fn declared(file: &File) -> Vec<u64> {
    let messages = file.messages.iter().map(|one| name(&one.full_name));
    let enums = file.enums.iter().map(|one| name(&one.full_name));
    let services = file.services.iter().map(|one| name(&one.full_name));
    let extensions = file.extensions.iter().map(|one| name(&one.full_name));
    let values = file.enums.iter().flat_map(|one| &one.values).map(|value| {
        if file.package.is_empty() {
            name(&value.name)
        } else {
            name(&format!("{}.{}", file.package, value.name))
        }
    });
    messages.chain(enums).chain(services).chain(extensions).chain(values).collect()
}

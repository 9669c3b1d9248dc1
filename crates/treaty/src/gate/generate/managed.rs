//! Managed mode: sets the options of files and fields that only generated code cares for. —
//! *Holds*: well-known types are never touched; a later override counts more than an earlier one,
//! and a disable more than any override. — *Source*: buf 1.75.0.

mod fields;
mod files;
mod option;
mod places;
mod well_known;

use std::collections::BTreeMap;
use std::sync::Arc;

use treaty_compiler::descriptor::{File, Options};
use treaty_compiler::wire::Fields;
use treaty_engine::Descriptors;

pub(super) use option::{FileOption, JsType, Part, Setting, Value};
pub(super) use well_known::is_well_known;

use super::super::path::covers;

/// What managed mode sets and what it leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Managed {
    pub(super) enabled: bool,
    pub(super) disables: Vec<Disable>,
    pub(super) overrides: Vec<Override>,
}

impl Managed {
    /// Whether there are rules that nobody asks.
    pub(super) fn is_in_vain(&self) -> bool {
        !self.enabled && (!self.disables.is_empty() || !self.overrides.is_empty())
    }
}

/// Files that a rule is for; empty texts stand for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// A file or a folder around it.
    pub(super) path: String,
    /// The full name of a module.
    pub(super) module: String,
}

/// Options that are left as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disable {
    pub(super) scope: Scope,
    /// The full name of a field; empty for all.
    pub(super) field: String,
    pub(super) what: Disabled,
}

/// Which options are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disabled {
    All,
    File(FileOption),
    JsType,
}

/// An option that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Override {
    pub(super) scope: Scope,
    pub(super) what: Set,
}

/// To what it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Set {
    File(FileOption, Value),
    /// `field` is its full name; empty for all.
    JsType {
        field: String,
        value: JsType,
    },
}

/// A file and the module that it is of.
#[derive(Clone, Copy)]
struct Of<'a> {
    file: &'a File,
    module: Option<&'a str>,
}

impl Scope {
    fn has(&self, of: Of<'_>) -> bool {
        (self.path.is_empty() || covers(&self.path, &of.file.name))
            && (self.module.is_empty() || of.module == Some(&*self.module))
    }
}

/// Sets the options of all files, imports among them.
pub(super) fn apply(
    descriptors: &Descriptors,
    managed: &Managed,
    modules: &BTreeMap<String, String>,
) -> Descriptors {
    if !managed.enabled {
        return descriptors.clone();
    }
    descriptors.map(|file| {
        if is_well_known(&file.name) {
            return Arc::clone(file);
        }
        let of = Of { file, module: modules.get(&*file.name).map(String::as_str) };
        let mut new = File::clone(file);
        let mut changed = files::set(managed, of, &mut new.options);
        changed.extend(fields::set(managed, of, &mut new));
        if changed.is_empty() {
            return Arc::clone(file);
        }
        new.locations = places::without(&file.locations, &changed);
        Arc::new(new)
    })
}

/// Sets an option in its place among the others.
fn put(options: &mut Option<Box<Options>>, number: u32, encoded: &[u8]) {
    let old = options.take();
    let old = old.as_ref().map_or(&[][..], |options| options.bytes());
    let mut bytes = Vec::with_capacity(old.len() + encoded.len());
    let mut is_put = false;
    for field in Fields::new(old).filter_map(Result::ok) {
        if !is_put && field.number > number {
            bytes.extend_from_slice(encoded);
            is_put = true;
        }
        if field.number != number {
            bytes.extend_from_slice(field.whole);
        }
    }
    if !is_put {
        bytes.extend_from_slice(encoded);
    }
    *options = Some(Box::new(Options::new(bytes)));
}

//! Where the descriptors come from that code is generated of.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use treaty_compiler::wire::{Fields, Value};
use treaty_engine::{Descriptors, Types};

use super::super::arguments;
use super::super::image::Built;
use super::super::input::{self, Flags};

/// What to read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The input, as the command line names it.
    pub(super) text: String,
    pub(super) paths: Vec<String>,
    pub(super) exclude_paths: Vec<String>,
    pub(super) types: Types,
    pub(super) config: Option<String>,
    pub(super) disable_symlinks: bool,
}

/// Descriptors with what is known of where they come from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) descriptors: Descriptors,
    /// File to the full name of its module, such as `buf.build/acme/weather`.
    pub(super) modules: BTreeMap<String, String>,
    /// Where the sources are, as people are told of them.
    pub(super) files: Vec<PathBuf>,
}

/// Reads an input; the error is what does not compile.
pub(super) fn read(wanted: &Wanted) -> anyhow::Result<Result<Source, Built>> {
    let flags = Flags {
        paths: wanted.paths.clone(),
        exclude_paths: wanted.exclude_paths.clone(),
        config: arguments::given(wanted.config.as_deref())?,
        as_one: true,
        disable_symlinks: wanted.disable_symlinks,
        ..Flags::default()
    };
    let built = input::read(&wanted.text, &flags).context("cannot read the input")?.built;
    if !built.findings.is_empty() {
        return Ok(Err(built));
    }
    let [image] = &built.images[..] else {
        ensure!(built.images.is_empty(), "the input has several images");
        let (descriptors, modules, files) = Default::default();
        return Ok(Ok(Source { descriptors, modules, files }));
    };
    let mut modules = modules(&image.descriptors);
    modules.extend(built.files.modules.iter().map(|(file, full)| (file.clone(), full.clone())));
    let files = built.files.sources.keys().map(|name| built.files.shown(name).into()).collect();
    Ok(Ok(Source { descriptors: image.descriptors.clone(), modules, files }))
}

/// The names of modules, as images tell them.
fn modules(descriptors: &Descriptors) -> BTreeMap<String, String> {
    let files = descriptors.files();
    let named = files.filter_map(|file| {
        Some((file.name.to_string(), module_name(file.image.module.as_deref()?)?))
    });
    named.collect()
}

/// `name` of `ModuleInfo`: remote, owner and repository.
fn module_name(info: &[u8]) -> Option<String> {
    let part = |bytes: &[u8], number: u32| {
        let fields: Vec<_> = Fields::new(bytes).filter_map(Result::ok).collect();
        let field = fields.into_iter().rfind(|field| field.number == number)?;
        field.value.bytes().map(<[u8]>::to_vec)
    };
    let name = part(info, 1)?;
    let text = |number| {
        let bytes = part(&name, number)?;
        Value::Bytes(&bytes).text().map(str::to_owned)
    };
    Some(format!("{}/{}/{}", text(1)?, text(2)?, text(3)?))
}

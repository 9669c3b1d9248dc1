//! Where the descriptors come from that code is generated of. — *Holds*: this is the one place
//! that knows how inputs are read.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use treaty_compiler::wire::{Fields, Value};
use treaty_engine::{Descriptors, Finding, Types};

use super::super::input;

/// What to read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The input, as the command line names it.
    pub(super) text: String,
    pub(super) paths: Vec<String>,
    pub(super) exclude_paths: Vec<String>,
    pub(super) types: Types,
    pub(super) config: Option<String>,
}

/// Descriptors with what is known of where they come from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) descriptors: Descriptors,
    /// What does not compile; their paths are those of the input.
    pub(super) findings: Vec<Finding>,
    /// File to the full name of its module, such as `buf.build/acme/weather`.
    pub(super) modules: BTreeMap<String, String>,
}

/// Reads an input.
pub(super) fn descriptors_of(wanted: &Wanted) -> anyhow::Result<Source> {
    ensure!(wanted.config.is_none(), "--config is not supported yet");
    let input = input::read(&wanted.text, None)?;
    let shown = |finding: &Finding| Finding {
        path: input.path(&finding.path).to_owned(),
        ..finding.clone()
    };
    let findings = input.findings.iter().map(shown).collect();
    let descriptors = targeted(&input, wanted)?;
    let modules = modules(&descriptors);
    Ok(Source { descriptors, findings, modules })
}

/// The files that --path and --exclude-path leave.
fn targeted(input: &input::Input, wanted: &Wanted) -> anyhow::Result<Descriptors> {
    if wanted.paths.is_empty() && wanted.exclude_paths.is_empty() {
        return Ok(input.descriptors.clone());
    }
    let folder = Path::new(wanted.text.split('#').next().unwrap_or_default());
    let below = |path: &String| -> anyhow::Result<String> {
        if !folder.is_dir() {
            return Ok(clean(path));
        }
        let folder = std::path::absolute(folder).context("no current folder")?;
        let path = std::path::absolute(path).with_context(|| format!("`{path}` is no path"))?;
        let (folder, path) = (clean(&folder.to_string_lossy()), clean(&path.to_string_lossy()));
        match path.strip_prefix(&folder).map(|rest| rest.trim_start_matches('/')) {
            Some(rest) => Ok(rest.to_owned()),
            None => bail!("{path} is not below the input {folder}"),
        }
    };
    let paths: Vec<String> = wanted.paths.iter().map(below).collect::<Result<_, _>>()?;
    let excluded: Vec<String> = wanted.exclude_paths.iter().map(below).collect::<Result<_, _>>()?;
    let covers = |list: &[String], path: &str| list.iter().any(|one| covers(one, path));
    let descriptors = input.descriptors.subset(|name| {
        let path = input.path(name);
        (paths.is_empty() || covers(&paths, path)) && !covers(&excluded, path)
    });
    ensure!(
        descriptors.own().next().is_some(),
        "no .proto files were targeted: nothing is left by --path and --exclude-path"
    );
    Ok(descriptors)
}

/// Whether a path is the other one or a folder around it.
pub(super) fn covers(around: &str, path: &str) -> bool {
    around.is_empty()
        || around == "."
        || path.strip_prefix(around).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Without `.`, `..`, empty parts and a slash at the end.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let is_absolute = path.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if is_absolute { format!("/{joined}") } else { joined }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_covers_itself_and_what_is_below() {
        for (around, path, expected) in [
            ("a", "a/b.proto", true),
            ("a/b.proto", "a/b.proto", true),
            ("a", "ab/c.proto", false),
            (".", "x.proto", true),
        ] {
            assert_eq!(covers(around, path), expected, "{around} over {path}");
        }
        for (given, expected) in
            [("./a//b/../c/", "a/c"), ("/x/../../y", "/y"), ("../a", "../a"), ("a/..", "")]
        {
            assert_eq!(clean(given), expected, "{given}");
        }
    }
}

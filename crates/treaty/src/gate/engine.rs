//! The one place where the gate's commands meet the engine: compile, compare, lint and encode.
//! — *Does not* know configuration files, inputs or output formats.

use std::collections::BTreeSet;

use anyhow::bail;
use treaty_engine::{Comparison, Descriptors, Finding, Sources, compare, rules};

use super::config::LintConfig;

/// Compiles sources; all of them are own files.
pub(super) fn compile(sources: &Sources) -> (Descriptors, Vec<Finding>) {
    Descriptors::compile(sources)
}

/// Compares with the rules of these ids; imports take part as own files do.
pub(super) fn breaking(
    old: &Descriptors,
    new: &Descriptors,
    ids: &BTreeSet<&'static str>,
) -> Comparison {
    let rules: Vec<_> = rules::ALL.iter().copied().filter(|rule| ids.contains(rule.id)).collect();
    compare(&old.with_imports().schema(), &new.with_imports().schema(), &rules)
}

/// The selected breaking rules that the engine does not have.
pub(super) fn missing_breaking<'a>(ids: &'a BTreeSet<&'static str>) -> Vec<&'a str> {
    let known = |id: &&&str| !rules::ALL.iter().any(|rule| rule.id == **id);
    ids.iter().filter(known).copied().collect()
}

/// Checks the own files with the lint rules of these ids.
///
/// # Errors
///
/// Where the engine has none of them, so that nothing was checked.
pub(super) fn lint(
    _descriptors: &Descriptors,
    ids: &BTreeSet<&'static str>,
    _options: &LintConfig,
) -> anyhow::Result<Vec<Finding>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    bail!("this build of treaty has no lint rules: nothing was checked")
}

/// The names of the own files and of all that they import.
pub(super) fn files(descriptors: &Descriptors) -> Vec<String> {
    descriptors.with_imports().own().map(str::to_owned).collect()
}

/// Whether the compiler has a file of this name that nobody needs to give it.
pub(super) fn is_built_in(name: &str) -> bool {
    const BUILT_IN: &[&str] = &[
        "any",
        "api",
        "compiler/plugin",
        "cpp_features",
        "descriptor",
        "duration",
        "empty",
        "field_mask",
        "go_features",
        "java_features",
        "source_context",
        "struct",
        "timestamp",
        "type",
        "wrappers",
    ];
    let name = name.strip_prefix("google/protobuf/").and_then(|name| name.strip_suffix(".proto"));
    name.is_some_and(|name| BUILT_IN.contains(&name))
}

/// The package of a file, own or imported.
pub(super) fn package(descriptors: &Descriptors, file: &str) -> Option<String> {
    let file = descriptors.pool().get_file_by_name(file)?;
    Some(file.package_name().to_owned())
}

/// What a rule's finding means, for those who have not met it: what it finds, why that matters, and
/// what to do instead.
pub(super) fn help(rule: &str) -> Option<[&'static str; 3]> {
    let rule = rules::ALL.iter().find(|one| one.id == rule)?;
    Some([rule.finds, rule.why, rule.remedy])
}

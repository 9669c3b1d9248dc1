//! The formats that are a line for each annotation: text, msvs, github-actions, and the lines for
//! `buf.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Annotation;

pub(super) fn text(annotations: &[Annotation]) -> String {
    annotations.iter().map(|one| one.line() + "\n").collect()
}

pub(super) fn msvs(annotations: &[Annotation]) -> String {
    let mut text = String::new();
    for one in annotations {
        let [line, column, ..] = one.span().unwrap_or([1; 4]);
        let (rule, message) = (&one.finding.rule, &one.finding.message);
        _ = writeln!(text, "{}({line},{column}) : error {rule} : {message}", one.shown());
    }
    text
}

pub(super) fn github_actions(annotations: &[Annotation]) -> String {
    let mut text = String::new();
    for one in annotations {
        let level = if one.is_error() { "error" } else { "warning" };
        _ = write!(text, "::{level} file={}", one.shown());
        if let Some([line, column, end_line, end_column]) = one.span() {
            _ = write!(text, ",line={line},col={column},endLine={end_line},endColumn={end_column}");
        }
        _ = writeln!(text, "::{}", one.message());
    }
    text
}

/// As buf writes it: in the form of v1, whatever the version of the configuration.
pub(super) fn config_ignore_yaml(annotations: &[Annotation]) -> String {
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in annotations.iter().filter(|one| one.path.is_some()) {
        paths.entry(&one.finding.rule).or_default().insert(&one.name);
    }
    if paths.is_empty() {
        return String::new();
    }
    let mut text = "version: v1\nlint:\n  ignore_only:\n".to_owned();
    for (rule, paths) in paths {
        _ = writeln!(text, "    {rule}:");
        for path in paths {
            _ = writeln!(text, "      - {path}");
        }
    }
    text
}

//! Reads `buf.work.yaml`, which lists the modules of a v1 workspace.

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use super::super::{path, yaml};
use super::external::Versioned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BufWork {
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    directories: Option<Vec<String>>,
}

/// The folders of the modules, sorted, from the text of the file that is shown as `shown`.
pub(in crate::gate) fn parse(shown: &str, text: &str) -> anyhow::Result<Vec<String>> {
    folders(shown, text).with_context(|| format!("{shown} is not valid"))
}

fn folders(shown: &str, text: &str) -> anyhow::Result<Vec<String>> {
    let versioned: Versioned = yaml::read(shown, text)?;
    match versioned.version.as_str() {
        "v1" => {}
        "" => bail!("`version` is not set: add `version: v1`"),
        "v1beta1" | "v2" => bail!("{} is not a version of this file: use v1", versioned.version),
        other => bail!("unknown file version: \"{other}\""),
    }
    let file: BufWork = yaml::read(shown, text)?;
    let given = file.directories.unwrap_or_default();
    ensure!(!given.is_empty(), "`directories` is empty");
    let mut folders = Vec::new();
    for folder in &given {
        let clean =
            path::relative(folder).with_context(|| format!("directory \"{folder}\" is invalid"))?;
        ensure!(clean != ".", "directory \".\" is no different from having no workspace at all");
        ensure!(!folders.contains(&clean), "directory \"{folder}\" is listed more than once");
        folders.push(clean);
    }
    super::check::apart(folders, "directory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_apart_and_inside() {
        let parse = |text: &str| parse("buf.work.yaml", text).map_err(|error| format!("{error:#}"));
        assert_eq!(parse("version: v1\ndirectories: [q, ./p]\n").expect("valid"), ["p", "q"]);
        for (text, word) in [
            ("directories: [a]\n", "`version` is not set"),
            ("version: v2\ndirectories: [a]\n", "not a version of this file"),
            ("version: v1\n", "is empty"),
            ("version: v1\ndirectories: [a, a]\n", "more than once"),
            ("version: v1\ndirectories: [a, a/b]\n", "is within directory"),
            ("version: v1\ndirectories: [.]\n", "no different"),
            ("version: v1\ndirectories: [../a]\n", "outside the context directory"),
            ("version: v1\nfolders: [a]\n", "folders"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}

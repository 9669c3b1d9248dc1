//! Released versions of this workspace as an input: `released`, `released:<contract>` or
//! `released:<contract>@<version>`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, ensure};
use semver::Version;

use super::super::released;
use super::super::workspace::manifests;

/// The descriptor sets that are named, as one: of every contract its last release, or what is asked.
pub(super) fn read(text: &str) -> anyhow::Result<Vec<u8>> {
    let asked = text.strip_prefix("released:");
    let (name, version) = match asked.map(|asked| asked.split_once('@').unwrap_or((asked, ""))) {
        Some((name, "")) => (Some(name), None),
        Some((name, version)) => {
            let version = Version::parse(version)
                .with_context(|| format!("`{version}` is not a version such as 1.2.0"))?;
            (Some(name), Some(version))
        }
        None => (None, None),
    };
    let mut sets = Vec::new();
    let mut known = BTreeSet::new();
    for (contract, folder) in manifests(Path::new("."))? {
        known.insert(contract.clone());
        if name.is_none_or(|name| name == contract) {
            sets.extend(released::bytes(&folder.join("released"), version.as_ref())?);
        }
    }
    if let Some(name) = name {
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        ensure!(
            known.contains(&name),
            "no contract is named `{name}`; there are {}",
            known.join(", ")
        );
    }
    let what = version.map_or_else(|| "nothing".to_owned(), |version| format!("no {version}"));
    ensure!(!sets.is_empty(), "`{text}`: {what} was released");
    super::merge::sets(&sets)
}

//! Reads `buf.lock`, only to see that it fits the `buf.yaml` beside it. — *Does not* fetch what it
//! pins: nothing here reads a registry.

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use super::super::yaml;
use super::Version;

/// The keys that are looked at; the others pin contents.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lock {
    version: Option<String>,
    deps: Option<Vec<Dep>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Dep {
    /// v2.
    name: Option<String>,
    /// v1beta1 and v1.
    remote: String,
    owner: String,
    repository: String,
}

/// The full names of the modules that a lock file pins, from its text; it is shown as `shown`.
pub(in crate::gate) fn parse(
    shown: &str,
    text: &str,
    beside: Version,
) -> anyhow::Result<Vec<String>> {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    ensure!(text.lines().any(says), "{shown} says nothing");
    let lock: Lock = yaml::read(shown, text).with_context(|| format!("{shown} is not valid"))?;
    match (lock.version.as_deref().unwrap_or_default(), beside) {
        ("v2", Version::V2) | ("v1" | "v1beta1", Version::V1 | Version::V1Beta1) => {}
        // Files from before there was a version.
        ("", Version::V1 | Version::V1Beta1) => {}
        (version @ ("v1" | "v1beta1" | "v2" | ""), _) => {
            bail!("{shown} has the version `{version}`, which does not fit the buf.yaml beside it")
        }
        (other, _) => bail!("{shown}: unknown file version: \"{other}\""),
    }
    let name = |dep: Dep| {
        dep.name.unwrap_or_else(|| format!("{}/{}/{}", dep.remote, dep.owner, dep.repository))
    };
    Ok(lock.deps.unwrap_or_default().into_iter().map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_fits_its_configuration_and_names_what_it_pins() {
        let v1 = "version: v1\ndeps:\n  - remote: buf.build\n    owner: a\n    repository: b\n    commit: c\n";
        assert_eq!(parse("buf.lock", v1, Version::V1).expect("valid"), ["buf.build/a/b"]);
        let v2 = "# Generated.\nversion: v2\ndeps:\n  - name: buf.build/a/b\n    commit: c\n    digest: d\n";
        assert_eq!(parse("buf.lock", v2, Version::V2).expect("valid"), ["buf.build/a/b"]);
        for (text, version) in [
            (v1, Version::V2),
            (v2, Version::V1),
            ("# x\n", Version::V1),
            ("version: v9\n", Version::V2),
        ] {
            assert!(parse("buf.lock", text, version).is_err(), "{text}");
        }
    }
}

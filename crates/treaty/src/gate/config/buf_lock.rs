//! Reads `buf.lock`, only to see that it fits the `buf.yaml` beside it. — *Does not* fetch what it
//! pins: nothing here reads a registry.

use anyhow::{Context as _, bail};

use super::Version;
use super::external::Versioned;

/// What is wrong with the text of the lock file that is shown as `shown`.
pub(in crate::gate) fn check(shown: &str, text: &str, beside: Version) -> anyhow::Result<()> {
    let versioned: Versioned =
        serde_saphyr::from_str(text).with_context(|| format!("{shown} is not valid"))?;
    match (versioned.version.as_str(), beside) {
        ("v2", Version::V2) | ("v1" | "v1beta1", Version::V1 | Version::V1Beta1) => Ok(()),
        // Files from before there was a version.
        ("", Version::V1 | Version::V1Beta1) => Ok(()),
        ("v1" | "v1beta1" | "v2" | "", _) => bail!(
            "{shown} has the version `{}`, which does not fit the buf.yaml beside it",
            versioned.version
        ),
        (other, _) => bail!("{shown}: unknown file version: \"{other}\""),
    }
}

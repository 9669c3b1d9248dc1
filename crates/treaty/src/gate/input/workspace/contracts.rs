//! Where imports start in a repository that has contracts and no configuration: at its folder
//! `proto`, as `treaty check` has it. — *Does not* concern the commands of buf.

use super::super::super::path;
use super::locate::{self, Located};

/// The folder of a repository that holds its contracts.
const ROOT: &str = "proto";

/// Where imports start if no configuration says so.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::gate) enum Imports {
    /// At the input, as in buf.
    #[default]
    Input,
    /// At its folder `proto`, if contracts are in there.
    Contracts,
    /// At its folder `proto`, if it has one: the other version has contracts there.
    Proto,
}

/// The folder `proto` in the input, where imports start there.
pub(super) fn root(located: &Located) -> anyhow::Result<Option<String>> {
    let Located { bucket, input, .. } = located;
    let folder = path::join(input, ROOT);
    let is_root = match located.imports {
        Imports::Input => false,
        Imports::Contracts => bucket.has_contracts(&folder)?,
        Imports::Proto => !bucket.protos(&folder, &[])?.is_empty(),
    };
    let is_configured = || -> anyhow::Result<bool> {
        Ok(locate::buf_yaml(bucket, input)?.is_some()
            || locate::buf_yaml(bucket, &folder)?.is_some())
    };
    Ok((is_root && !is_configured()?).then_some(folder))
}

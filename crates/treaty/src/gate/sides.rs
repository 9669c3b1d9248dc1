//! Reads the two versions that a command compares, each as one image, or says what does not compile.

use std::path::Path;

use anyhow::Context as _;
use treaty_engine::Descriptors;

use super::format::ErrorFormat;
use super::image::Image;
use super::input::{self, Flags, Imports};
use super::report::{self, Report};

/// Two versions of some protos.
pub(super) struct Sides {
    pub(super) old: Descriptors,
    pub(super) new: Descriptors,
}

/// Everything of an input at once, which may be a repository of contracts: nothing is limited to
/// paths, nothing is configured.
pub(super) fn flags() -> Flags {
    Flags { as_one: true, imports: Imports::Contracts, ..Flags::default() }
}

/// Reads both; the old one may be a git revision of the repository that the new one is in.
pub(super) fn read(old: &str, new: &str, flags: &Flags) -> anyhow::Result<Result<Sides, Report>> {
    let after = input::read(new, flags).context("cannot read the new version")?;
    if !after.built.findings.is_empty() {
        return Ok(Err(broken(&after)));
    }
    let mut flags = flags.clone();
    if after.at_proto {
        // Though there were no contracts yet.
        flags.imports = Imports::Proto;
    }
    let before = match input::may_be_revision(old) {
        true => {
            let folder = Path::new(new.split('#').next().unwrap_or_default());
            let base = if folder.is_dir() { folder } else { Path::new(".") };
            input::read_revision(old, base, &flags)
        }
        false => input::read(old, &flags),
    }
    .context("cannot read the old version")?;
    if !before.built.findings.is_empty() {
        return Ok(Err(broken(&before)));
    }
    let (old, new) = (whole(&before.built.images), whole(&after.built.images));
    // What one version only imports, as a release does, is compared if it is the other's own.
    let with_imports = |one: &Descriptors, other: &Descriptors| {
        one.with_imports().subset(|name| one.is_own(name) || other.is_own(name))
    };
    Ok(Ok(Sides { old: with_imports(&old, &new), new: with_imports(&new, &old) }))
}

fn broken(input: &input::Input) -> Report {
    report::broken(&input.built, ErrorFormat::default_here(), "treaty")
}

fn whole(images: &[Image]) -> Descriptors {
    images.first().map(|image| image.descriptors.clone()).unwrap_or_default()
}

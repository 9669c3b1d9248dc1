//! Reads what a command is pointed at, in every form: folders, archives, repositories, single
//! files, descriptor sets, running services and released versions. — *Holds*: hostile bytes are
//! bounded in size and cannot name files outside of their archive.

mod archive;
mod bucket;
mod encoding;
mod git;
mod merge;
mod packed;
mod reference;
mod reflection;
mod released;
mod workspace;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use treaty_engine::Descriptors;

use super::config::{self, BreakingConfig, LintConfig, Version};
use super::image::{Built, Files, Image, build};
use super::path;
pub(super) use bucket::Folder;
pub(super) use encoding::text_format;
pub(super) use reference::{Compression, Format, Reference, parse};
pub(super) use workspace::{Flags, Imports, Module, NOTHING_TARGETED, Workspace};

/// What an input is, compiled, and what its configuration wants to run beside the rules.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) built: Built,
    pub(super) plugins: Vec<String>,
    /// Whether imports start at the folder `proto`, though nothing is configured.
    pub(super) at_proto: bool,
}

/// Reads the input that `text` names.
pub(super) fn read(text: &str, flags: &Flags) -> anyhow::Result<Input> {
    let reference = parse(text)?;
    let path = reference.path.as_str();
    let located = match reference.format {
        Format::Dir => {
            if !Path::new(path).is_dir() {
                bail!("{path} is not a folder: {NOTHING_TARGETED}");
            }
            workspace::in_folder(path, None, flags)?
        }
        Format::ProtoFile => {
            ensure!(
                flags.paths.is_empty(),
                "--path is not valid for use with .proto file references"
            );
            ensure!(
                flags.exclude_paths.is_empty(),
                "--exclude-path is not valid for use with .proto file references"
            );
            let folder = path::parent(&path::clean(path));
            workspace::in_folder(&folder, Some((path, reference.include_package_files)), flags)?
        }
        Format::Git => {
            let files = git::files(&reference)?;
            workspace::in_memory(files, &reference.subdir, flags)?
        }
        Format::Tar | Format::Zip => {
            let files = archive::files(&reference)?;
            workspace::in_memory(files, &reference.subdir, flags)?
        }
        Format::Module => bail!(
            "{path} is a module of a registry, which treaty does not read: `buf export {path} -o <folder>` writes its files"
        ),
        Format::Binpb | Format::Json | Format::Txtpb | Format::Yaml => {
            let descriptors = encoding::read(reference.format, packed::read(&reference)?)
                .with_context(|| format!("cannot read {path}"))?;
            return from_image(descriptors, flags);
        }
        Format::Reflection => return from_bytes(path, &reflection::read(path)?, flags),
        Format::Released => return from_bytes(path, &released::read(path)?, flags),
    };
    from_workspace(&workspace::resolve(located)?, flags)
}

/// Reads a revision of the repository around a folder, and the same folder in it.
pub(super) fn read_revision(revision: &str, base: &Path, flags: &Flags) -> anyhow::Result<Input> {
    let (files, prefix) = git::revision(revision, base)?;
    from_workspace(&workspace::resolve(workspace::in_memory(files, &prefix, flags)?)?, flags)
}

/// Whether a text that is no file can only be meant as a revision.
pub(super) fn may_be_revision(text: &str) -> bool {
    let is_plain = parse(text).is_ok_and(|one| one.format == Format::Dir);
    is_plain && !text.contains('#') && !Path::new(text).exists() && !text.ends_with('/')
}

fn from_workspace(workspace: &Workspace, flags: &Flags) -> anyhow::Result<Input> {
    let built = build(workspace, flags.as_one)?;
    Ok(Input { built, plugins: workspace.plugins.clone(), at_proto: workspace.at_proto })
}

fn from_bytes(shown: &str, bytes: &[u8], flags: &Flags) -> anyhow::Result<Input> {
    let descriptors = Descriptors::decode(bytes).with_context(|| format!("cannot read {shown}"))?;
    from_image(descriptors, flags)
}

/// An image is checked as the `buf.yaml` of the current folder says at its top.
fn from_image(descriptors: Descriptors, flags: &Flags) -> anyhow::Result<Input> {
    let mut clean = Vec::new();
    for list in [&flags.paths, &flags.exclude_paths] {
        clean.push(list.iter().map(|one| path::clean(one)).collect::<Vec<_>>());
    }
    let is_meant = |name: &str| {
        (clean[0].is_empty() || path::any_covers(&clean[0], name))
            && !path::any_covers(&clean[1], name)
    };
    let descriptors = descriptors.subset(is_meant);
    let own = descriptors.own().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    ensure!(!own.is_empty(), NOTHING_TARGETED);
    let file = match &flags.config {
        Some(file) => Some(file.clone()),
        None => match std::fs::read_to_string("buf.yaml") {
            Ok(text) => Some(config::parse_buf_yaml("buf.yaml", &text)?),
            Err(_) => None,
        },
    };
    let (configured_in, lint, breaking, plugins) = match file {
        Some(file) => (file.shown, file.lint, file.breaking, file.plugins),
        None => {
            let (lint, breaking) = (LintConfig::new(Version::V1), BreakingConfig::new(Version::V1));
            (String::new(), lint, breaking, Vec::new())
        }
    };
    let files = Arc::new(Files::default());
    let image =
        Image { descriptors, own, lint, breaking, configured_in, files: Arc::clone(&files) };
    let built = Built { images: vec![image], findings: Vec::new(), files };
    Ok(Input { built, plugins, at_proto: false })
}

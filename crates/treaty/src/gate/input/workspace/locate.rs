//! Finds the configuration that an input belongs to, which may stand in a folder around it.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};

use super::super::super::config::{self, BufYaml, Version};
use super::super::super::path;
use super::super::bucket::{Bucket, Folder};
use super::{Flags, Imports};

/// An input, the configuration around it and what the flags say, all relative to the bucket.
#[derive(Debug)]
pub(in crate::gate) struct Located {
    pub(in crate::gate) bucket: Bucket,
    /// The folder that was named.
    pub(super) input: String,
    pub(super) controlling: Option<Controlling>,
    /// Instead of every configuration file.
    pub(super) config: Option<BufYaml>,
    pub(super) paths: Vec<String>,
    pub(super) exclude_paths: Vec<String>,
    /// The one file that is meant, and whether its package is meant with it.
    pub(super) proto_file: Option<(String, bool)>,
    pub(super) imports: Imports,
}

/// The configuration of a workspace.
#[derive(Debug)]
pub(super) enum Controlling {
    V2(Box<BufYaml>),
    /// The folders of a `buf.work.yaml`.
    Work(Vec<String>),
}

/// Locates a folder on disk; with a file in it, only that is meant.
pub(in crate::gate) fn in_folder(
    input: &str,
    proto_file: Option<(&str, bool)>,
    flags: &Flags,
) -> anyhow::Result<Located> {
    let here = std::env::current_dir().context("the current folder is gone")?;
    let here = here.to_str().context("the path of the current folder is not UTF-8")?.to_owned();
    let absolute = |text: &str| {
        if text.starts_with('/') { path::clean(text) } else { path::join(&here, text) }
    };
    let top = |path: &str| path::below("/", path).unwrap_or(path).to_owned();
    let given = absolute(input);
    let is_absolute = input.starts_with('/');
    let from = (!is_absolute).then(|| here.clone());
    let root = bucket("/", from.clone(), flags);
    let found = match flags.config {
        Some(_) => None,
        None => controlling(&root, &top(&given))?,
    };
    let clean = path::clean(input);
    let is_inside = !is_absolute && clean != ".." && !clean.starts_with("../");
    let folder = match &found {
        Some((folder, _)) => path::join("/", folder),
        // What lies below the current folder is a part of it.
        None if is_inside => here.clone(),
        None => given.clone(),
    };
    let below = |text: &String| path::relative(&path::between(&folder, &absolute(text)));
    let mut paths = flags.paths.iter().map(below).collect::<anyhow::Result<Vec<_>>>()?;
    let exclude_paths = flags.exclude_paths.iter().map(below).collect::<anyhow::Result<_>>()?;
    let proto_file = match proto_file {
        Some((file, with_package)) => Some((below(&file.to_owned())?, with_package)),
        None => None,
    };
    paths.extend(proto_file.iter().map(|(file, _)| file.clone()));
    Ok(Located {
        bucket: bucket(&folder, from, flags),
        input: path::between(&folder, &given),
        controlling: found.map(|(_, controlling)| controlling),
        config: flags.config.clone(),
        paths,
        exclude_paths,
        proto_file,
        imports: flags.imports,
    })
}

/// Locates a folder of an archive or a repository.
pub(in crate::gate) fn in_memory(
    files: std::collections::BTreeMap<String, Vec<u8>>,
    subdir: &str,
    flags: &Flags,
) -> anyhow::Result<Located> {
    let whole = Bucket::Memory(files);
    let found = match flags.config {
        Some(_) => None,
        None => controlling(&whole, subdir)?,
    };
    let folder = found.as_ref().map_or(".", |(folder, _)| folder).to_owned();
    let below = |text: &String| -> anyhow::Result<String> {
        let clean = path::relative(text)?;
        path::relative(&path::between(&folder, &path::join(subdir, &clean)))
    };
    let paths = flags.paths.iter().map(below).collect::<anyhow::Result<_>>()?;
    let exclude_paths = flags.exclude_paths.iter().map(below).collect::<anyhow::Result<_>>()?;
    let Bucket::Memory(mut files) = whole else { bail!("an archive is kept in memory") };
    if folder != "." {
        let inside = |(name, bytes): (String, Vec<u8>)| {
            Some((path::below(&folder, &name)?.to_owned(), bytes))
        };
        files = files.into_iter().filter_map(inside).collect();
    }
    Ok(Located {
        bucket: Bucket::Memory(files),
        input: path::between(&folder, subdir),
        controlling: found.map(|(_, controlling)| controlling),
        config: flags.config.clone(),
        paths,
        exclude_paths,
        proto_file: None,
        imports: flags.imports,
    })
}

fn bucket(root: &str, from: Option<String>, flags: &Flags) -> Bucket {
    Bucket::Folder(Folder {
        root: PathBuf::from(root),
        from,
        follow_links: !flags.disable_symlinks,
    })
}

/// The `buf.yaml` of a folder.
pub(super) fn buf_yaml(bucket: &Bucket, folder: &str) -> anyhow::Result<Option<BufYaml>> {
    for name in ["buf.yaml", "buf.mod"] {
        let name = path::join(folder, name);
        if let Some(text) = bucket.text(&name)? {
            return config::parse_buf_yaml(&bucket.shown(&name), &text).map(Some);
        }
    }
    Ok(None)
}

fn buf_work(bucket: &Bucket, folder: &str) -> anyhow::Result<Option<Vec<String>>> {
    for name in ["buf.work.yaml", "buf.work"] {
        let name = path::join(folder, name);
        if let Some(text) = bucket.text(&name)? {
            return config::parse_buf_work(&bucket.shown(&name), &text).map(Some);
        }
    }
    Ok(None)
}

/// The workspace that a folder is of: its own, or one around it that lists it.
fn controlling(bucket: &Bucket, input: &str) -> anyhow::Result<Option<(String, Controlling)>> {
    let mut folder = input.to_owned();
    loop {
        if let Some(found) = controls(bucket, &folder, input)? {
            return Ok(Some((folder, found)));
        }
        if folder == "." {
            return Ok(None);
        }
        folder = path::parent(&folder);
    }
}

fn controls(bucket: &Bucket, folder: &str, input: &str) -> anyhow::Result<Option<Controlling>> {
    let (work, yaml) = (buf_work(bucket, folder)?, buf_yaml(bucket, folder)?);
    ensure!(
        work.is_none() || yaml.is_none(),
        "cannot have a buf.work.yaml and buf.yaml in the same directory \"{folder}\""
    );
    let inner = path::below(folder, input).unwrap_or(".");
    if let Some(file) = yaml.filter(|file| file.version == Version::V2) {
        let lists = |module: &config::ModuleConfig| {
            path::covers(&module.folder, inner) || path::covers(inner, &module.folder)
        };
        if folder == input || file.modules.iter().any(lists) {
            return Ok(Some(Controlling::V2(Box::new(file))));
        }
    }
    let lists = |folders: &Vec<String>| {
        folder == input || folders.iter().any(|one| path::covers(one, inner))
    };
    Ok(work.filter(lists).map(Controlling::Work))
}

/// What an input belongs to that no workspace controls.
pub(super) enum Fallback {
    V2(Box<BufYaml>),
    /// Folders of v1 modules.
    V1(Vec<String>),
}

/// The v1 module around the input, or around the paths that are meant, or the input as a module.
pub(super) fn fallback(located: &Located) -> anyhow::Result<Fallback> {
    let bucket = &located.bucket;
    if let Some(module) = v1_module(bucket, &located.input)? {
        return Ok(Fallback::V1(vec![module]));
    }
    let mut modules = Vec::new();
    if located.proto_file.is_none() {
        let mut workspace: Option<(String, Controlling)> = None;
        for target in &located.paths {
            match controlling(bucket, target)? {
                Some((folder, found)) => {
                    ensure!(
                        workspace.as_ref().is_none_or(|(other, _)| *other == folder),
                        "the paths are of different workspaces"
                    );
                    workspace = Some((folder, found));
                }
                None => modules.extend(v1_module(bucket, target)?),
            }
        }
        match workspace {
            Some((folder, _)) if !modules.is_empty() => {
                bail!(
                    "found a workspace \"{folder}\" that does not contain all found modules: {modules:?}"
                )
            }
            Some((_, Controlling::V2(file))) => return Ok(Fallback::V2(file)),
            Some((_, Controlling::Work(folders))) => modules = folders,
            None => {}
        }
    }
    modules.dedup();
    if modules.is_empty() {
        modules.push(located.input.clone());
    }
    Ok(Fallback::V1(modules))
}

/// The folder at or around a path that has a v1 `buf.yaml`.
fn v1_module(bucket: &Bucket, path: &str) -> anyhow::Result<Option<String>> {
    let mut folder = path.to_owned();
    let mut found: Option<String> = None;
    loop {
        if buf_yaml(bucket, &folder)?.is_some_and(|file| file.version == Version::V1) {
            if let Some(inner) = &found {
                bail!("nested modules \"{inner}\" and \"{folder}\" are not allowed");
            }
            found = Some(folder.clone());
        }
        if folder == "." || folder.starts_with("..") {
            return Ok(found);
        }
        folder = path::parent(&folder);
    }
}

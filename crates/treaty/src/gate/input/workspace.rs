//! Finds the modules of an input and which of their files are meant. — *Does not* read protos.
//! — *Holds*: the same folder means the same modules whether it is on disk, in an archive or in a
//! repository. — *Source*: buf 1.75.0.

mod contracts;
mod locate;
mod target;

use std::collections::BTreeMap;

use anyhow::{bail, ensure};

use super::super::config::{self, BufYaml, ModuleConfig, Version};
use super::super::path;
use super::bucket::Bucket;
pub(in crate::gate) use contracts::Imports;
pub(in crate::gate) use locate::{Located, in_folder, in_memory};
use target::Target;

/// What is said where the input, its paths and its excludes leave nothing.
pub(in crate::gate) const NOTHING_TARGETED: &str = "no .proto files were targeted. This can occur if no .proto files are found in your input, --path points to files that do not exist, or --exclude-path excludes all files.";

/// The flags that change what an input means.
#[derive(Debug, Default, Clone)]
pub(in crate::gate) struct Flags {
    /// As given, relative to the current folder, or to the top of an archive.
    pub(in crate::gate) paths: Vec<String>,
    pub(in crate::gate) exclude_paths: Vec<String>,
    /// Instead of every configuration file.
    pub(in crate::gate) config: Option<BufYaml>,
    pub(in crate::gate) disable_symlinks: bool,
    /// Whether all modules make one image, rather than each its own.
    pub(in crate::gate) as_one: bool,
    pub(in crate::gate) imports: Imports,
}

/// One module and what of it is meant.
#[derive(Debug)]
pub(in crate::gate) struct Module {
    /// Its name, or where it is: what modules are sorted by.
    pub(in crate::gate) id: String,
    pub(in crate::gate) config: ModuleConfig,
    target: Option<Target>,
    /// From names as imports to paths in the bucket.
    pub(in crate::gate) files: BTreeMap<String, String>,
}

/// The modules of an input, by id.
#[derive(Debug)]
pub(in crate::gate) struct Workspace {
    pub(in crate::gate) bucket: Bucket,
    pub(in crate::gate) modules: Vec<Module>,
    /// Modules of a registry that are not in the workspace.
    pub(in crate::gate) missing_deps: Vec<String>,
    /// What the configuration wants to run beside the rules.
    pub(in crate::gate) plugins: Vec<String>,
    /// Whether imports start at the folder `proto`, though nothing is configured.
    pub(in crate::gate) at_proto: bool,
}

impl Module {
    /// Whether a file of this module, by its name as an import, is meant and not only imported.
    pub(in crate::gate) fn is_target(&self, file: &str, package: impl Fn(&str) -> String) -> bool {
        self.target.as_ref().is_some_and(|target| target.holds(file, package))
    }

    /// Whether the packages of all files must be known to tell which are meant.
    pub(in crate::gate) fn needs_packages(&self) -> bool {
        self.target.as_ref().is_some_and(Target::is_package)
    }
}

/// A module as the configuration lists it, before it is known which files it has.
struct Listed {
    folder: String,
    config: ModuleConfig,
    id: String,
}

/// Resolves what was located.
pub(in crate::gate) fn resolve(located: Located) -> anyhow::Result<Workspace> {
    target::validate(&located)?;
    let Lists { listed, deps, plugins, locked, at_proto } = list(&located)?;
    let is_meant =
        |one: &Listed| located.proto_file.is_some() || path::covers(&located.input, &one.folder);
    if !listed.iter().any(is_meant) {
        return Err(outside(&located, &listed)?);
    }
    let mut modules = Vec::new();
    for one in listed {
        let meant = is_meant(&one);
        let target = if meant { Target::new(&one.folder, &one.config, &located)? } else { None };
        let files = files(&located.bucket, &one)?;
        modules.push((one.folder, Module { id: one.id, config: one.config, target, files }));
    }
    ensure!(modules.iter().any(|(_, module)| module.target.is_some()), NOTHING_TARGETED);
    for (folder, module) in &modules {
        let is_needed = module.target.is_some();
        ensure!(
            !is_needed || !module.files.is_empty(),
            "Module \"path: \"{folder}\"\" had no .proto files"
        );
    }
    let mut modules: Vec<Module> = modules.into_iter().map(|(_, module)| module).collect();
    modules.sort_by(|a, b| a.id.cmp(&b.id));
    let is_here = |dep: &String| modules.iter().any(|one| one.config.name.as_ref() == Some(dep));
    let missing_deps: Vec<String> = deps.into_iter().filter(|dep| !is_here(dep)).collect();
    if let Some(locked) = locked {
        let forgotten: Vec<_> = missing_deps.iter().filter(|dep| !locked.contains(dep)).collect();
        ensure!(
            forgotten.is_empty(),
            "{forgotten:?} declared in buf.yaml deps but not present in buf.lock; `buf dep update` updates the lock file"
        );
    }
    Ok(Workspace { bucket: located.bucket, modules, missing_deps, plugins, at_proto })
}

/// What the configuration says, all together.
#[derive(Default)]
struct Lists {
    listed: Vec<Listed>,
    deps: Vec<String>,
    plugins: Vec<String>,
    /// The modules that lock files pin; none where there is no lock file.
    locked: Option<Vec<String>>,
    at_proto: bool,
}

fn list(located: &Located) -> anyhow::Result<Lists> {
    if let Some(file) = &located.config {
        return match file.version {
            Version::V2 => Ok(v2(file)),
            _ => v1(located, std::slice::from_ref(&located.input), Some(file)),
        };
    }
    match &located.controlling {
        Some(locate::Controlling::V2(file)) => {
            Ok(Lists { locked: lock(&located.bucket, ".", Version::V2)?, ..v2(file) })
        }
        Some(locate::Controlling::Work(folders)) => v1(located, folders, None),
        None => match locate::fallback(located)? {
            locate::Fallback::V2(file) => Ok(v2(&file)),
            locate::Fallback::V1(folders) if folders == [located.input.as_str()] => {
                let Some(proto) = contracts::root(located)? else {
                    return v1(located, &folders, None);
                };
                Ok(Lists { at_proto: true, ..v1(located, &[proto], None)? })
            }
            locate::Fallback::V1(folders) => v1(located, &folders, None),
        },
    }
}

fn v2(file: &BufYaml) -> Lists {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut listed = Vec::new();
    for config in &file.modules {
        let number = seen.entry(&config.folder).or_default();
        *number += 1;
        let place = match *number {
            1 => config.folder.clone(),
            number => format!("{}-{number}", config.folder),
        };
        let id = config.name.clone().unwrap_or(place);
        listed.push(Listed { folder: config.folder.clone(), config: config.clone(), id });
    }
    let (deps, plugins) = (file.deps.clone(), file.plugins.clone());
    Lists { listed, deps, plugins, ..Lists::default() }
}

fn v1(located: &Located, folders: &[String], over: Option<&BufYaml>) -> anyhow::Result<Lists> {
    let mut lists = Lists::default();
    for folder in folders {
        let own;
        let file = match over {
            Some(file) => Some(file),
            None => {
                own = locate::buf_yaml(&located.bucket, folder)?;
                own.as_ref()
            }
        };
        let version = file.map_or(Version::V1, |file| file.version);
        if version == Version::V2 {
            bail!("buf.yaml at {folder} did not have version v1beta1 or v1");
        }
        if let Some(names) = lock(&located.bucket, folder, version)? {
            lists.locked.get_or_insert_default().extend(names);
        }
        let config = match file {
            Some(file) => {
                lists.deps.extend(file.deps.iter().cloned());
                let first = file.modules.first().cloned();
                first.unwrap_or_else(|| ModuleConfig::without_file(Version::V1))
            }
            None => ModuleConfig::without_file(Version::V1),
        };
        let id = config.name.clone().unwrap_or_else(|| folder.clone());
        lists.listed.push(Listed { folder: folder.clone(), config, id });
    }
    Ok(lists)
}

fn lock(bucket: &Bucket, folder: &str, version: Version) -> anyhow::Result<Option<Vec<String>>> {
    let name = path::join(folder, "buf.lock");
    match bucket.text(&name)? {
        Some(text) => config::parse_buf_lock(&bucket.shown(&name), &text, version).map(Some),
        None => Ok(None),
    }
}

/// The protos of a module by their names as imports.
fn files(bucket: &Bucket, module: &Listed) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for root in &module.config.roots {
        let folder = path::join(&module.folder, &root.folder);
        for name in bucket.protos(&folder, &root.excludes)? {
            if !root.includes.is_empty() && !path::any_covers(&root.includes, &name) {
                continue;
            }
            let place = path::join(&folder, &name);
            if let Some(other) = files.insert(name.clone(), place.clone()) {
                bail!("{name} is contained in multiple roots: {other} and {place}");
            }
        }
    }
    Ok(files)
}

/// Why no module is meant by the input.
fn outside(located: &Located, listed: &[Listed]) -> anyhow::Result<anyhow::Error> {
    let input = &located.input;
    if let Some(around) = listed.iter().find(|one| path::contains(&one.folder, input)) {
        if located.bucket.protos(input, &[])?.is_empty() {
            return Ok(anyhow::anyhow!(NOTHING_TARGETED));
        }
        return Ok(anyhow::anyhow!(
            "failed to build input \"{input}\" because it is contained by module at path \"{}\" specified in your configuration, you must provide the workspace or module as the input, and filter to this path using --path",
            around.folder
        ));
    }
    let folders: Vec<&str> = listed.iter().map(|one| one.folder.as_str()).collect();
    Ok(anyhow::anyhow!("input \"{input}\" did not contain modules found in workspace {folders:?}"))
}

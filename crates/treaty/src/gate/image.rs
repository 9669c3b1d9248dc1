//! What is compared and linted: linked files, how people are told of them, and how they are to be
//! checked. — *Does not* read inputs. — *Holds*: one image per module, and what only one image
//! needs does not spoil another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{bail, ensure};
use treaty_engine::{Descriptors, Finding, Sources};

use super::config::{BreakingConfig, LintConfig};
use super::engine;
use super::input::{Module, NOTHING_TARGETED, Workspace};
use super::scan::{self, Head};

/// The files of one module, or of one descriptor set.
#[derive(Debug)]
pub(super) struct Image {
    /// Own files are those that are meant; the others are imported.
    pub(super) descriptors: Descriptors,
    pub(super) own: BTreeSet<String>,
    pub(super) lint: LintConfig,
    pub(super) breaking: BreakingConfig,
    pub(super) files: Arc<Files>,
}

/// How people are told of files.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) sources: Sources,
    /// By name as an import.
    shown: BTreeMap<String, String>,
    /// The full names of the modules that files are of, where they have one.
    pub(super) modules: BTreeMap<String, String>,
}

impl Files {
    /// The path that people know a file by.
    pub(super) fn shown<'a>(&'a self, name: &'a str) -> &'a str {
        self.shown.get(name).map_or(name, String::as_str)
    }
}

/// Images, or what does not compile.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) images: Vec<Image>,
    /// Of the first image that does not compile; then there are no images.
    pub(super) findings: Vec<Finding>,
    pub(super) files: Arc<Files>,
}

/// An image before it is compiled.
struct Plan<'a> {
    module: &'a Module,
    own: BTreeSet<String>,
    /// Own files and all that they import.
    all: BTreeSet<String>,
}

/// Compiles the modules of a workspace, each alone or as one image.
pub(super) fn build(workspace: &Workspace, as_one: bool) -> anyhow::Result<Built> {
    let mut texts = Texts::default();
    let mut plans = Vec::new();
    for module in &workspace.modules {
        let own = targets(module, workspace, &mut texts)?;
        if !own.is_empty() {
            let all = texts.with_imports(&own, workspace)?;
            plans.push(Plan { module, own, all });
        }
    }
    ensure!(!plans.is_empty(), NOTHING_TARGETED);
    if as_one {
        let rest = plans.split_off(1);
        for plan in rest {
            plans[0].own.extend(plan.own);
            plans[0].all.extend(plan.all);
        }
    }
    let (broken, files) = texts.into_files(workspace);
    let files = Arc::new(files);
    let (images, findings) = compile(&plans, &broken, &files);
    Ok(Built { images, findings, files })
}

/// Compiles everything once; and each image alone where that finds something, which may be a
/// conflict between images that never meet.
fn compile(
    plans: &[Plan<'_>],
    broken: &[Finding],
    files: &Arc<Files>,
) -> (Vec<Image>, Vec<Finding>) {
    let (together, findings) = match plans {
        [_] | [] => (None, Vec::new()),
        _ if broken.is_empty() => {
            let (descriptors, findings) = engine::compile(&files.sources);
            (Some(descriptors), findings)
        }
        _ => (None, Vec::new()),
    };
    let together = together.filter(|_| findings.is_empty());
    let mut images = Vec::new();
    for plan in plans {
        let (all, mut findings) = match &together {
            Some(descriptors) => (descriptors.clone(), Vec::new()),
            None => engine::compile(&plan.sources(&files.sources)),
        };
        findings.extend(broken.iter().filter(|one| plan.all.contains(&one.path)).cloned());
        if !findings.is_empty() {
            return (Vec::new(), findings);
        }
        images.push(Image {
            descriptors: all.subset(|name| plan.own.contains(name)),
            own: plan.own.clone(),
            lint: plan.module.config.lint.clone(),
            breaking: plan.module.config.breaking.clone(),
            files: Arc::clone(files),
        });
    }
    (images, Vec::new())
}

impl Plan<'_> {
    fn sources(&self, all: &Sources) -> Sources {
        if all.len() == self.all.len() {
            return all.clone();
        }
        let wanted = all.iter().filter(|(name, _)| self.all.contains(*name));
        wanted.map(|(name, text)| (name.clone(), text.clone())).collect()
    }
}

fn targets(
    module: &Module,
    workspace: &Workspace,
    texts: &mut Texts,
) -> anyhow::Result<BTreeSet<String>> {
    // Packages are looked up only where a single file asks for its whole package.
    let mut packages = BTreeMap::new();
    if module.needs_packages() {
        texts.load(
            module.files.iter().map(|(name, place)| (name.as_str(), place.as_str())),
            workspace,
        )?;
        for name in module.files.keys() {
            packages.insert(name.clone(), texts.package(name));
        }
    }
    let package = |name: &str| packages.get(name).cloned().unwrap_or_default();
    let own = module.files.keys().filter(|name| module.is_target(name, package));
    let own: BTreeSet<String> = own.cloned().collect();
    for name in &own {
        // That no other module has it too.
        place(name, workspace)?;
    }
    let places = own
        .iter()
        .filter_map(|name| module.files.get(name).map(|place| (name.as_str(), place.as_str())));
    texts.load(places, workspace)?;
    Ok(own)
}

/// The texts that were read so far, by name as an import.
#[derive(Default)]
struct Texts {
    read: BTreeMap<String, Text>,
}

struct Text {
    place: String,
    /// What it says, or where it stops being UTF-8.
    text: Result<String, (u32, u32)>,
    head: Head,
}

impl Texts {
    /// Reads files that were not read before, in parallel where they are many.
    fn load<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, &'a str)>,
        workspace: &Workspace,
    ) -> anyhow::Result<()> {
        let missing: Vec<_> = files.filter(|(name, _)| !self.read.contains_key(*name)).collect();
        let read = |part: &[(&str, &str)]| -> anyhow::Result<Vec<(String, Text)>> {
            part.iter()
                .map(|(name, place)| Ok(((*name).to_owned(), text(place, workspace)?)))
                .collect()
        };
        if missing.len() < MANY {
            self.read.extend(read(&missing)?);
            return Ok(());
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let parts = std::thread::scope(|scope| {
            let started: Vec<_> = missing
                .chunks(missing.len().div_ceil(threads))
                .map(|part| scope.spawn(move || read(part)))
                .collect();
            started
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| bail!("reading files panicked")))
                .collect::<anyhow::Result<Vec<_>>>()
        })?;
        self.read.extend(parts.into_iter().flatten());
        Ok(())
    }

    fn package(&self, name: &str) -> String {
        self.read.get(name).map(|text| text.head.package.clone()).unwrap_or_default()
    }

    /// Reads all that these files import, near or far, and names it with them.
    fn with_imports(
        &mut self,
        own: &BTreeSet<String>,
        workspace: &Workspace,
    ) -> anyhow::Result<BTreeSet<String>> {
        let mut all = own.clone();
        let mut new: Vec<String> = own.iter().cloned().collect();
        while !new.is_empty() {
            let mut found = BTreeMap::new();
            for name in &new {
                let Some(text) = self.read.get(name) else { continue };
                for import in &text.head.imports {
                    if all.contains(&import.name) || found.contains_key(&import.name) {
                        continue;
                    }
                    match place(&import.name, workspace)? {
                        Some(place) => _ = found.insert(import.name.clone(), place),
                        None if engine::is_built_in(&import.name) => {}
                        None if workspace.missing_deps.is_empty() => {}
                        None => bail!(
                            "{}:{}:{}: \"{}\" is in no module of the workspace, and of a registry nothing is read: vendor {} into the workspace (`buf export` writes their files)",
                            workspace.bucket.shown(&text.place),
                            import.line,
                            import.column,
                            import.name,
                            workspace.missing_deps.join(", ")
                        ),
                    }
                }
            }
            self.load(
                found.iter().map(|(name, place)| (name.as_str(), place.as_str())),
                workspace,
            )?;
            new = found.into_keys().collect();
            all.extend(new.iter().cloned());
        }
        Ok(all)
    }

    /// What could not be read as text, and the rest.
    fn into_files(self, workspace: &Workspace) -> (Vec<Finding>, Files) {
        let (mut broken, mut files) = (Vec::new(), Files::default());
        for module in &workspace.modules {
            for (name, full) in module.files.keys().zip(std::iter::repeat(&module.config.name)) {
                if let Some(full) = full.as_ref().filter(|_| self.read.contains_key(name)) {
                    files.modules.insert(name.clone(), full.clone());
                }
            }
        }
        for (name, text) in self.read {
            files.shown.insert(name.clone(), workspace.bucket.shown(&text.place));
            match text.text {
                Ok(text) => _ = files.sources.insert(name, text.into()),
                Err(at) => {
                    let message = "the file is not UTF-8".to_owned();
                    broken.push(Finding::in_file(Finding::COMPILE, &name, at, message));
                }
            }
        }
        (broken, files)
    }
}

/// From how many files on threads are worth their start.
const MANY: usize = 64;

fn text(place: &str, workspace: &Workspace) -> anyhow::Result<Text> {
    let bytes = workspace.bucket.read(place)?;
    let Some(bytes) = bytes else { bail!("{} is gone", workspace.bucket.shown(place)) };
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        super::manifest::place(&sound, sound.len())
    });
    let head = text.as_deref().map(scan::head).unwrap_or_default();
    Ok(Text { place: place.to_owned(), text, head })
}

/// Where an import is.
fn place(name: &str, workspace: &Workspace) -> anyhow::Result<Option<String>> {
    let mut holding = workspace.modules.iter().filter(|module| module.files.contains_key(name));
    let Some(module) = holding.next() else { return Ok(None) };
    if let Some(other) = holding.next() {
        bail!("{name} is contained in multiple modules: {} and {}", module.id, other.id);
    }
    Ok(module.files.get(name).cloned())
}

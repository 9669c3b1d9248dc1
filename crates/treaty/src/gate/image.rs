//! What is compared and linted: linked files, how people are told of them, and how they are to be
//! checked. — *Does not* read inputs. — *Holds*: one image per module, and what only one image
//! needs does not spoil another.

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::ensure;
use treaty_engine::{Descriptors, Finding, Sources};

use super::config::{BreakingConfig, LintConfig};
use super::engine;
use super::input::{Module, NOTHING_TARGETED, Workspace};
use super::select::{Kind, Section};

use texts::Texts;

/// The files of one module, or of one descriptor set.
#[derive(Debug)]
pub(super) struct Image {
    /// Own files are those that are meant; the others are imported.
    pub(super) descriptors: Descriptors,
    pub(super) own: BTreeSet<String>,
    pub(super) lint: LintConfig,
    pub(super) breaking: BreakingConfig,
    /// The file that configures both; empty where there is none.
    pub(super) configured_in: String,
    pub(super) files: Arc<Files>,
}

impl Image {
    /// What is configured for one of the commands.
    pub(super) fn section(&self, kind: Kind) -> Section<'_> {
        let check = match kind {
            Kind::Breaking => &self.breaking.check,
            Kind::Lint => &self.lint.check,
        };
        Section { kind, file: &self.configured_in, check }
    }

    /// What is configured for either command.
    pub(super) fn sections(images: &[Self]) -> Vec<Section<'_>> {
        let both = |image| [Kind::Lint, Kind::Breaking].map(|kind| Self::section(image, kind));
        images.iter().flat_map(both).collect()
    }
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
    let own = plans.iter().flat_map(|plan| &plan.own).map(String::as_str).collect();
    let (broken, files) = texts.into_files(&own, workspace);
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
            configured_in: plan.module.config.file.clone(),
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
        texts::place(name, workspace)?;
    }
    let places = own
        .iter()
        .filter_map(|name| module.files.get(name).map(|place| (name.as_str(), place.as_str())));
    texts.load(places, workspace)?;
    Ok(own)
}

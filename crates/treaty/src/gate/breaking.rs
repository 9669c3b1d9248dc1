//! `treaty breaking`: one version of some protos against another, as `buf breaking` does it.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use treaty_engine::{Change, Verdict};

use super::arguments::{self, Common};
use super::config::BreakingConfig;
use super::engine;
use super::filter::{Filter, Side};
use super::format::{self, Annotation, ErrorFormat};
use super::image::{Files, Image};
use super::input::{self, Flags, Input};
use super::render::{self, Paint};
use super::report::{self, Report};
use super::select::{Kind, Section, Selection};

/// Compare protos with another version of them
///
/// Reads modules and rules from the input's buf.yaml, as `buf breaking` does. Exits with 100 if
/// something breaks or does not compile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty breaking --against '.git#branch=main'\n  treaty breaking proto --against v1.2.0 --category WIRE_JSON\n  treaty breaking --against image.binpb --error-format json\n  treaty breaking proto --against released\n  treaty breaking grpc://localhost:50051 --against ."
)]
pub(crate) struct BreakingArgs {
    #[command(flatten)]
    common: Common,
    /// The older version: as INPUT, or a git revision of the repository that INPUT is in
    #[arg(long, value_name = "INPUT", allow_hyphen_values = true)]
    against: Option<String>,
    /// Of a registry, which treaty does not read
    #[arg(long, hide = true)]
    against_registry: bool,
    /// The buf.yaml file or data to use to configure the against source or image
    #[arg(long, value_name = "FILE|DATA")]
    against_config: Option<String>,
    /// Exclude imports from breaking change detection
    #[arg(long)]
    exclude_imports: bool,
    /// Only run breaking checks against the files in the input; overrides --path
    #[arg(long)]
    limit_to_input_files: bool,
    /// Use these rules instead of buf.yaml's; may be repeated
    #[arg(long, value_name = "RULE|CATEGORY", value_delimiter = ',')]
    category: Vec<String>,
}

/// Runs `treaty breaking`.
pub(crate) fn breaking(args: &BreakingArgs) -> anyhow::Result<Report> {
    ensure!(!args.against_registry, "--against-registry: no registry is read; use --against");
    let Some(against) = args.against.as_deref().filter(|text| !text.is_empty()) else {
        bail!("must set --against");
    };
    let format = args.common.error_format();
    if format == ErrorFormat::ConfigIgnoreYaml {
        bail!("--error-format config-ignore-yaml is for lint");
    }
    let name = args.common.input();
    let new = input::read(&name, &args.common.flags()?).context("cannot read the input")?;
    let title = "treaty breaking";
    if !new.built.findings.is_empty() {
        return Ok(report::broken(&new.built, format, title));
    }
    report::no_plugins(&new.plugins)?;
    let old = old(args, against, &name, &new).context("cannot read what to compare with")?;
    if !old.built.findings.is_empty() {
        return Ok(report::broken(&old.built, format, title));
    }
    let mut found = Found::default();
    let sections = Image::sections(&new.built.images);
    for (new, old) in pairs(&new.built.images, &old.built.images)? {
        found.compare(new, old, &sections, args)?;
    }
    Ok(found.report(format, title, &new.built.files))
}

fn old(args: &BreakingArgs, against: &str, name: &str, new: &Input) -> anyhow::Result<Input> {
    let shown = |image: &Image| -> Vec<String> {
        engine::files(&image.descriptors)
            .iter()
            .map(|file| image.files.shown(file).to_owned())
            .collect()
    };
    let flags = Flags {
        config: arguments::given(args.against_config.as_deref())?,
        paths: match args.limit_to_input_files {
            true => {
                let all: BTreeSet<String> = new.built.images.iter().flat_map(shown).collect();
                all.into_iter().collect()
            }
            false => args.common.path.clone(),
        },
        ..args.common.flags()?
    };
    if input::may_be_revision(against) {
        let folder = Path::new(name.split('#').next().unwrap_or_default());
        let base = if folder.is_dir() { folder } else { Path::new(".") };
        return input::read_revision(against, base, &flags);
    }
    input::read(against, &flags)
}

/// Which image is compared with which: in order, without those that the old version did not have.
fn pairs<'a>(new: &'a [Image], old: &'a [Image]) -> anyhow::Result<Vec<(&'a Image, &'a Image)>> {
    let wrong_number = || {
        anyhow::anyhow!(
            "input contained {} images, whereas against contained {} images",
            new.len(),
            old.len()
        )
    };
    if new.len() == old.len() {
        return Ok(new.iter().zip(old).collect());
    }
    let alike = new.windows(2).all(|two| two[0].breaking == two[1].breaking);
    if new.len() < old.len() || !alike {
        return Err(wrong_number());
    }
    let mut taken = BTreeSet::new();
    let mut kept = Vec::new();
    for image in new {
        let same = |(at, old): &(usize, &Image)| {
            !taken.contains(at) && image.own.iter().any(|file| old.own.contains(file))
        };
        if let Some((at, _)) = old.iter().enumerate().find(same) {
            taken.insert(at);
            kept.push(image);
        }
    }
    if kept.len() != old.len() {
        return Err(wrong_number());
    }
    Ok(kept.into_iter().zip(old).collect())
}

/// What all pairs of images gave.
#[derive(Default)]
struct Found {
    annotations: Vec<Annotation>,
    changes: Vec<Change>,
    warnings: BTreeSet<String>,
}

impl Found {
    fn compare(
        &mut self,
        new: &Image,
        old: &Image,
        sections: &[Section<'_>],
        args: &BreakingArgs,
    ) -> anyhow::Result<()> {
        let mut config: BreakingConfig = new.breaking.clone();
        let mut file = new.configured_in.as_str();
        if !args.category.is_empty() {
            config.check.chosen.clone_from(&args.category);
            file = "--category";
        }
        let section = Section { kind: Kind::Breaking, file, check: &config.check };
        let selection = section.select(sections)?;
        self.warn(&selection);
        let comparison = engine::breaking(
            &old.descriptors,
            &new.descriptors,
            &selection.ids,
            args.common.error_format().tells_verdicts(),
        );
        let filter = Filter {
            selection: &selection,
            exclude_imports: args.exclude_imports,
            ignore_unstable_packages: config.ignore_unstable_packages,
            new: Side { descriptors: &new.descriptors, own: &new.own },
            old: Some(Side { descriptors: &old.descriptors, own: &old.own }),
        };
        let counted = comparison.findings.into_iter().filter(|finding| filter.counts(finding));
        self.annotations.extend(counted.map(|finding| Annotation::new(finding, &new.files)));
        self.changes.extend(comparison.changes);
        Ok(())
    }

    fn warn(&mut self, selection: &Selection) {
        self.warnings.extend(selection.warnings.iter().cloned());
    }

    fn report(mut self, format: ErrorFormat, title: &str, files: &Files) -> Report {
        let annotations = format::sorted(self.annotations);
        let mut text = report::print(format, &annotations, files, title);
        if format == ErrorFormat::Rich {
            // A shared file is in several images.
            let mut seen = BTreeSet::new();
            self.changes.retain(|change| seen.insert(render::change(change)));
            text += &summary(annotations.len(), &self.changes, Paint::stdout());
        }
        let warnings = self.warnings.into_iter().collect();
        Report { text, clean: annotations.is_empty(), warnings, ..Report::default() }
    }
}

fn summary(findings: usize, changes: &[Change], paint: Paint) -> String {
    let state = match findings {
        0 => paint.good("ok"),
        number => paint.error(&render::count(number, "finding")),
    };
    let verdict = Verdict::join_all(changes.iter().map(|change| change.verdict));
    let mut text = format!(
        "{state}, {}; {}\n",
        render::count(changes.len(), "change"),
        render::rollout(verdict)
    );
    for change in changes {
        text += &format!("  {}\n", render::change(change));
    }
    text
}

//! `treaty lint`: whether protos follow the rules of style and structure, as `buf lint` does it.

use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::Args;

use super::arguments::Common;
use super::engine;
use super::filter::{Filter, Side};
use super::format::{self, Annotation};
use super::image::Image;
use super::input;
use super::report::{self, Report};
use super::select::{Kind, Section};

/// Check protos against the rules of style and structure
///
/// Reads modules and rules from the input's buf.yaml, as `buf lint` does. Exits with 100 if
/// something is found or does not compile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty lint\n  treaty lint proto --error-format github-actions\n  treaty lint --path proto/shop/orders"
)]
pub(crate) struct LintArgs {
    #[command(flatten)]
    common: Common,
}

/// Runs `treaty lint`.
pub(crate) fn lint(args: &LintArgs) -> anyhow::Result<Report> {
    let format = args.common.error_format();
    let title = "treaty lint";
    let input = input::read(&args.common.input(), &args.common.flags()?)
        .context("cannot read the input")?;
    if !input.built.findings.is_empty() {
        return Ok(report::broken(&input.built, format, title));
    }
    report::no_plugins(&input.plugins)?;
    let (mut annotations, mut warnings) = (Vec::new(), BTreeSet::new());
    let sections = Image::sections(&input.built.images);
    for image in &input.built.images {
        annotations.extend(check(image, &sections, &mut warnings)?);
    }
    let annotations = format::sorted(annotations);
    let text = report::print(format, &annotations, &input.built.files, title);
    let warnings = warnings.into_iter().collect();
    Ok(Report { text, clean: annotations.is_empty(), warnings, ..Report::default() })
}

fn check(
    image: &Image,
    sections: &[Section<'_>],
    warnings: &mut BTreeSet<String>,
) -> anyhow::Result<Vec<Annotation>> {
    let selection = image.section(Kind::Lint).select(sections)?;
    warnings.extend(selection.warnings.iter().cloned());
    let filter = Filter {
        selection: &selection,
        exclude_imports: false,
        ignore_unstable_packages: false,
        new: Side { descriptors: &image.descriptors, own: &image.own },
        old: None,
    };
    let findings = engine::lint(&image.descriptors, &selection.ids, &image.lint);
    let counted = findings.into_iter().filter(|finding| filter.counts(finding));
    Ok(counted.map(|finding| Annotation::new(finding, &image.files)).collect())
}

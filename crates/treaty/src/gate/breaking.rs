//! `treaty breaking`: one version of some protos against another, as `buf breaking` does it.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use treaty_engine::{Comparison, Finding, compare, rules};

use super::input::{self, Input};
use super::render::{self, Paint};
use super::{Format, Report, wrong_usage};

/// Compare protos with another version of them
///
/// Reads modules and rules from the input's buf.yaml (v2), as `buf breaking` does. Exits with 100
/// if something breaks.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty breaking --against '.git#branch=main'\n  treaty breaking proto --against v1.2.0 --category WIRE_JSON\n  treaty breaking --against released.binpb --format json"
)]
pub(crate) struct BreakingArgs {
    /// A folder, `<repository>/.git#ref=...,subdir=...`, or a descriptor set
    #[arg(default_value = ".")]
    input: String,
    /// The older version: as INPUT, or a git revision of the repository that INPUT is in
    #[arg(long, value_name = "INPUT")]
    against: String,
    /// Use these rules instead of buf.yaml's; may be repeated
    #[arg(long, value_name = "FILE|PACKAGE|WIRE_JSON|WIRE")]
    category: Vec<String>,
    /// How to print what was found; json is one object a line, as buf prints it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs `treaty breaking`.
pub(crate) fn breaking(args: &BreakingArgs) -> anyhow::Result<Report> {
    let new = input::read(&args.input, None).context("cannot read the input")?;
    let folder = Path::new(args.input.split('#').next().unwrap_or_default());
    let base = if folder.is_dir() { folder } else { Path::new(".") };
    let old = input::read(&args.against, Some(base)).context("cannot read what to compare with")?;
    if let Some(first) = old.findings.first() {
        bail!(
            "cannot read what to compare with: {}:{}:{}: {}",
            first.path,
            first.line,
            first.column,
            first.message
        );
    }
    let chosen = if args.category.is_empty() { &new.config.chosen } else { &args.category };
    let rules = rules::select(chosen, &new.config.except)
        .map_err(|error| wrong_usage(error.to_string()))?;
    if !new.findings.is_empty() {
        return Ok(report(args, &new, &new.findings, None));
    }
    let comparison = compare(&old.descriptors.schema(), &new.descriptors.schema(), &rules);
    Ok(report(args, &new, &comparison.findings, Some(&comparison)))
}

fn report(
    args: &BreakingArgs,
    new: &Input,
    findings: &[Finding],
    comparison: Option<&Comparison>,
) -> Report {
    let shown =
        |finding: &Finding| Finding { path: new.path(&finding.path).to_owned(), ..finding.clone() };
    let mut text = String::new();
    for finding in findings {
        match args.format {
            Format::Json => text += &(as_buf(&shown(finding)).to_string() + "\n"),
            Format::Text => {
                text +=
                    &render::finding(&shown(finding), new.source(&finding.path), Paint::stdout());
                text.push('\n');
            }
        }
    }
    if let (Format::Text, Some(comparison)) = (args.format, comparison) {
        text += &summary(comparison, Paint::stdout());
    }
    Report { text, clean: findings.is_empty() }
}

fn summary(comparison: &Comparison, paint: Paint) -> String {
    let state = match comparison.findings.len() {
        0 => paint.good("ok"),
        number => paint.error(&render::count(number, "finding")),
    };
    let mut text = format!(
        "{state}, {}; {}\n",
        render::count(comparison.changes.len(), "change"),
        render::rollout(comparison.verdict())
    );
    for change in &comparison.changes {
        text += &format!("  {}\n", render::change(change));
    }
    text
}

/// buf's keys, so that what reads buf's output reads this.
fn as_buf(finding: &Finding) -> serde_json::Value {
    let mut line = serde_json::Map::new();
    if !finding.deleted {
        line.insert("path".to_owned(), json!(finding.path));
    }
    line.insert("start_line".to_owned(), json!(finding.line));
    line.insert("start_column".to_owned(), json!(finding.column));
    line.insert("end_line".to_owned(), json!(finding.end_line));
    line.insert("end_column".to_owned(), json!(finding.end_column));
    line.insert("type".to_owned(), json!(finding.rule));
    line.insert("message".to_owned(), json!(finding.message));
    line.into()
}

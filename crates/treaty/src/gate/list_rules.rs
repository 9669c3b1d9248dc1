//! `treaty config ls-breaking-rules` and `ls-lint-rules`: the rules, or those that a configuration
//! chooses. — *Holds*: ids, categories, defaults and order are buf's; what each is for is told in our
//! words. — *Source*: buf 1.75.0.

mod row;

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};

use super::arguments;
use super::config::{self, BufYaml, ModuleConfig, Version};
use super::path;
use super::report::Report;
use super::select::Kind;
use row::Row;

/// Look at what a configuration means
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty config ls-breaking-rules\n  treaty config ls-lint-rules --configured-only --format json"
)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List breaking rules
    LsBreakingRules(ListArgs),
    /// List lint rules
    LsLintRules(ListArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// List only the rules that buf.yaml chooses
    #[arg(long)]
    configured_only: bool,
    /// The buf.yaml file or data to use; needs --configured-only
    #[arg(long, value_name = "FILE|DATA")]
    config: Option<String>,
    /// The module of buf.yaml to list the rules of; needs --configured-only
    #[arg(long, value_name = "PATH")]
    module_path: Option<String>,
    /// The version of buf.yaml to list all rules of: v1beta1, v1 or v2
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Also list deprecated rules and categories
    #[arg(long)]
    include_deprecated: bool,
    /// How to print them
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs `treaty config`.
pub(crate) fn config(args: &ConfigArgs) -> anyhow::Result<Report> {
    let (kind, args) = match &args.command {
        Command::LsBreakingRules(args) => (Kind::Breaking, args),
        Command::LsLintRules(args) => (Kind::Lint, args),
    };
    let mut warnings = Vec::new();
    let rows = if args.configured_only {
        ensure!(args.version.is_none(), "--version cannot be set if --configured-only is set");
        let modules = modules(args)?;
        let section = meant(&modules, args)?.section(kind);
        let both = |one| [Kind::Lint, Kind::Breaking].map(|kind| ModuleConfig::section(one, kind));
        let others: Vec<_> = modules.iter().flat_map(both).collect();
        let selection = section.select(&others)?;
        let mut rows = Row::all(kind, section.check.version.into(), args.include_deprecated);
        rows.retain(|row| selection.ids.contains(row.id));
        warnings = selection.warnings;
        rows
    } else {
        ensure!(args.config.is_none(), "--configured-only must be set if --config is specified");
        let alone = args.module_path.is_none();
        ensure!(alone, "--configured-only must be set if --module-path is specified");
        Row::all(kind, version(args)?.into(), args.include_deprecated)
    };
    let text = match args.format {
        Format::Text => row::table(&rows),
        Format::Json => row::lines(&rows),
    };
    Ok(Report { text, clean: true, warnings, ..Report::default() })
}

/// The version that is asked for, or that of the current folder's buf.yaml.
fn version(args: &ListArgs) -> anyhow::Result<Version> {
    Ok(match args.version.as_deref() {
        Some("v1beta1") => Version::V1Beta1,
        Some("v1") => Version::V1,
        Some("v2") => Version::V2,
        Some(other) => bail!("unknown file version: \"{other}\""),
        None => here()?.map_or(Version::V2, |file| file.version),
    })
}

fn here() -> anyhow::Result<Option<BufYaml>> {
    if !Path::new("buf.yaml").is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string("buf.yaml").context("cannot read buf.yaml")?;
    config::parse_buf_yaml("buf.yaml", &text).map(Some)
}

/// The modules of the configuration.
fn modules(args: &ListArgs) -> anyhow::Result<Vec<ModuleConfig>> {
    let file = match arguments::given(args.config.as_deref())? {
        Some(file) => Some(file),
        None => here()?,
    };
    Ok(file.map_or_else(|| vec![ModuleConfig::without_file(Version::V2)], |file| file.modules))
}

/// The one that is meant.
fn meant<'a>(modules: &'a [ModuleConfig], args: &ListArgs) -> anyhow::Result<&'a ModuleConfig> {
    if let Some(wanted) = &args.module_path {
        let wanted = path::clean(wanted);
        let found = modules.iter().find(|module| path::clean(&module.folder) == wanted);
        return found.with_context(|| format!("no module found for path \"{wanted}\""));
    }
    match modules {
        [one] => Ok(one),
        _ => bail!("--module-path must be specified if buf.yaml has more than one module"),
    }
}

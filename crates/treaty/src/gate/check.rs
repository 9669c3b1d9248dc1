//! `treaty check`: every contract of a workspace against all of its released versions.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use treaty_engine::{Finding, Judgement, Severity, Verdict};

use super::cache::Cache;
use super::contract::Contract;
use super::format::{self, Annotation, ErrorFormat};
use super::image::Files;
use super::render::{self, Paint};
use super::rollout;
use super::workspace::{Workspace, in_folder};
use super::{Format, Report, path};

/// Check every contract against all of its released versions
///
/// A contract is a folder below proto/ with a contract.toml. Exits with 100 if something breaks a
/// released version, does not compile, or was changed after its release. Judgements are kept under
/// .treaty/cache in the workspace, and hold until something changes that they follow from.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  treaty check --workspace . --format json")]
pub(crate) struct CheckArgs {
    /// The folder that has proto/
    #[arg(long, default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Judge everything anew, and keep nothing
    #[arg(long)]
    no_cache: bool,
    /// Say on standard error what was judged anew
    #[arg(long, short)]
    verbose: bool,
}

/// What was found about one contract.
#[derive(Debug, Serialize)]
struct Checked<'a> {
    name: &'a str,
    owner: &'a str,
    version: String,
    released: Vec<String>,
    /// As it is shown.
    #[serde(skip)]
    folder: String,
    /// How many of them somebody may still run.
    #[serde(skip)]
    live: usize,
    /// Its manifest and what it released are as they have to be.
    #[serde(skip)]
    sound: bool,
    /// None where one of its files does not compile.
    judgement: Option<Judgement>,
}

impl Checked<'_> {
    /// As people are told of them: in a file that is not its own, whose versions they are.
    fn findings(&self) -> impl Iterator<Item = Finding> {
        let whose = |version: &String| format!("{} {version}", self.name);
        let judgement = self.judgement.iter();
        judgement.flat_map(|judgement| &judgement.findings).map(move |finding| {
            let mut finding = finding.clone();
            if !path::covers(&self.folder, &finding.path) {
                finding.versions = finding.versions.iter().map(whose).collect();
            }
            finding
        })
    }
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    clean: bool,
    contracts: Vec<Checked<'a>>,
    effort: Effort,
    /// Of manifests, released files and sources; those of comparisons stand with their contract.
    findings: Vec<Finding>,
}

/// What had to be done, and what was known from before.
#[derive(Debug, Default, Serialize)]
struct Effort {
    /// Contracts whose judgement was known.
    known: usize,
    /// Contracts that were judged.
    judged: Vec<String>,
    /// Files that were compiled.
    compiled_files: usize,
    /// All files there are.
    files: usize,
}

/// Runs `treaty check`.
pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<Report> {
    let cache = if args.no_cache { Cache::none() } else { Cache::of(&args.workspace) };
    let workspace = Workspace::read(&args.workspace, &cache)?;
    let contracts: Vec<_> = workspace
        .contracts
        .iter()
        .map(|contract| checked(contract, contract.judge(&workspace.descriptors, &cache)))
        .collect();
    let judged = |one: &Checked<'_>| one.judgement.as_ref().is_some_and(Judgement::passes);
    let clean = workspace.findings.is_empty() && contracts.iter().all(judged);
    let effort = effort(&workspace);
    if !effort.judged.is_empty() {
        cache.prune();
    }
    let errors = if args.verbose { effort.to_string() } else { String::new() };
    let answer = Answer { clean, contracts, effort, findings: workspace.findings.clone() };
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&answer)? + "\n",
        Format::Text => text(&answer, &workspace, Paint::stdout()),
        Format::Markdown => markdown(&answer),
        Format::Sarif => as_of_buf(ErrorFormat::Sarif, &answer),
        Format::Junit => as_of_buf(ErrorFormat::Junit, &answer),
        Format::GithubActions => as_of_buf(ErrorFormat::GithubActions, &answer),
        Format::GitlabCodeQuality => as_of_buf(ErrorFormat::GitlabCodeQuality, &answer),
    };
    Ok(Report { text, errors, clean, ..Report::default() })
}

fn effort(workspace: &Workspace) -> Effort {
    let (known, judged): (Vec<_>, Vec<_>) =
        workspace.contracts.iter().partition(|contract| contract.is_known());
    Effort {
        known: known.len(),
        judged: judged.into_iter().map(|contract| contract.manifest.name.clone()).collect(),
        compiled_files: workspace.compiled,
        files: workspace.sources.len(),
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { known, judged, compiled_files, files } = self;
        let judged = if judged.is_empty() { "none".to_owned() } else { judged.join(", ") };
        writeln!(f, "known: {known}; judged: {judged}; compiled: {compiled_files} of {files} files")
    }
}

fn checked(contract: &Contract, judgement: Option<Judgement>) -> Checked<'_> {
    Checked {
        name: &contract.manifest.name,
        owner: contract.manifest.owner.get_ref(),
        version: contract.manifest.version.to_string(),
        released: contract.versions().map(ToString::to_string).collect(),
        folder: in_folder(&contract.folder, ""),
        live: contract.live(),
        sound: contract.findings.is_empty(),
        judgement,
    }
}

fn text(answer: &Answer<'_>, workspace: &Workspace, paint: Paint) -> String {
    let mut text = String::new();
    for one in &answer.findings {
        text += &render::finding(one, workspace.source(&one.path), paint);
        text.push('\n');
    }
    for contract in &answer.contracts {
        for one in contract.findings() {
            text += &render::finding(&one, workspace.source(&one.path), paint);
            text.push('\n');
        }
    }
    for contract in &answer.contracts {
        text += &summary(contract, paint);
    }
    text
}

/// Everything that was found, in order; paths are those of the workspace.
fn annotations(answer: &Answer<'_>) -> Vec<Annotation> {
    let judged = answer.contracts.iter().flat_map(Checked::findings);
    let findings = answer.findings.iter().cloned().chain(judged);
    let annotation = |finding| Annotation::new(finding, &Files::default());
    format::sorted(findings.map(annotation).collect())
}

/// What was found, as `breaking` and `lint` print it.
fn as_of_buf(format: ErrorFormat, answer: &Answer<'_>) -> String {
    format::print(format, &annotations(answer), &Files::default(), "treaty check")
}

/// The verdict, a line for each contract, and what was found.
fn markdown(answer: &Answer<'_>) -> String {
    let annotations = annotations(answer);
    let mut text = match answer.clean {
        true => "**treaty check: passed.**\n\n".to_owned(),
        false => {
            let of = |severity| {
                annotations.iter().filter(move |one| one.finding.severity == severity).count()
            };
            let errors = render::count(of(Severity::Error), "finding");
            let warnings = match of(Severity::Warning) {
                0 => String::new(),
                number => format!(" and {}", render::count(number, "warning")),
            };
            format!("**treaty check: failed.** {errors}{warnings}.\n\n")
        }
    };
    for contract in &answer.contracts {
        _ = writeln!(
            text,
            "- {}",
            summary(contract, Paint::none()).lines().next().unwrap_or_default()
        );
    }
    if !annotations.is_empty() {
        text += "\n";
        text += &format::table(&annotations);
    }
    text
}

/// One line about a contract, and one for each change since the last release.
fn summary(contract: &Checked<'_>, paint: Paint) -> String {
    let head = format!("{} {}", paint.bold(contract.name), contract.version);
    let Some(judgement) = &contract.judgement else {
        return format!("{head}: {}: it does not compile\n", paint.error("not checked"));
    };
    let versions = render::count(contract.live, "released version");
    let state = match (&judgement.next, judgement.passes()) {
        (_, false) => {
            let is_break =
                |one: &&Finding| one.severity == Severity::Error && !one.versions.is_empty();
            let breaks = judgement.findings.iter().filter(is_break).count();
            let breaks = render::count(breaks, "finding");
            let fix = "a breaking change needs a new package, such as v2 beside v1";
            format!("{}, {breaks} against {versions}: {fix}", paint.error("breaks"))
        }
        (_, true) if !contract.sound => {
            let what = "its contract.toml or what it released is not in order";
            format!("{}: {what}", paint.error("not certain"))
        }
        _ if contract.released.is_empty() => {
            format!("{}, not released yet", paint.good("ok"))
        }
        (None, true) => format!("{}, the same as its last release", paint.good("ok")),
        (Some(next), true) => {
            let head = match judgement.verdict {
                Verdict::Breaking => paint.warning("passes with a warning"),
                _ => format!("{}, keeps {versions}", paint.good("ok")),
            };
            let (bump, next) = (judgement.bump, paint.bold(&next.to_string()));
            format!("{head}, asks for {bump} release: {next}; {}", rollout::words(judgement))
        }
    };
    let mut text = format!("{head}: {state}\n");
    if judgement.next.is_some() && !contract.released.is_empty() {
        for warning in rollout::warnings(judgement) {
            _ = writeln!(text, "  {}: {warning}", paint.warning("warning"));
        }
    }
    if !contract.released.is_empty() {
        for change in &judgement.changes {
            _ = writeln!(text, "  {}", render::change(change));
        }
    }
    text
}

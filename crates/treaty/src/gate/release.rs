//! `treaty release`: writes the next version of a contract, which then never changes.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use semver::Version;
use treaty_engine::{Bump, Finding, Judgement, Severity};

use super::cache::Cache;
use super::contract::Contract;
use super::render::{self, Paint};
use super::workspace::{Workspace, in_folder};
use super::write::{Written, write};
use super::{Report, changelog, manifest, released, rollout, wrong_usage};

/// Release the next version of a contract
///
/// Computes the smallest legal version, writes `released/<VERSION>.binpb` and moves the version in
/// contract.toml. What was released never changes; a breaking change needs a new package.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  treaty release shop.orders --dry-run")]
pub(crate) struct ReleaseArgs {
    /// The contract's name, as in its contract.toml
    contract: String,
    /// Release as this version; less than what the change asks for is refused
    #[arg(long, value_name = "X.Y.Z")]
    version: Option<Version>,
    /// The folder that has proto/
    #[arg(long, default_value = ".", value_name = "DIR")]
    workspace: PathBuf,
    /// Say what would be released, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs `treaty release`.
pub(crate) fn release(args: &ReleaseArgs) -> anyhow::Result<Report> {
    let workspace = Workspace::read(&args.workspace, &Cache::none())?;
    let known = || {
        let names: Vec<_> =
            workspace.contracts.iter().map(|one| one.manifest.name.as_str()).collect();
        names.join(", ")
    };
    let mut named = workspace.contracts.iter().filter(|one| one.manifest.name == args.contract);
    let contract = match (named.next(), named.next()) {
        (Some(contract), None) => contract,
        (Some(_), Some(_)) => {
            bail!("two contracts are named `{}`: give each its own name", args.contract)
        }
        (None, _) if workspace.contracts.is_empty() => return Ok(refused(&workspace, None)),
        (None, _) => {
            return Err(wrong_usage(format!(
                "no contract is named `{}`; there are {}",
                args.contract,
                known()
            )));
        }
    };
    let judgement = contract.judge(&workspace.descriptors, &Cache::none());
    let Some(judgement) =
        judgement.filter(|judgement| judgement.passes() && workspace.findings.is_empty())
    else {
        return Ok(refused(&workspace, Some(contract)));
    };
    ensure!(
        !contract.files.is_empty(),
        "{} has no .proto files: there is nothing to release",
        in_folder(&contract.folder, "")
    );
    let version = version(contract, &judgement, args.version.as_ref())?;
    let own =
        contract.descriptors(&workspace.descriptors).context("it was judged, so it compiled")?;
    let bytes = own.encode();
    let path = in_folder(&contract.folder, &format!("released/{version}.binpb"));
    let paint = Paint::stdout();
    let day = changelog::day()?;
    let verb = if args.dry_run {
        "would release"
    } else {
        write(&files(contract, &version, &bytes, day, &judgement)?)?;
        "released"
    };
    let mut text = format!(
        "{verb} {} {}: {path}, {} bytes, {}\n",
        paint.bold(&args.contract),
        paint.good(&version.to_string()),
        bytes.len(),
        judgement.digest
    );
    if contract.latest().is_some() {
        for change in &judgement.changes {
            text += &format!("  {}\n", render::change(change));
        }
        text += &format!("  {}\n", rollout::words(&judgement));
    }
    Ok(Report { text, clean: true, ..Report::default() })
}

/// What a release writes: the version and its place in the list, in the manifest and in the
/// changelog.
fn files(
    contract: &Contract,
    version: &Version,
    bytes: &[u8],
    day: time::Date,
    judgement: &Judgement,
) -> anyhow::Result<Vec<Written>> {
    let folder = contract.path.join("released");
    let mut files = Vec::from(released::additions(&folder, version, bytes.to_vec(), day)?);
    let section = changelog::section(version, day, judgement, contract.latest());
    let name = &contract.manifest.name;
    files.push(changelog::with(contract.path.join("CHANGELOG.md"), name, section)?);
    let manifest = manifest::with_version(&contract.text, version)?;
    files.push(Written::text(contract.path.join("contract.toml"), manifest));
    Ok(files)
}

/// The version to release as: what was asked for, if the change allows it.
fn version(
    contract: &Contract,
    judgement: &Judgement,
    asked: Option<&Version>,
) -> anyhow::Result<Version> {
    let name = &contract.manifest.name;
    let Some(smallest) = &judgement.next else {
        let latest = contract.latest().map(ToString::to_string).unwrap_or_default();
        bail!("nothing to release: {name} is the same as its last release, {latest}");
    };
    let Some(asked) = asked else { return Ok(smallest.clone()) };
    if !asked.pre.is_empty() || !asked.build.is_empty() {
        return Err(wrong_usage(format!(
            "`{asked}` is not a version to release as: use X.Y.Z alone"
        )));
    }
    let Some(latest) = contract.latest() else {
        let smallest = Version::new(0, 1, 0);
        return if *asked < smallest {
            Err(wrong_usage(format!(
                "`{asked}` is too small: a first release is at least {smallest}"
            )))
        } else {
            Ok(asked.clone())
        };
    };
    if asked < smallest {
        let why = match judgement.changes.iter().find(|change| change.kind.bump() >= Bump::Minor) {
            Some(change) => render::change(change),
            None => "its descriptors differ".to_owned(),
        };
        return Err(wrong_usage(format!(
            "{asked} is too small: {name} asks for {} release after {latest}, at least {smallest} ({why})",
            judgement.bump
        )));
    }
    Ok(asked.clone())
}

/// What stands in the way, of the workspace and of this contract.
fn refused(workspace: &Workspace, contract: Option<&Contract>) -> Report {
    let paint = Paint::stdout();
    let mut findings = workspace.findings.clone();
    let judgement = contract.and_then(|one| one.judge(&workspace.descriptors, &Cache::none()));
    findings.extend(judgement.into_iter().flat_map(|judgement| judgement.findings));
    let mut text = String::new();
    for one in &findings {
        text += &render::finding(one, workspace.source(&one.path), paint);
        text.push('\n');
    }
    let is_break = |one: &Finding| one.severity == Severity::Error && !one.versions.is_empty();
    let why = match findings.iter().any(is_break) {
        true => "; a breaking change needs a new package, such as v2 beside v1",
        false => ": correct what stands above first",
    };
    text += &format!("{}: nothing was released{why}\n", paint.error("refused"));
    Report { text, clean: false, ..Report::default() }
}

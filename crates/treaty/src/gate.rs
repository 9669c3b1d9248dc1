//! The gate's commands: `check`, `release`, `explain`, `diff`, and `breaking`, `lint`, `build`,
//! `generate` and `config` in the place of buf's. — *Does not* judge: the engine does; this finds
//! files, calls it and prints. — *Holds*: exit codes are 0 clean, 100 findings, 1 could not run, 2
//! wrong usage; where buf has the command, wrong usage is 1, as there.

mod arguments;
mod breaking;
mod build;
mod cache;
mod changelog;
mod check;
mod config;
mod contract;
mod diff;
mod engine;
mod explain;
mod filter;
mod format;
mod generate;
mod image;
mod input;
mod lint;
mod list_rules;
mod manifest;
mod output;
mod path;
mod release;
mod released;
mod render;
mod report;
mod rollout;
mod scan;
mod select;
mod sides;
mod waiver;
mod workspace;
mod write;
mod yaml;

pub(crate) use breaking::{BreakingArgs, breaking};
pub(crate) use build::{BuildArgs, build};
pub(crate) use check::{CheckArgs, check};
pub(crate) use diff::{DiffArgs, diff};
pub(crate) use explain::{ExplainArgs, explain};
pub(crate) use generate::{GenerateArgs, generate};
pub(crate) use lint::{LintArgs, lint};
pub(crate) use list_rules::{ConfigArgs, config};
pub(crate) use release::{ReleaseArgs, release};
use report::Report;
pub(crate) use report::exit;

/// The commands that stand in the place of buf's, with its exit code for wrong usage.
pub(crate) const AS_BUF: &[&str] = &["breaking", "build", "config", "generate", "lint"];

/// The command was called in a way that can never work.
#[derive(Debug)]
struct WrongUsage(String);

impl std::fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

fn wrong_usage(what: impl Into<String>) -> anyhow::Error {
    WrongUsage(what.into()).into()
}

/// How `check` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// As a comment on a pull request.
    Markdown,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// For what reads test results.
    Junit,
    /// Annotations on a pull request at GitHub.
    GithubActions,
    /// A code quality report for GitLab.
    GitlabCodeQuality,
}

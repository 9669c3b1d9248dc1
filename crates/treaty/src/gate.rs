//! The gate's commands: `check`, `breaking` and `release`. — *Does not* judge: the engine does; this
//! finds files, calls it and prints. — *Holds*: exit codes are 0 clean, 100 findings, 1 could not
//! run, 2 wrong usage.

mod breaking;
mod buf_yaml;
mod check;
mod contract;
mod generate;
mod git;
mod input;
mod manifest;
mod release;
mod released;
mod render;
mod workspace;

use std::io::{self, Write as _};
use std::process::ExitCode;

pub(crate) use breaking::{BreakingArgs, breaking};
pub(crate) use check::{CheckArgs, check};
pub(crate) use generate::{GenerateArgs, generate};
pub(crate) use release::{ReleaseArgs, release};

/// What a command has to say and whether that stops a build.
pub(crate) struct Report {
    /// For standard output.
    text: String,
    clean: bool,
}

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

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Prints the report or the error and turns it into the exit code.
pub(crate) fn exit(outcome: anyhow::Result<Report>) -> ExitCode {
    match outcome {
        Ok(report) => {
            // Nothing can be told to a reader that has gone.
            _ = io::stdout().write_all(report.text.as_bytes());
            ExitCode::from(if report.clean { 0 } else { 100 })
        }
        Err(error) => {
            _ = writeln!(io::stderr(), "{} {error:#}", render::Paint::stderr().error("error:"));
            ExitCode::from(if error.is::<WrongUsage>() { 2 } else { 1 })
        }
    }
}

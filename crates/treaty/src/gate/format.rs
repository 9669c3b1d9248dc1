//! Prints what was found, in the formats of buf and in some of ours. — *Does not* print to anywhere:
//! it makes text. — *Holds*: what buf has a format for is equal to buf's to the byte.

mod code_quality;
mod json;
mod junit;
mod lines;
mod markdown;
mod rich;
mod sarif;

use std::borrow::Cow;
use std::io::{self, IsTerminal as _};

use treaty_engine::{Finding, Severity};

use super::image::Files;
pub(super) use json::encode;
pub(super) use markdown::{markdown, table};
use sarif::sarif;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "kebab-case")]
pub(super) enum ErrorFormat {
    /// One line each, as compilers print them
    #[value(alias = "gcc")]
    Text,
    /// One object a line
    Json,
    /// As Microsoft's tools print them
    Msvs,
    /// For what reads test results
    Junit,
    /// Annotations on a pull request at GitHub
    GithubActions,
    /// A code quality report for GitLab
    GitlabCodeQuality,
    /// What to write into buf.yaml so that nothing is found (lint)
    ConfigIgnoreYaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// A comment on a pull request
    Markdown,
    /// With the source and the remedy, in colours; the default on a terminal
    Rich,
}

impl ErrorFormat {
    /// What is printed where nothing was asked for.
    pub(super) fn default_here() -> Self {
        if io::stdout().is_terminal() { Self::Rich } else { Self::Text }
    }

    /// Whether what changes mean for a rollout is told; buf's formats have no place for it.
    pub(super) fn tells_verdicts(self) -> bool {
        matches!(self, Self::Rich | Self::Markdown | Self::Sarif)
    }
}

/// A finding as people and machines are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Annotation {
    /// The file as it was named on the command line; none where it is gone.
    pub(super) path: Option<String>,
    /// The file as an import names it.
    pub(super) name: String,
    pub(super) finding: Finding,
}

impl Annotation {
    pub(super) fn new(finding: Finding, files: &Files) -> Self {
        let name = finding.path.clone();
        let path = (!finding.deleted).then(|| files.shown(&name).to_owned());
        Self { path, name, finding }
    }

    /// The path, or what buf writes where there is none.
    fn shown(&self) -> &str {
        self.path.as_deref().unwrap_or("<input>")
    }

    /// Line and column of start and end; nothing where there is no place.
    fn span(&self) -> Option<[u32; 4]> {
        let Finding { line, column, end_line, end_column, .. } = self.finding;
        self.path.is_some().then_some([line, column, end_line, end_column])
    }

    /// Whether it stops something.
    fn is_error(&self) -> bool {
        self.finding.severity == Severity::Error
    }

    /// The message, and who let it pass, if somebody did.
    fn message(&self) -> Cow<'_, str> {
        match &self.finding.waived {
            Some(waived) => format!("{} Waived {waived}", self.finding.message).into(),
            None => (&*self.finding.message).into(),
        }
    }

    /// `path:line:column:message`.
    fn line(&self) -> String {
        let [line, column, ..] = self.span().unwrap_or([1; 4]);
        format!("{}:{line}:{column}:{}", self.shown(), self.message())
    }

    fn key(&self) -> impl Ord + '_ {
        let Finding { rule, message, .. } = &self.finding;
        let [line, column, end_line, end_column] = self.span().unwrap_or_default();
        (self.path.as_deref(), line, column, rule, message, end_line, end_column)
    }
}

/// In buf's order, each once: what two contracts find at the same place stops the gate if one of
/// them does.
pub(super) fn sorted(mut annotations: Vec<Annotation>) -> Vec<Annotation> {
    annotations.sort_by(|a, b| a.key().cmp(&b.key()).then(b.is_error().cmp(&a.is_error())));
    annotations.dedup_by(|a, b| a.key() == b.key());
    annotations
}

/// The text of all annotations, which are sorted; `title` is what was checked.
pub(super) fn print(
    format: ErrorFormat,
    annotations: &[Annotation],
    files: &Files,
    title: &str,
) -> String {
    match format {
        ErrorFormat::Text => lines::text(annotations),
        ErrorFormat::Json => json::lines(annotations),
        ErrorFormat::Msvs => lines::msvs(annotations),
        ErrorFormat::Junit => junit::report(annotations),
        ErrorFormat::GithubActions => lines::github_actions(annotations),
        ErrorFormat::GitlabCodeQuality => code_quality::report(annotations),
        ErrorFormat::ConfigIgnoreYaml => lines::config_ignore_yaml(annotations),
        ErrorFormat::Sarif => sarif(annotations),
        ErrorFormat::Markdown => markdown(annotations, title),
        ErrorFormat::Rich => rich::text(annotations, files),
    }
}

//! What a command has to say, and how it ends.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::bail;

use super::WrongUsage;
use super::format::{self, Annotation, ErrorFormat};
use super::image::{Built, Files};
use super::render::Paint;

/// What a command has to say and whether that stops a build.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// For standard output.
    pub(super) text: String,
    /// Findings, for standard error, of a command whose output is something else.
    pub(super) errors: String,
    /// For standard error.
    pub(super) warnings: Vec<String>,
    pub(super) clean: bool,
}

impl Report {
    /// The same, said on standard error alone.
    pub(super) fn on_stderr(self) -> Self {
        Self { errors: self.text, text: String::new(), ..self }
    }
}

/// What does not compile.
pub(super) fn broken(built: &Built, format: ErrorFormat, title: &str) -> Report {
    // As buf, which has no configuration that would silence a compiler.
    let format = if format == ErrorFormat::ConfigIgnoreYaml { ErrorFormat::Text } else { format };
    let annotation =
        |finding: &treaty_engine::Finding| Annotation::new(finding.clone(), &built.files);
    let annotations = format::sorted(built.findings.iter().map(annotation).collect());
    let text = print(format, &annotations, &built.files, title);
    Report { text, clean: false, ..Report::default() }
}

/// The text of all annotations; nothing where there are none, but in formats that say so.
pub(super) fn print(
    format: ErrorFormat,
    annotations: &[Annotation],
    files: &Files,
    title: &str,
) -> String {
    let speaks = matches!(format, ErrorFormat::Sarif | ErrorFormat::Markdown);
    if annotations.is_empty() && !speaks {
        return String::new();
    }
    format::print(format, annotations, files, title)
}

/// That no plugin and no policy would have to run.
pub(super) fn no_plugins(plugins: &[String]) -> anyhow::Result<()> {
    if plugins.is_empty() {
        return Ok(());
    }
    bail!(
        "buf.yaml asks for {}: treaty does not run check plugins and policies, and would say less than was asked",
        plugins.join(", ")
    )
}

/// Prints the report or the error and turns it into the exit code.
pub(crate) fn exit(outcome: anyhow::Result<Report>) -> ExitCode {
    let paint = Paint::stderr();
    match outcome {
        Ok(report) => {
            // Nothing can be told to a reader that has gone.
            for warning in &report.warnings {
                _ = writeln!(io::stderr(), "{} {warning}", paint.warning("warning:"));
            }
            _ = io::stderr().write_all(report.errors.as_bytes());
            let mut stdout = io::stdout().lock();
            _ = stdout.write_all(report.text.as_bytes());
            _ = stdout.flush();
            ExitCode::from(if report.clean { 0 } else { 100 })
        }
        Err(error) => {
            let told = harmless(&format!("{error:#}"));
            _ = writeln!(io::stderr(), "{} {told}", paint.error("error:"));
            ExitCode::from(if error.is::<WrongUsage>() { 2 } else { 1 })
        }
    }
}

/// An error may quote what was read, and that must not steer a terminal.
fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => harmless.push(letter),
            _ if letter.is_control() => harmless.extend(letter.escape_default()),
            _ => harmless.push(letter),
        }
    }
    harmless
}

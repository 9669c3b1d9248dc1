//! Says on standard error what did not go well.

use std::io::{self, Write as _};

use serde_json::json;

use super::super::Format;
use super::source::Source;

/// Findings of the compiler, one a line.
pub(super) fn findings(source: &Source, format: Format) {
    let mut error = io::stderr().lock();
    for finding in &source.findings {
        let line = match format {
            Format::Text => {
                let (path, message) = (&finding.path, &finding.message);
                format!("{path}:{}:{}:{message}", finding.line, finding.column)
            }
            Format::Json => json!({
                "path": finding.path,
                "start_line": finding.line,
                "start_column": finding.column,
                "end_line": finding.end_line,
                "end_column": finding.end_column,
                "type": finding.rule,
                "message": finding.message,
            })
            .to_string(),
        };
        // Nothing can be told to a reader that has gone.
        _ = writeln!(error, "{line}");
    }
}

/// What is odd but no error.
pub(super) fn warning(text: &str) {
    _ = writeln!(io::stderr(), "warning: {text}");
}

/// What a plugin said, each line with its name before it.
pub(super) fn said(plugin: &str, text: &[u8]) {
    let mut error = io::stderr().lock();
    for line in String::from_utf8_lossy(text).lines() {
        _ = writeln!(error, "{plugin}: {line}");
    }
}

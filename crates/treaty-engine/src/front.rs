//! Has sources compiled, and says what is wrong with them as findings.

use std::sync::Arc;

use treaty_compiler::descriptor::File;
use treaty_compiler::{Diagnostic, compile as compile_sources};

use crate::{Finding, Sources};

/// The files that compile, with the built-in ones that they import, and every fault.
pub(crate) fn compile(sources: &Sources) -> (Vec<Arc<File>>, Vec<Finding>) {
    let compiled = compile_sources(sources);
    let mut findings: Vec<_> = compiled.diagnostics.into_iter().map(finding).collect();
    findings.sort();
    findings.dedup();
    (compiled.files, findings)
}

fn finding(diagnostic: Diagnostic) -> Finding {
    let Diagnostic { file, span, message, help } = diagnostic;
    let place = (span.start.line.saturating_add(1), span.start.column.saturating_add(1));
    let finding = Finding::in_file(Finding::COMPILE, &file, place, message);
    Finding {
        end_line: span.end.line.saturating_add(1),
        end_column: span.end.column.saturating_add(1),
        remedy: help
            .unwrap_or_else(|| "correct the source; the file was compared with nothing".to_owned()),
        ..finding
    }
}

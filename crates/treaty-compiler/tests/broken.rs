//! What is told of every file in `fixtures/broken`: all faults, each at its place, and nothing that
//! only follows from another.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use treaty_compiler::{Diagnostic, Places, parse_unlinked};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn every_fault_is_told() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/broken");
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    assert!(paths.len() > 20, "only {} files", paths.len());
    for path in paths {
        let name = path.file_stem().and_then(|name| name.to_str()).ok_or("a name is not text")?;
        let text = std::fs::read_to_string(&path)?;
        let (_, diagnostics) =
            parse_unlinked(&format!("{name}.proto"), &Arc::from(&*text), Places::Protoc);
        assert!(!diagnostics.is_empty(), "nothing is wrong with {name}");
        insta::assert_snapshot!(name, render(&text, &diagnostics)?);
    }
    Ok(())
}

/// As rustc shows it.
fn render(text: &str, diagnostics: &[Diagnostic]) -> Result<String, std::fmt::Error> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut shown = String::new();
    for fault in diagnostics {
        let (start, end) = (fault.span.start, fault.span.end);
        let line: String =
            lines.get(start.line as usize).copied().unwrap_or_default().chars().take(120).collect();
        let blanks = " ".repeat(start.column as usize);
        let width = if start.line == end.line { end.column - start.column } else { 1 };
        let marks = "^".repeat(width.max(1) as usize);
        writeln!(
            shown,
            "{}:{}:{}: {}",
            fault.file,
            start.line + 1,
            start.column + 1,
            fault.message
        )?;
        if start.column < 120 {
            writeln!(shown, "  | {}\n  | {blanks}{marks}", line.escape_debug())?;
        }
        if let Some(help) = &fault.help {
            writeln!(shown, "  = help: {help}")?;
        }
    }
    Ok(shown)
}

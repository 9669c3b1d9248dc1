//! A comment for a pull request: the verdict first, then a table, then why each rule matters.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use treaty_engine::Verdict;

use super::super::{engine, render};
use super::Annotation;

/// The most rows of a table; hosts refuse comments that are too long.
const MAX_ROWS: usize = 200;

/// The comment about all annotations; `title` is what was checked.
pub(in crate::gate) fn markdown(annotations: &[Annotation], title: &str) -> String {
    if annotations.is_empty() {
        return format!("**{title}: passed.** Nothing was found.\n");
    }
    let files: BTreeSet<&str> = annotations.iter().map(|one| one.name.as_str()).collect();
    let mut text = format!(
        "**{title}: failed.** {} in {}",
        render::count(annotations.len(), "finding"),
        render::count(files.len(), "file")
    );
    let verdicts: Vec<Verdict> = annotations.iter().filter_map(|one| one.finding.verdict).collect();
    if !verdicts.is_empty() {
        _ = write!(text, "; {}", render::rollout(Verdict::join_all(verdicts)));
    }
    text + ".\n\n" + &table(annotations)
}

/// A row for each annotation, and what its rule means, folded away, unless it is waived.
pub(in crate::gate) fn table(annotations: &[Annotation]) -> String {
    let mut text = "| Where | What | Rule |\n| --- | --- | --- |\n".to_owned();
    for one in annotations.iter().take(MAX_ROWS) {
        let place = match (&one.path, one.span()) {
            (Some(path), Some([line, ..])) => format!("{path}:{line}"),
            _ => format!("{} (deleted)", one.name),
        };
        let mut message = cell(&one.finding.message);
        if !one.finding.versions.is_empty() {
            _ = write!(message, " Breaks {}.", cell(&one.finding.versions.join(", ")));
        }
        if let Some(waived) = &one.finding.waived {
            _ = write!(message, " Waived {}.", cell(waived.trim_end_matches('.')));
        }
        _ = writeln!(text, "| {} | {message} | `{}` |", code(&place), one.finding.rule);
    }
    if annotations.len() > MAX_ROWS {
        _ = writeln!(text, "\nand {} more.", annotations.len() - MAX_ROWS);
    }
    let open = annotations.iter().filter(|one| one.finding.waived.is_none());
    let rules: BTreeSet<&str> = open.map(|one| one.finding.rule.as_str()).collect();
    for rule in rules {
        if let Some([finds, why, remedy]) = engine::help(rule) {
            _ = write!(
                text,
                "\n<details><summary><code>{rule}</code>: {}</summary>\n\n{why}\n\n**Instead:** {remedy}.\n\n</details>\n",
                escaped(finds)
            );
        }
    }
    text
}

/// Text for a cell, where a bar or a line's end would break the table.
fn cell(text: &str) -> String {
    escaped(text).replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            '*' | '_' | '`' | '[' | ']' | '\\' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

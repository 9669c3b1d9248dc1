//! A review as a comment on a pull request.

use std::fmt::Write as _;

use treaty_engine::Review;
use treaty_engine::review::{Entry, What};

use super::super::render;
use super::{Counts, grouped, happened, heading};

/// The most rows; hosts refuse comments that are too long.
const MAX_ROWS: usize = 300;

pub(super) fn markdown(review: &Review) -> String {
    if review.entries.is_empty() {
        return "**treaty diff:** no differences.\n".to_owned();
    }
    let (counts, rollout) = (Counts::of(review).words(), render::rollout(review.verdict));
    let mut text = format!("**treaty diff:** {counts}; {rollout}.\n");
    let mut rows = 0;
    for (package, groups) in grouped(review) {
        let name = if package.is_empty() { "no package" } else { package };
        _ = writeln!(
            text,
            "\n### {name}\n\n| what | before | after | rollout |\n| --- | --- | --- | --- |"
        );
        for entry in groups.iter().flatten() {
            if rows < MAX_ROWS {
                text += &row(entry);
            }
            rows += 1;
        }
    }
    if rows > MAX_ROWS {
        _ = writeln!(text, "\nand {} more.", rows - MAX_ROWS);
    }
    text
}

fn row(entry: &Entry) -> String {
    let what = format!("{} {}", code(&heading(entry)), happened(entry));
    let side = |text: &Option<String>, has_members: bool| {
        let Some(text) = text else { return String::new() };
        let members = entry.members.iter().filter(|_| has_members).map(|one| code(one));
        std::iter::once(code(text)).chain(members).collect::<Vec<_>>().join("<br>")
    };
    let old = side(&entry.old, entry.what == What::Removed);
    let new = side(&entry.new, entry.what == What::Added);
    format!("| {what} | {old} | {new} | {}: {} |\n", entry.verdict, entry.reason)
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

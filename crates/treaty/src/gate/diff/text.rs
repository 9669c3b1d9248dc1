//! A review in a terminal.

use std::fmt::Write as _;

use treaty_engine::Review;
use treaty_engine::review::{Entry, What};

use super::super::render::{self, Paint};
use super::{Counts, grouped, happened, heading, unseen};

pub(super) fn text(review: &Review, paint: Paint) -> String {
    if review.entries.is_empty() {
        return "no differences\n".to_owned();
    }
    let mut text = String::new();
    for (package, groups) in grouped(review) {
        let name = if package.is_empty() { "no package" } else { package };
        _ = writeln!(text, "{}", paint.bold(name));
        for group in groups {
            let Some(first) = group.first() else { continue };
            if !first.is_group() || is_changed(first) {
                _ = writeln!(text, "  {}", heading(first));
            }
            for entry in &group {
                text += &lines(entry, paint);
            }
        }
        text.push('\n');
    }
    let rollout = render::rollout(review.verdict);
    text + &format!("{}; {rollout}\n", Counts::of(review).words())
}

/// A group of which something is told behind its heading.
fn is_changed(entry: &Entry) -> bool {
    matches!(entry.what, What::Changed | What::Moved | What::Renamed | What::Renumbered)
}

/// What was, what is, and what that means.
fn lines(entry: &Entry, paint: Paint) -> String {
    let mut text = String::new();
    let indent = if entry.is_group() && !is_changed(entry) { "  " } else { "    " };
    if !unseen(entry) {
        if let Some(old) = &entry.old {
            _ = writeln!(text, "{indent}{}", paint.removed(&format!("- {old}")));
            for member in entry.members.iter().filter(|_| entry.what == What::Removed) {
                _ = writeln!(text, "{indent}{}", paint.removed(&format!("-   {member}")));
            }
        }
        if let Some(new) = &entry.new {
            _ = writeln!(text, "{indent}{}", paint.added(&format!("+ {new}")));
            for member in entry.members.iter().filter(|_| entry.what == What::Added) {
                _ = writeln!(text, "{indent}{}", paint.added(&format!("+   {member}")));
            }
        }
    } else if let Some(new) = entry.new.as_ref().filter(|_| !entry.is_group()) {
        _ = writeln!(text, "{indent}  {new}");
    }
    let role = entry.role.map_or_else(String::new, |role| format!(", read in {role}"));
    let (what, verdict) = (happened(entry), entry.verdict);
    _ = writeln!(text, "{indent}    {what}: {verdict}{role}: {}", entry.reason);
    text
}

//! Writes what a release changed into the contract's CHANGELOG.md, the newest first. — *Holds*: what
//! people wrote there stays; the same release on the same day gives the same text.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use semver::Version;
use time::{Date, OffsetDateTime};
use treaty_engine::{Judgement, Severity};

use super::{render, rollout};

/// The day of a release: that of `SOURCE_DATE_EPOCH` if it is set, so that a build can be repeated,
/// else today in UTC. — *Source*: <https://reproducible-builds.org/specs/source-date-epoch/>.
///
/// # Errors
///
/// Where the variable is no number of seconds.
pub(super) fn day() -> anyhow::Result<Date> {
    let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(OffsetDateTime::now_utc().date());
    };
    let seconds = epoch.to_str().and_then(|text| text.parse().ok());
    let time = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    Ok(time.context("SOURCE_DATE_EPOCH is not a number of seconds since 1970")?.date())
}

/// The section of one release.
pub(super) fn section(version: &Version, day: Date, judgement: &Judgement, first: bool) -> String {
    let mut text = format!("## {version} - {day}\n\n");
    if first {
        text += "The first release.\n";
        return text;
    }
    let rollout = rollout::words(judgement);
    let mut letters = rollout.chars();
    let upper = letters.next().map(|letter| letter.to_ascii_uppercase());
    _ = writeln!(text, "{}{}.\n", upper.unwrap_or_default(), letters.as_str());
    for change in &judgement.changes {
        _ = writeln!(text, "- {}", render::change(change));
    }
    let waived: Vec<_> =
        judgement.findings.iter().filter(|one| one.severity == Severity::Warning).collect();
    if !waived.is_empty() {
        text += "\nBreaks:\n\n";
        for finding in waived {
            let versions = finding.versions.join(", ");
            _ = writeln!(text, "- {} ({}; breaks {versions})", finding.message, finding.remedy);
        }
    }
    text
}

/// Puts a section above all others of the file, which is made where it is not there.
///
/// # Errors
///
/// Where the file cannot be read or written.
pub(super) fn add(path: &Path, contract: &str, section: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => format!(
            "# Changelog of {contract}\n\nWritten by `treaty release`, newest first. The versions \
             follow <https://semver.org>.\n"
        ),
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
    };
    fs::write(path, inserted(&text, section)).with_context(|| format!("cannot write {shown}"))
}

fn inserted(text: &str, section: &str) -> String {
    let at = if text.starts_with("## ") { Some(0) } else { text.find("\n## ").map(|at| at + 1) };
    match at {
        Some(at) => format!("{}{section}\n{}", &text[..at], &text[at..]),
        None => format!("{}\n\n{section}", text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_above_the_others_and_what_people_wrote_stays() {
        let first = inserted(
            "# Changelog of a\n\nWords.\n",
            "## 1.0.0 - 2026-01-01\n\nThe first release.\n",
        );
        assert_eq!(
            first,
            "# Changelog of a\n\nWords.\n\n## 1.0.0 - 2026-01-01\n\nThe first release.\n"
        );
        let second = inserted(&first, "## 1.1.0 - 2026-02-01\n\n- field added\n");
        assert_eq!(
            second,
            "# Changelog of a\n\nWords.\n\n## 1.1.0 - 2026-02-01\n\n- field added\n\n## 1.0.0 - 2026-01-01\n\nThe first release.\n"
        );
    }
}

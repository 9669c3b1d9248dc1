//! Writes what a release changed into the contract's CHANGELOG.md, the newest first. — *Holds*: what
//! people wrote there stays; the same release on the same day gives the same text.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use semver::Version;
use time::{Date, OffsetDateTime};
use treaty_engine::Judgement;

use super::write::{Written, in_ends_of, text};
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

/// The section of one release after `latest`.
pub(super) fn section(
    version: &Version,
    day: Date,
    judgement: &Judgement,
    latest: Option<&Version>,
) -> String {
    let mut text = format!("## {version} - {day}\n\n");
    let Some(latest) = latest.map(ToString::to_string) else {
        return text + "The first release.\n";
    };
    let rollout = rollout::words(judgement);
    let mut letters = rollout.chars();
    let upper = letters.next().map(|letter| letter.to_ascii_uppercase());
    _ = writeln!(text, "{}{}.\n", upper.unwrap_or_default(), letters.as_str());
    for change in &judgement.changes {
        _ = writeln!(text, "- {}", render::change(change));
    }
    // What broke only older versions was told when it did.
    let breaks: Vec<_> =
        judgement.findings.iter().filter(|one| one.versions.contains(&latest)).collect();
    if !breaks.is_empty() {
        text += "\nBreaks:\n\n";
        for finding in breaks {
            let versions = finding.versions.join(", ");
            let why = match &finding.waived {
                Some(waived) => format!("waived {waived}"),
                None => finding.remedy.clone(),
            };
            _ = writeln!(text, "- {} ({why}; breaks {versions})", finding.message);
        }
    }
    text
}

/// The file with a section above all others; it is made where it is not there.
///
/// # Errors
///
/// Where the file cannot be read.
pub(super) fn with(path: PathBuf, contract: &str, section: String) -> anyhow::Result<Written> {
    let text = text(&path)?.unwrap_or_else(|| {
        format!(
            "# Changelog of {contract}\n\nWritten by `treaty release`, newest first. The versions \
             follow <https://semver.org>.\n"
        )
    });
    let section = in_ends_of(&text, section);
    let text = inserted(&text, &section);
    Ok(Written::text(path, text))
}

fn inserted(text: &str, section: &str) -> String {
    let end = in_ends_of(text, "\n".to_owned());
    let at = if text.starts_with("## ") { Some(0) } else { text.find("\n## ").map(|at| at + 1) };
    match at {
        Some(at) => format!("{}{section}{end}{}", &text[..at], &text[at..]),
        None => format!("{}{end}{end}{section}", text.trim_end()),
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
        let of_windows = inserted(&first.replace('\n', "\r\n"), "## 1.1.0\r\n");
        assert!(!of_windows.replace("\r\n", "").contains('\n'), "{of_windows:?}");
    }
}

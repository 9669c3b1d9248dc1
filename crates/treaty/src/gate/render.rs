//! Prints findings in the manner of rustc. — *Does not* print to anywhere: it makes text.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

use owo_colors::{OwoColorize as _, Style};
use treaty_engine::{Change, Finding, Severity, Verdict};

/// Colours, or none where nobody would see them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    colours: bool,
}

impl Paint {
    pub(super) fn stdout() -> Self {
        Self::new(io::stdout().is_terminal())
    }

    pub(super) fn stderr() -> Self {
        Self::new(io::stderr().is_terminal())
    }

    pub(super) fn none() -> Self {
        Self { colours: false }
    }

    /// <https://no-color.org>.
    fn new(terminal: bool) -> Self {
        Self {
            colours: terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    fn with(self, text: &str, style: Style) -> String {
        if self.colours { text.style(style).to_string() } else { text.to_owned() }
    }

    pub(super) fn error(self, text: &str) -> String {
        self.with(text, Style::new().red().bold())
    }

    pub(super) fn warning(self, text: &str) -> String {
        self.with(text, Style::new().yellow().bold())
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with(text, Style::new().green().bold())
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with(text, Style::new().bold())
    }

    /// What is only in the older version.
    pub(super) fn removed(self, text: &str) -> String {
        self.with(text, Style::new().red())
    }

    /// What is only in the newer version.
    pub(super) fn added(self, text: &str) -> String {
        self.with(text, Style::new().green())
    }

    fn frame(self, text: &str) -> String {
        self.with(text, Style::new().blue().bold())
    }
}

/// One finding with the line that it points at, if the text is at hand.
pub(super) fn finding(finding: &Finding, source: Option<&str>, paint: Paint) -> String {
    let Finding { path, line, column, rule, message, .. } = finding;
    let head = match finding.severity {
        Severity::Error => paint.error(&format!("error[{rule}]")),
        Severity::Warning => paint.warning(&format!("warning[{rule}]")),
    };
    let margin = " ".repeat(line.to_string().len());
    let mut text = format!("{head}: {}\n", paint.bold(message));
    let place = if finding.deleted {
        format!("{path} (deleted)")
    } else {
        format!("{path}:{line}:{column}")
    };
    _ = writeln!(text, "{margin}{} {place}", paint.frame("-->"));
    if let Some(code) =
        source.filter(|_| !finding.deleted).and_then(|source| line_of(source, *line))
    {
        _ = writeln!(text, "{margin} {}", paint.frame("|"));
        _ = writeln!(text, "{} {} {code}", paint.frame(&line.to_string()), paint.frame("|"));
        let under = format!(
            "{}{}",
            " ".repeat((*column as usize).saturating_sub(1)),
            carets(finding, code)
        );
        _ = writeln!(text, "{margin} {} {}", paint.frame("|"), paint.error(&under));
    }
    for (label, value) in notes(finding) {
        let (first, more) = value.split_once('\n').unwrap_or((&value, ""));
        _ = writeln!(text, "{margin} {} {label}: {first}", paint.frame("="));
        for line in more.lines() {
            _ = writeln!(text, "{margin}     {line}");
        }
    }
    text
}

fn notes(finding: &Finding) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    // What was compared with a release may be waived, and a waiver names the element.
    let is_told = finding.path.ends_with(&finding.subject) && finding.versions.is_empty();
    if !is_told {
        notes.push(("element", finding.subject.clone()));
    }
    if !finding.versions.is_empty() {
        notes.push(("breaks", finding.versions.join(", ")));
    }
    if let Some(verdict) = finding.verdict {
        let role = finding.role.map_or_else(String::new, |role| format!(", read in {role}"));
        notes.push(("at run time", format!("{verdict}{role}")));
    }
    if let Some(proof) = &finding.proof {
        notes.push(("witness", proof.to_string()));
    }
    if let Some(waived) = &finding.waived {
        notes.push(("waived", waived.clone()));
    } else if !finding.remedy.is_empty() {
        notes.push(("remedy", finding.remedy.clone()));
    }
    notes
}

fn line_of(source: &str, line: u32) -> Option<&str> {
    source.lines().nth(line.checked_sub(1)? as usize).filter(|line| !line.trim().is_empty())
}

/// Under the token, or under the rest of its first line.
fn carets(finding: &Finding, code: &str) -> String {
    let rest = (code.chars().count() + 1).saturating_sub(finding.column as usize).max(1);
    let same_line = finding.end_line == finding.line && finding.end_column > finding.column;
    let wide = (finding.end_column.saturating_sub(finding.column)) as usize;
    "^".repeat(if same_line {
        wide.min(rest)
    } else if finding.end_line > finding.line {
        rest
    } else {
        1
    })
}

/// One change in one line.
pub(super) fn change(change: &Change) -> String {
    let Change { kind, subject, verdict, reason, .. } = change;
    let what = words(&format!("{kind:?}"));
    format!("{what}: {subject}: {verdict}, {reason}")
}

/// How a verdict is said as an order of rollout.
pub(super) fn rollout(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "roll out in any order",
        Verdict::ServersFirst => "roll out servers first",
        Verdict::ClientsFirst => "roll out clients first",
        Verdict::Breaking => "no order of rollout is safe",
    }
}

/// `FieldAdded` as `field added`.
pub(super) fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// `1 version`, `2 versions`.
pub(super) fn count(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

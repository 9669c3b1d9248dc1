//! A report for GitLab's code quality. — *Holds*: an issue's fingerprint is buf's: SHAKE-256, 64
//! bytes of it, over the issue as JSON without its fingerprint.

use std::borrow::Cow;

use serde::Serialize;
use shake::Shake256;
use shake::digest::{ExtendableOutput as _, Update as _, XofReader as _};

use super::{Annotation, json};

#[derive(Serialize)]
struct Issue<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    check_name: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    fingerprint: String,
    location: Location<'a>,
    severity: &'static str,
}

#[derive(Serialize)]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    #[serde(skip_serializing_if = "is_zero")]
    line: u32,
    #[serde(skip_serializing_if = "is_zero")]
    column: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

pub(super) fn report(annotations: &[Annotation]) -> String {
    let issues: Vec<_> = annotations.iter().map(issue).collect();
    json::encode(&issues) + "\n"
}

fn issue(one: &Annotation) -> Issue<'_> {
    let [line, column, end_line, end_column] = one.span().unwrap_or_default();
    let positions = Positions {
        begin: Position { line, column },
        end: Position { line: end_line, column: end_column },
    };
    let mut issue = Issue {
        description: one.message(),
        check_name: &one.finding.rule,
        fingerprint: String::new(),
        location: Location { path: one.path.as_deref(), positions },
        severity: if one.is_error() { "minor" } else { "info" },
    };
    let mut hash = Shake256::default();
    hash.update(json::encode(&issue).as_bytes());
    let mut digest = [0; 64];
    hash.finalize_xof().read(&mut digest);
    issue.fingerprint = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    issue
}

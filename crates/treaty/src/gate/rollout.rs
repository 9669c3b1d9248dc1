//! Says what a judgement means for the rollout, and of which elements. — *Holds*: where no order is
//! safe, the words name what must not run side by side.

use std::collections::BTreeSet;

use treaty_engine::{Change, Judgement, Verdict};

use super::render;

/// How many elements are named.
const MOST_NAMES: usize = 3;

/// The order of the rollout; where none is safe, why.
pub(super) fn words(judgement: &Judgement) -> String {
    let rollout = render::rollout(judgement.verdict);
    if judgement.verdict != Verdict::Breaking {
        return rollout.to_owned();
    }
    let why = named(judgement).or_else(|| opposite(&judgement.changes));
    why.map_or_else(|| rollout.to_owned(), |why| format!("{rollout}: {why}"))
}

/// What passes although no order is safe and no rule forbids it, a line each.
pub(super) fn warnings(judgement: &Judgement) -> Vec<String> {
    let line = |one: &treaty_engine::Apart| {
        let (subject, reason) = (&one.change.subject, one.change.reason);
        let versions = one.versions.join(", ");
        format!("{subject}: no rule forbids it, but {reason}; not beside {versions}")
    };
    judgement.apart.iter().map(line).collect()
}

fn named(judgement: &Judgement) -> Option<String> {
    let breaking = |verdict| verdict == Some(Verdict::Breaking);
    let findings = judgement.findings.iter().filter(|one| breaking(one.verdict));
    let names = findings.map(|one| one.subject.clone());
    let apart = judgement.apart.iter().map(|one| one.change.subject.to_string());
    let names: BTreeSet<String> = names.chain(apart).collect();
    if names.is_empty() {
        return None;
    }
    let first: Vec<&str> = names.iter().take(MOST_NAMES).map(|name| &**name).collect();
    let more = match names.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("old and new must not run side by side for {}{more}", first.join(", ")))
}

/// Each change would have an order of its own.
fn opposite(changes: &[Change]) -> Option<String> {
    let first = |verdict| changes.iter().find(|change| change.verdict == verdict);
    let (servers, clients) = (first(Verdict::ServersFirst)?, first(Verdict::ClientsFirst)?);
    Some(format!(
        "servers would go first for {}, clients for {}; release one after the other",
        servers.subject, clients.subject
    ))
}

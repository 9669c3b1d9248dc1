//! The witness of every change in every fixture, as people are shown it: in the snapshot stands the
//! first of each kind of change, direction and answer.

use std::collections::HashSet;
use std::fmt::Write as _;

use treaty_engine::witness::{Side, witness, witness_of_message};
use treaty_engine::{Effect, compare, rules};

use crate::fixture::{self, compile_what_can_be as compile};
use crate::mutations::{allowed, rank, reached};

#[test]
fn every_change_of_every_fixture_has_a_witness_or_a_reason() {
    let mut all = String::new();
    let mut seen: HashSet<String> = HashSet::new();
    for fixture in fixtures() {
        let (old, new) = (compile(&fixture, "old"), compile(&fixture, "new"));
        let (before, after) = (old.pool(), new.pool());
        for change in compare(&old.schema(), &new.schema(), rules::ALL).changes {
            for (writer, effect) in [(Side::Old, change.old_to_new), (Side::New, change.new_to_old)]
            {
                let found = witness(&before, &after, &change.subject, writer);
                let kind = change.kind;
                if effect == Effect::Kept {
                    continue;
                }
                let answer = found.as_ref().map(|found| found.effect);
                if !seen.insert(format!("{kind:?} {writer} {answer:?}")) {
                    continue;
                }
                writeln!(
                    all,
                    "{fixture}: {kind:?} {} ({writer} writes): {effect:?}",
                    change.subject
                )
                .unwrap();
                match found {
                    Ok(found) => writeln!(all, "{:?}, {found}\n", found.effect).unwrap(),
                    Err(none) => writeln!(all, "none: {none}\n").unwrap(),
                }
            }
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn no_fixture_has_a_witness_that_contradicts() {
    let (mut found, mut contradictions) = (0, Vec::new());
    for fixture in fixtures() {
        let (old, new) = (compile(&fixture, "old"), compile(&fixture, "new"));
        let (before, after) = (old.pool(), new.pool());
        let changes = compare(&old.schema(), &new.schema(), &[]).changes;
        for message in before.messages().filter(|message| !message.is_map_entry()) {
            let types = reached([&before, &after], message.full_name());
            for writer in [Side::Old, Side::New] {
                let most = allowed(&changes, &types, writer);
                let shown = witness_of_message(&before, &after, message.full_name(), writer);
                let Ok(shown) = shown else { continue };
                found += 1;
                if rank(shown.effect) > rank(most) {
                    contradictions.push(format!("{fixture}: judged {most:?}, but {shown}"));
                }
            }
        }
    }
    println!("{found} witnesses of whole messages");
    assert!(contradictions.is_empty(), "{}", contradictions.join("\n\n"));
}

/// Those of buf's rules and of ours that have two sides.
fn fixtures() -> Vec<String> {
    let mut all = [fixture::of("breaking"), fixture::of("own")].concat();
    all.retain(|name| fixture::root().join(name).join("old").is_dir());
    all
}

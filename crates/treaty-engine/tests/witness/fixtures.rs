//! The witness of every change in every fixture, as people are shown it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use treaty_engine::witness::{Side, witness};
use treaty_engine::{Descriptors, Effect, Sources, compare, rules};

#[test]
fn every_change_of_every_fixture_has_a_witness_or_a_reason() {
    let mut all = String::new();
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

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(root()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn compile(fixture: &str, side: &str) -> Descriptors {
    let mut sources = Sources::new();
    for entry in fs::read_dir(root().join(fixture).join(side)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        sources.insert(name, fs::read_to_string(path).unwrap().into());
    }
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, [], "{fixture}/{side} does not compile");
    descriptors
}

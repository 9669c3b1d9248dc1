//! The witness of every change in every fixture, as people are shown it: in the snapshot stands the
//! first of each kind of change, direction and answer.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use treaty_compiler::descriptor::{Encoding, File, SourceInfo};
use treaty_compiler::wire::put_message;
use treaty_engine::witness::{Side, witness, witness_of_message};
use treaty_engine::{Descriptors, Effect, Sources, compare, rules};

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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Those of buf's rules and of ours.
fn fixtures() -> Vec<String> {
    let of = |group: &str| {
        let group = group.to_owned();
        let entries = fs::read_dir(root().join(&group)).unwrap();
        entries.map(move |entry| {
            format!("{group}/{}", entry.unwrap().file_name().into_string().unwrap())
        })
    };
    let all = of("breaking").chain(of("own"));
    let mut names: Vec<_> = all.filter(|name| root().join(name).join("old").is_dir()).collect();
    names.sort();
    names
}

fn compile(fixture: &str, side: &str) -> Descriptors {
    let side_root = root().join(fixture).join(side);
    let mut sources = Sources::new();
    let mut left = vec![side_root.clone()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.strip_prefix(&side_root).unwrap().to_str().unwrap().to_owned();
            sources.insert(name, fs::read_to_string(path).unwrap().into());
        }
    }
    let compiled = treaty_compiler::compile(&sources);
    let mut set = Vec::new();
    for file in &compiled.files {
        let mut file = File::clone(file);
        file.image.is_import = !sources.contains_key(&*file.name);
        let encoding = Encoding { source_info: SourceInfo::Excluded, image: true };
        put_message(&mut set, 1, |into| file.encode(into, encoding));
    }
    // What does not compile, or was deleted as a whole, is a version without files.
    Descriptors::decode(&set).unwrap_or_default()
}

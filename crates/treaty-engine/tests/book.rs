//! The rule book: examples that compile and hit, texts that say something, and a document that is
//! fresh.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use treaty_engine::book::{self, Entry, Sort};
use treaty_engine::rules::{ConfigVersion, lint};
use treaty_engine::{Finding, LintOptions, Proof};

#[test]
fn every_rule_finds_its_example_and_proves_it() {
    let (mut witnesses, mut reasons) = (0, 0);
    for entry in book::entries().filter(|entry| !entry.is_deprecated()) {
        let shown = entry.demonstrate();
        let ids: Vec<_> = shown.findings.iter().map(|one| &*one.rule).collect();
        assert!(!ids.is_empty(), "{} finds nothing in its example", entry.id());
        let own = ids.iter().all(|id| *id == entry.id());
        assert!(own, "{}: {:#?}", entry.id(), shown.findings);
        if entry.sort() != Sort::Lint {
            match shown.proof() {
                Some(Proof::Witness(_)) => witnesses += 1,
                Some(_) => reasons += 1,
                None => panic!("{} has neither witness nor reason", entry.id()),
            }
        }
    }
    println!("{witnesses} examples have a witness, {reasons} say why there is none");
    assert!(witnesses >= 20);
}

#[test]
fn every_lint_example_shows_how_it_should_be() {
    for entry in book::entries() {
        let Entry::Single(rule) = entry else { continue };
        let (good, broken) = book::compile_example(entry.example().new_side());
        assert_eq!(broken, [], "{} does not compile", rule.id);
        let rules: [&lint::Rule; 1] = [rule];
        let found = treaty_engine::lint(&good, &LintOptions::new(ConfigVersion::V2, &rules));
        assert_eq!(found, Vec::<Finding>::new(), "{} is not cured", rule.id);
    }
}

/// A text that stands for many rules says nothing about any of them.
#[test]
fn every_rule_has_texts_of_its_own() {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in book::entries() {
        assert!(!entry.example().text().is_empty(), "{}", entry.id());
        for text in [entry.finds(), entry.why()] {
            assert!(text.len() > 10, "{}: `{text}`", entry.id());
            if let Some(other) = seen.insert(text, entry.id()) {
                panic!("{other} and {} share a text: {text}", entry.id());
            }
        }
        assert!(entry.why().ends_with('.') && !entry.finds().ends_with('.'), "{}", entry.id());
        assert!(!entry.remedy().is_empty() && !entry.remedy().ends_with('.'), "{}", entry.id());
        assert_eq!(entry.breaks().is_empty(), entry.sort() == Sort::Lint, "{}", entry.id());
    }
}

/// Run with `TREATY_WRITE=1`, or `cargo run -- explain --book > docs/rules.md`, to write it.
#[test]
fn the_document_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("docs/rules.md");
    let accepted = fs::read(root.join("interop/oracle/accepted.json")).unwrap();
    let book = book::markdown(&serde_json::from_slice::<Vec<book::Accepted>>(&accepted).unwrap());
    if std::env::var_os("TREATY_WRITE").is_some() {
        fs::write(&path, &book).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(book.lines()).position(|(one, other)| one != other);
    assert!(
        written == book,
        "docs/rules.md is not what the rules say, from line {} on; write it with \
         `TREATY_WRITE=1 cargo test -p treaty-engine --test book`",
        differs.map_or(written.lines().count().min(book.lines().count()), |at| at) + 1
    );
}

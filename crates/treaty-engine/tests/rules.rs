//! Every rule over every fixture: one snapshot per rule lists all of its hits.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use treaty_engine::{Descriptors, Sources, compare, rules};

#[test]
fn every_rule_over_every_fixture() {
    let mut hits: BTreeMap<&str, String> =
        rules::ALL.iter().map(|rule| (rule.id, String::new())).collect();
    for fixture in fixtures() {
        let (old, new) = (compile(&fixture, "old"), compile(&fixture, "new"));
        let comparison = compare(&old.schema(), &new.schema(), rules::ALL);
        for one in comparison.findings {
            let place = if one.deleted { "(deleted)".to_owned() } else { position(&one) };
            let (verdict, role) = (one.verdict.unwrap(), one.role);
            let role = role.map_or_else(|| "-".to_owned(), |role| role.to_string());
            writeln!(
                hits.get_mut(one.rule.as_str()).unwrap(),
                "{fixture}/{}:{place}\n  {}\n  {} ({role}): {verdict}",
                one.path,
                one.message,
                one.subject
            )
            .unwrap();
        }
    }
    for (rule, hits) in hits {
        insta::assert_snapshot!(rule.to_lowercase(), hits);
    }
}

#[test]
fn every_rule_has_a_fixture_that_hits_and_every_fixture_a_rule() {
    let rooms: Vec<_> = rules::ALL.iter().map(|rule| rule.id.to_lowercase()).collect();
    assert_eq!(rooms, fixtures());
    for rule in rules::ALL {
        let fixture = rule.id.to_lowercase();
        let (old, new) = (compile(&fixture, "old"), compile(&fixture, "new"));
        let findings = compare(&old.schema(), &new.schema(), &[rule]).findings;
        assert!(!findings.is_empty(), "{} finds nothing in its own fixture", rule.id);
    }
}

#[test]
fn what_is_the_same_has_no_finding_and_no_change() {
    for fixture in fixtures() {
        let old = compile(&fixture, "old");
        let again = Descriptors::decode(&old.encode()).unwrap();
        let comparison = compare(&old.schema(), &again.schema(), rules::ALL);
        assert_eq!(comparison.findings, [], "{fixture}");
        assert_eq!(comparison.changes, [], "{fixture}");
        assert_eq!(old.digest(), again.digest(), "{fixture}");
        assert_eq!(old.encode(), again.encode(), "{fixture}");
    }
}

fn position(finding: &treaty_engine::Finding) -> String {
    let treaty_engine::Finding { line, column, end_line, end_column, .. } = finding;
    format!("{line}:{column}-{end_line}:{end_column}")
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

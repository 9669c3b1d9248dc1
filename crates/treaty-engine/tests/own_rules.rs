//! Every rule of ours over every fixture: one snapshot per rule lists all of its hits.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use treaty_engine::rules::own;
use treaty_engine::{Deprecation, Descriptors, Gate, Policy, Released, Sources};

/// What the fixtures' contract promises.
fn policy() -> Policy {
    let options = ["area", "owner", "secret", "owner_of_enum", "rank", "audience", "scope"];
    Policy {
        contract_options: options.map(|name| format!("shop.options.v1.{name}")).to_vec(),
        deprecation: Some(Deprecation { versions: Some(2), days: None }),
        ..Policy::default()
    }
}

#[test]
fn every_rule_over_every_fixture() {
    let mut hits: BTreeMap<&str, String> =
        own::ALL.iter().map(|rule| (rule.id, String::new())).collect();
    let mut own_hits = BTreeMap::new();
    for fixture in fixtures() {
        for one in judge(&fixture, Gate { rules: own::ALL.to_vec(), ..Gate::default() }) {
            let place = format!("{}:{}-{}:{}", one.line, one.column, one.end_line, one.end_column);
            let place = if one.deleted { "(deleted)".to_owned() } else { place };
            let role = one.role.map_or_else(|| "-".to_owned(), |role| role.to_string());
            let (verdict, versions) = (one.verdict.unwrap(), one.versions.join(", "));
            writeln!(
                hits.get_mut(&*one.rule).unwrap(),
                "{fixture}/{}:{place} since {versions}\n  {}\n  {} ({role}): {verdict}",
                one.path,
                one.message,
                one.subject
            )
            .unwrap();
            *own_hits.entry((fixture.clone(), one.rule)).or_insert(0) += 1;
        }
    }
    for rule in own::ALL {
        let id = rule.id.to_lowercase();
        let hits = |fixture: String| own_hits.contains_key(&(fixture, rule.id.to_owned()));
        let found = hits(format!("own/{id}")) || hits(format!("own/editions_{id}"));
        assert!(found, "{} finds nothing in its own fixture", rule.id);
    }
    for (rule, hits) in hits {
        insta::assert_snapshot!(rule.to_lowercase(), hits);
    }
}

#[test]
fn what_moved_is_one_finding() {
    let findings = judge("own/type_no_move", Gate::check());
    let mut rules: Vec<_> =
        findings.iter().map(|one| format!("{} {}", one.rule, one.subject)).collect();
    rules.sort();
    assert_eq!(
        rules,
        [
            "DEPRECATED_BEFORE_REMOVED shop.people.v1.Other",
            "MESSAGE_NO_DELETE shop.people.v1.Other",
            "TYPE_NO_MOVE shop.people.v1.Address",
            "TYPE_NO_MOVE shop.people.v1.Kind",
            "TYPE_NO_MOVE shop.v1.Order",
            "TYPE_NO_MOVE shop.v1.Orders",
            "TYPE_NO_MOVE shop.v1.State",
        ]
    );
}

/// `older` is a version before the last, where there is one.
fn judge(fixture: &str, gate: Gate<'_>) -> Vec<treaty_engine::Finding> {
    let mut released = Vec::new();
    for (folder, version) in [("older", "1.0.0"), ("old", "1.1.0")] {
        if root().join(fixture).join(folder).exists() {
            let descriptors = compile(fixture, folder);
            released.push(Released { version: version.parse().unwrap(), descriptors });
        }
    }
    Gate { policy: policy(), ..gate }.judge(&compile(fixture, "new"), &released).findings
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn fixtures() -> Vec<String> {
    let mut names = Vec::new();
    for kind in ["breaking", "own"] {
        for entry in fs::read_dir(root().join(kind)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            names.push(format!("{kind}/{name}"));
        }
    }
    names.sort();
    names
}

fn compile(fixture: &str, side: &str) -> Descriptors {
    let side_root = root().join(fixture).join(side);
    let mut sources = Sources::new();
    let mut left = vec![side_root.clone()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.strip_prefix(&side_root).unwrap().to_str().unwrap().to_owned();
            sources.insert(name, fs::read_to_string(path).unwrap().into());
        }
    }
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, [], "{fixture}/{side} does not compile");
    descriptors
}

//! Every rule of ours over every fixture: one snapshot per rule lists all of its hits.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod fixture;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use treaty_engine::rules::own;
use treaty_engine::{Deprecation, Gate, Policy, Released};

/// What the fixtures' contract promises.
fn policy() -> Policy {
    let options =
        ["area", "owner", "secret", "owner_of_enum", "rank", "audience", "scope", "kind", "range"];
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
    for fixture in [fixture::of("breaking"), fixture::of("own")].concat() {
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
        if fixture::root().join(fixture).join(folder).exists() {
            let descriptors = fixture::compile(fixture, folder);
            released.push(Released { version: version.parse().unwrap(), descriptors });
        }
    }
    Gate { policy: policy(), ..gate }.judge(&fixture::compile(fixture, "new"), &released).findings
}

//! Every rule over every fixture: one snapshot per rule lists all of its hits.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod fixture;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};
use treaty_engine::{Descriptors, Finding, compare, rules, violations};

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
                "{fixture}/{}:{place}\n  {}\n  {} ({role}): {verdict}, {}",
                one.path,
                one.message,
                one.subject,
                one.reason.as_deref().unwrap_or("no change says why")
            )
            .unwrap();
        }
    }
    for (rule, hits) in hits {
        insta::assert_snapshot!(rule.to_lowercase(), hits);
    }
}

/// `expected.jsonl` is what buf 1.75 answers; it compares imports too.
#[test]
fn every_fixture_has_the_annotations_of_buf_in_their_order() {
    let (mut equal, mut wrong) = (0, String::new());
    for fixture in fixtures() {
        let (old, new) = (compile(&fixture, "old"), compile(&fixture, "new"));
        let (old, new) = (old.with_imports(), new.with_imports());
        let findings = violations(&old.schema(), &new.schema(), rules::ALL);
        let judged = compare(&old.schema(), &new.schema(), rules::ALL).findings;
        let unjudged = |one| Finding { verdict: None, reason: None, role: None, ..one };
        let unjudged: Vec<_> = judged.into_iter().map(unjudged).collect();
        assert_eq!(findings, unjudged, "{fixture}: verdicts change nothing else");
        let ours: Vec<_> = findings.iter().map(annotation).collect();
        let expected = expected(&fixture);
        let bufs: Vec<Value> =
            expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        equal += bufs.len();
        for (index, (ours, bufs)) in zipped(&ours, &bufs).enumerate() {
            if ours != bufs {
                let show = |one: Option<&Value>| {
                    one.map_or_else(|| "nothing".to_owned(), |one| one.to_string())
                };
                let (ours, bufs) = (show(ours), show(bufs));
                writeln!(wrong, "{fixture}, {index}\n  buf:  {bufs}\n  ours: {ours}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(equal > 1000, "only {equal} annotations were compared");
}

fn zipped<'a, T>(
    ours: &'a [T],
    bufs: &'a [T],
) -> impl Iterator<Item = (Option<&'a T>, Option<&'a T>)> {
    (0..ours.len().max(bufs.len())).map(|index| (ours.get(index), bufs.get(index)))
}

/// As `buf breaking --error-format json` prints it.
fn annotation(finding: &treaty_engine::Finding) -> Value {
    let mut value = json!({
        "start_line": finding.line,
        "start_column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "type": finding.rule,
        "message": finding.message,
    });
    if !finding.deleted {
        value["path"] = json!(finding.path);
    }
    value
}

#[test]
fn every_rule_has_a_fixture_that_hits_and_every_fixture_a_rule() {
    for fixture in fixtures() {
        let expected = expected(&fixture);
        let rule = fixture.trim_start_matches("editions_").to_uppercase();
        // Buf's answer, so that a fixture may be there before its rule is.
        let scenario = rule.starts_with("SCENARIO_");
        assert!(
            scenario || expected.contains(&format!("\"type\":\"{rule}\"")),
            "{fixture} hits no {rule}"
        );
    }
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

/// `<rule>`, `scenario_<name>`, and both with `editions_` in front.
fn fixtures() -> Vec<String> {
    let name = |one: &String| one.trim_start_matches("breaking/").to_owned();
    fixture::of("breaking").iter().map(name).collect()
}

fn compile(fixture: &str, side: &str) -> Descriptors {
    fixture::compile(&format!("breaking/{fixture}"), side)
}

/// What buf answers.
fn expected(fixture: &str) -> String {
    let folder = fixture::root().join("breaking").join(fixture);
    fs::read_to_string(folder.join("expected.jsonl")).unwrap()
}

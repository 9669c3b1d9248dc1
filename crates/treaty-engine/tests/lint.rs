//! Every lint rule over every fixture: equal to buf's own answers, and one snapshot per rule.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Deserialize;
use treaty_compiler::descriptor::{Encoding, SourceInfo};
use treaty_compiler::wire::put_message;
use treaty_engine::rules::ConfigVersion;
use treaty_engine::rules::lint::{ALL, Rule, select};
use treaty_engine::{CommentIgnores, Descriptors, LintOptions, lint};

/// A line of `expected.jsonl`, as buf prints it; what is left out is the first line and column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Annotation {
    #[serde(default)]
    path: String,
    #[serde(default = "one")]
    start_line: u32,
    #[serde(default = "one")]
    start_column: u32,
    #[serde(default = "one")]
    end_line: u32,
    #[serde(default = "one")]
    end_column: u32,
    #[serde(rename = "type")]
    rule: String,
    message: String,
}

fn one() -> u32 {
    1
}

#[test]
fn every_fixture_is_linted_as_buf_lints_it() {
    let (mut equal, mut differences) = (0, String::new());
    for fixture in fixtures() {
        let found = found(&fixture);
        let expected = fs::read_to_string(root().join(&fixture).join("expected.jsonl")).unwrap();
        let expected: Vec<Annotation> = expected.lines().map(parsed).collect();
        let unequal = |one: &&Annotation| !is_accepted(&fixture, one);
        for missed in expected.iter().filter(|one| !found.contains(one)).filter(unequal) {
            writeln!(differences, "{fixture}: missed {missed:?}").unwrap();
        }
        for extra in found.iter().filter(|one| !expected.contains(one)).filter(unequal) {
            writeln!(differences, "{fixture}: invented {extra:?}").unwrap();
        }
        let in_order: Vec<_> = found.iter().filter(|one| expected.contains(one)).collect();
        let as_buf: Vec<_> = expected.iter().filter(|one| found.contains(one)).collect();
        assert_eq!(in_order, as_buf, "{fixture}: buf prints in another order");
        equal += in_order.len();
    }
    println!("{equal} annotations are equal to buf's");
    assert!(differences.is_empty(), "{differences}");
    assert!(equal > 1000, "only {equal} annotations: fixtures are missing");
}

#[test]
fn every_rule_over_every_fixture() {
    let mut hits: BTreeMap<&str, String> =
        ALL.iter().map(|rule| (rule.id, String::new())).collect();
    let v2: Vec<&Rule> = ALL.to_vec();
    for fixture in fixtures() {
        let descriptors = compiled(&fixture);
        let mut options = LintOptions::new(ConfigVersion::V2, &v2);
        options.comment_ignores = CommentIgnores::Disregarded;
        for found in lint(&descriptors, &options) {
            writeln!(
                hits.get_mut(found.rule.as_str()).unwrap(),
                "{fixture}/{}:{}:{}-{}:{}\n  {}\n  {}",
                found.path,
                found.line,
                found.column,
                found.end_line,
                found.end_column,
                found.message,
                found.subject,
            )
            .unwrap();
        }
    }
    for (rule, hits) in hits {
        insta::assert_snapshot!(rule.to_lowercase(), hits);
    }
}

#[test]
fn every_rule_finds_something_in_its_own_fixture() {
    for rule in ALL.iter().filter(|rule| !rule.deprecated) {
        let descriptors = compiled(&rule.id.to_lowercase());
        let rules = [*rule];
        let found = lint(&descriptors, &LintOptions::new(ConfigVersion::V2, &rules));
        println!("{}: {}", rule.id, found.len());
        assert!(!found.is_empty(), "{} finds nothing in its own fixture", rule.id);
    }
}

/// Fixture, line and rule of what may differ from buf.
///
/// The compiler takes comments as protoc does: one on the line of an element, before it, is the
/// element's (`comment_enum_value`), and one over several lines behind an element is that element's
/// (`scenario_comments`). It counts columns in bytes, buf in letters (`strings.proto`).
const ACCEPTED: [(&str, u32, &str); 5] = [
    ("comment_enum_value", 13, "COMMENT_ENUM_VALUE"),
    ("protovalidate", 22, "COMMENT_FIELD"),
    ("protovalidate", 22, "PROTOVALIDATE"),
    ("scenario_comments", 32, "COMMENT_FIELD"),
    ("scenario_comments", 34, "COMMENT_FIELD"),
];

fn is_accepted(fixture: &str, one: &Annotation) -> bool {
    ACCEPTED.contains(&(fixture, one.start_line, &one.rule))
}

fn parsed(line: &str) -> Annotation {
    normal(serde_json::from_str(line).unwrap())
}

/// Go's protobuf runtime writes a no-break space in some of its builds, so that nobody compares its
/// words; ours are plain.
fn normal(one: Annotation) -> Annotation {
    Annotation { message: one.message.replace('\u{a0}', " "), ..one }
}

/// What `buf lint` is asked for where a fixture does not say.
const CHOSEN: [&str; 4] =
    ["STANDARD", "COMMENTS", "UNARY_RPC", "STABLE_PACKAGE_NO_IMPORT_UNSTABLE"];

fn found(fixture: &str) -> Vec<Annotation> {
    let yaml = fs::read_to_string(root().join(fixture).join("buf.yaml")).unwrap_or_default();
    let values: BTreeMap<&str, &str> =
        yaml.lines().filter_map(|line| line.trim().split_once(": ")).collect();
    let version = match values.get("version") {
        Some(&"v1beta1") => ConfigVersion::V1Beta1,
        Some(&"v1") => ConfigVersion::V1,
        _ => ConfigVersion::V2,
    };
    let used = yaml.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let mut chosen: Vec<String> = used.map(str::to_owned).collect();
    if chosen.is_empty() {
        chosen = CHOSEN.map(str::to_owned).to_vec();
    }
    let rules = select(version, &chosen, &[]).unwrap().rules;
    let mut options = LintOptions::new(version, &rules);
    let flag = |name: &str| values.get(name) == Some(&"true");
    options.enum_zero_value_suffix =
        values.get("enum_zero_value_suffix").unwrap_or(&options.enum_zero_value_suffix);
    options.service_suffix = values.get("service_suffix").unwrap_or(&options.service_suffix);
    options.rpc_allow_same_request_response = flag("rpc_allow_same_request_response");
    options.rpc_allow_google_protobuf_empty_requests =
        flag("rpc_allow_google_protobuf_empty_requests");
    options.rpc_allow_google_protobuf_empty_responses =
        flag("rpc_allow_google_protobuf_empty_responses");
    if flag("disallow_comment_ignores") {
        options.comment_ignores = CommentIgnores::Disregarded;
    }
    let findings = lint(&compiled(fixture), &options).into_iter();
    findings
        .map(|one| Annotation {
            path: one.path,
            start_line: one.line,
            start_column: one.column,
            end_line: one.end_line,
            end_column: one.end_column,
            rule: one.rule,
            message: one.message,
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint")
}

/// Folders whose names begin with `_` are only imported.
fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(root()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.filter(|name| !name.starts_with('_')).collect();
    names.into_iter().collect()
}

/// A fixture's own files, with those of `_imports` to be imported.
fn compiled(fixture: &str) -> Descriptors {
    let (mut own, mut imports) = (BTreeMap::new(), BTreeMap::new());
    read(&root().join(fixture), "", &mut own);
    read(&root().join("_imports"), "", &mut imports);
    let mut sources = imports;
    sources.extend(own.clone());
    let compiled = treaty_compiler::compile(&sources);
    assert!(compiled.diagnostics.is_empty(), "{fixture}: {:?}", compiled.diagnostics);
    let encoding = Encoding { source_info: SourceInfo::Included, image: true };
    let mut set = Vec::new();
    for file in compiled.files {
        put_message(&mut set, 1, |into| file.encode(into, encoding));
    }
    Descriptors::decode(&set).unwrap().subset(|name| own.contains_key(name))
}

fn read(folder: &Path, prefix: &str, into: &mut BTreeMap<String, std::sync::Arc<str>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), into);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            into.insert(name, fs::read_to_string(path).unwrap().into());
        }
    }
}

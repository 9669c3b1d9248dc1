//! SARIF 2.1.0, which code scanning at GitHub and elsewhere reads. — *Holds*: every result names a
//! rule of the list, by id and index; a fingerprint does not change when lines above it do.
//! — *Source*: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use treaty_engine::{Finding, sha256};

use super::super::engine;
use super::Annotation;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A log with one run.
pub(in crate::gate) fn sarif(annotations: &[Annotation]) -> String {
    let ids: BTreeSet<&str> = annotations.iter().map(|one| one.finding.rule.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let rules: Vec<Value> = ids.iter().map(|id| rule(id)).collect();
    let results: Vec<Value> = annotations.iter().map(|one| result(one, &ids)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "treaty",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).expect("a JSON value has JSON") + "\n"
}

fn rule(id: &str) -> Value {
    let Some([finds, why, remedy]) = engine::help(id) else {
        return json!({ "id": id, "name": id });
    };
    json!({
        "id": id,
        "name": id,
        "shortDescription": { "text": format!("{finds}.") },
        "fullDescription": { "text": why },
        "help": {
            "text": format!("{why}\n\nInstead: {remedy}."),
            "markdown": format!("{why}\n\n**Instead:** {remedy}."),
        },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(one: &Annotation, ids: &[&str]) -> Value {
    let Finding { rule, message, .. } = &one.finding;
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(rule));
    result.insert("ruleIndex".to_owned(), json!(ids.iter().position(|id| id == rule)));
    let level = if one.is_error() { "error" } else { "warning" };
    result.insert("level".to_owned(), json!(level));
    result.insert("message".to_owned(), json!({ "text": one.message() }));
    result.insert("locations".to_owned(), json!([location(one)]));
    let subject = &one.finding.subject;
    let print = sha256(format!("{rule}\n{}\n{subject}\n{message}", one.name).as_bytes());
    result.insert("partialFingerprints".to_owned(), json!({ "treaty/v1": print }));
    result.into()
}

/// Where it is; of what is gone, where it was: code scanning refuses a result without a place.
fn location(one: &Annotation) -> Value {
    let [line, column, end_line, end_column] =
        one.span().unwrap_or([1; 4]).map(|number| number.max(1));
    let path = one.path.as_deref().unwrap_or(&one.name);
    let mut file = Map::new();
    file.insert("uri".to_owned(), json!(uri(path)));
    if !path.starts_with('/') && !path.starts_with("..") {
        file.insert("uriBaseId".to_owned(), json!("%SRCROOT%"));
    }
    let region = json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    });
    json!({ "physicalLocation": { "artifactLocation": file, "region": region } })
}

/// A path as a reference: what a URI does not take is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

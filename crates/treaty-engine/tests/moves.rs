//! What moved to another file or package, and what is gone although the type around it only moved.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use treaty_engine::{Descriptors, Gate, Released, Sources};

type Files<'f> = &'f [(&'f str, &'f str)];

fn compile(files: Files<'_>) -> Descriptors {
    let with_syntax = |text| format!("syntax = \"proto3\"; {text}").into();
    let sources: Sources =
        files.iter().map(|(name, text)| ((*name).to_owned(), with_syntax(text))).collect();
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, []);
    descriptors
}

/// What `treaty check` says of types that are not where they were.
fn found(old: Files<'_>, new: Files<'_>) -> Vec<String> {
    let released = Released { version: "1.0.0".parse().unwrap(), descriptors: compile(old) };
    let findings = Gate::check().judge(&compile(new), &[released]).findings;
    let about_types = |rule: &str| {
        rule == "TYPE_NO_MOVE" || rule.ends_with("E_NO_DELETE") || rule == "ENUM_NO_DELETE"
    };
    let mut found: Vec<_> = findings
        .iter()
        .filter(|one| {
            about_types(&one.rule)
                && !one.rule.starts_with("FILE")
                && !one.rule.starts_with("PACKAGE_NO")
        })
        .map(|one| format!("{} {}", one.rule, one.subject))
        .collect();
    found.sort();
    found
}

#[test]
fn what_was_in_a_type_that_moved_is_gone_all_the_same() {
    let old = "package shop.v1; message Other { string o = 1; } enum Rest { REST_UNSPECIFIED = 0; } \
        message Outer { string a = 1; message Inner { string x = 1; } enum Kind { KIND_UNSPECIFIED = 0; } \
        message Kept { string x = 1; } }";
    let new =
        "package shop.v1; message Other { string o = 1; } enum Rest { REST_UNSPECIFIED = 0; }";
    let moved = "package shop.v1; message Outer { string a = 1; message Kept { string x = 1; } }";
    assert_eq!(
        found(&[("a.proto", old)], &[("a.proto", new), ("b.proto", moved)]),
        [
            "ENUM_NO_DELETE shop.v1.Outer.Kind",
            "MESSAGE_NO_DELETE shop.v1.Outer.Inner",
            "TYPE_NO_MOVE shop.v1.Outer",
        ]
    );
}

#[test]
fn what_was_in_a_type_of_another_package_is_gone_all_the_same() {
    let of = |package: &str, inner: &str| {
        format!("package {package}; message Outer {{ string a = 1; {inner} }}")
    };
    let (old, new) = (of("shop.v1", "message Inner { string x = 1; }"), of("shop.v2", ""));
    assert_eq!(
        found(&[("a.proto", &old)], &[("a.proto", &new)]),
        ["MESSAGE_NO_DELETE shop.v1.Outer.Inner", "TYPE_NO_MOVE shop.v1.Outer"]
    );
}

const SHOP: &str = "package shop.v1; message Res { string a = 1; } message More { string b = 1; }";

#[test]
fn a_type_that_happens_to_look_alike_is_another_one() {
    for request in ["message PingRequest {}", "message PingRequest { string id = 1; }"] {
        let old = format!("{SHOP} {request}");
        let admin = format!("package shop.admin.v1; {request}");
        assert_eq!(
            found(&[("a.proto", &old)], &[("a.proto", SHOP), ("b.proto", &admin)]),
            ["MESSAGE_NO_DELETE shop.v1.PingRequest"]
        );
    }
}

#[test]
fn a_type_moved_where_what_used_it_uses_the_other() {
    let money =
        "message Money { Unit unit = 1; } enum Unit { UNIT_UNSPECIFIED = 0; UNIT_CENT = 1; }";
    let old = format!("{SHOP} message Order {{ Money total = 1; }} {money}");
    let new =
        format!("{} import \"b.proto\"; message Order {{ shop.common.v1.Money total = 1; }}", SHOP);
    let common = format!("package shop.common.v1; {money}");
    assert_eq!(
        found(&[("a.proto", &old)], &[("a.proto", &new), ("b.proto", &common)]),
        ["TYPE_NO_MOVE shop.v1.Money", "TYPE_NO_MOVE shop.v1.Unit"]
    );
}

#[test]
fn with_most_of_a_package_its_empty_types_moved_too() {
    let of = |package: &str| format!("{} message Empty {{}}", SHOP.replace("shop.v1", package));
    assert_eq!(
        found(&[("shop/v1/a.proto", &of("shop.v1"))], &[("shop/v2/a.proto", &of("shop.v2"))]),
        ["TYPE_NO_MOVE shop.v1.Empty", "TYPE_NO_MOVE shop.v1.More", "TYPE_NO_MOVE shop.v1.Res"]
    );
}

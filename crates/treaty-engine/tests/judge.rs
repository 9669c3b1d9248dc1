//! Several released versions at once, direction, next version, and input that does not compile.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::collections::BTreeMap;

use treaty_engine::{
    Bump, Deprecation, Descriptors, Gate, Policy, Released, Role, Severity, Sources, Verdict,
    judge, rules, rules::Category,
};

const ORDERS: &str = r#"syntax = "proto3";
package shop.v1;
service Orders {
  rpc Place(PlaceRequest) returns (PlaceResponse);
}
message PlaceRequest {
  string sku = 1;
}
message PlaceResponse {
  string id = 1;
  State state = 2;
}
enum State {
  STATE_UNSPECIFIED = 0;
}
message OrderPlaced {
  string id = 1;
}
"#;

fn compile(text: &str) -> Descriptors {
    let sources = Sources::from([("shop.proto".to_owned(), text.into())]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, []);
    descriptors
}

/// As a released file holds it: without source positions.
fn released(version: &str, text: &str) -> Released {
    let descriptors = Descriptors::decode(&compile(text).encode()).unwrap();
    Released { version: version.parse().unwrap(), descriptors }
}

fn with(from: &str, to: &str) -> String {
    assert!(ORDERS.contains(from));
    ORDERS.replace(from, to)
}

fn verdict(new: &str) -> (Verdict, Bump, String) {
    let rules = rules::of(Category::File);
    let judgement = judge(&compile(new), &[released("1.0.0", ORDERS)], &rules);
    let next = judgement.next.map_or_else(String::new, |version| version.to_string());
    (judgement.verdict, judgement.bump, next)
}

#[test]
fn nothing_changed_asks_for_nothing() {
    assert_eq!(verdict(ORDERS), (Verdict::Safe, Bump::None, String::new()));
}

#[test]
fn an_addition_asks_for_a_minor_release_and_has_a_direction() {
    let minor = |verdict| (verdict, Bump::Minor, "1.1.0".to_owned());
    let request = with("string sku = 1;", "string sku = 1; string note = 2;");
    assert_eq!(verdict(&request), minor(Verdict::ServersFirst));
    let response = with("State state = 2;", "State state = 2; string note = 3;");
    assert_eq!(verdict(&response), minor(Verdict::Safe));
    let event = with("OrderPlaced {", "OrderPlaced { string note = 2;");
    assert_eq!(verdict(&event), minor(Verdict::Safe));
    let value = with("STATE_UNSPECIFIED = 0;", "STATE_UNSPECIFIED = 0; STATE_OPEN = 1;");
    assert_eq!(verdict(&value), minor(Verdict::Safe));
    let rpc = "rpc Place(PlaceRequest) returns (PlaceResponse);";
    let method = with(rpc, &format!("{rpc} {}", rpc.replace("Place(", "Retry(")));
    assert_eq!(verdict(&method), minor(Verdict::ServersFirst));
    let deprecated = with("string sku = 1;", "string sku = 1 [deprecated = true];");
    assert_eq!(verdict(&deprecated), minor(Verdict::Safe));
}

#[test]
fn an_option_that_nobody_sees_asks_for_a_patch() {
    let new = with("package shop.v1;", "package shop.v1; option deprecated = true;");
    assert_eq!(verdict(&new), (Verdict::Safe, Bump::Patch, "1.0.1".to_owned()));
}

#[test]
fn one_finding_names_every_version_that_it_breaks() {
    let note = with("string sku = 1;", "string sku = 1; string note = 2;");
    let versions = [released("1.2.0", &note), released("1.0.0", ORDERS), released("1.1.0", &note)];
    let judgement = judge(&compile(ORDERS), &versions, &rules::of(Category::File));
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!(finding.versions, ["1.1.0", "1.2.0"]);
    assert_eq!(finding.rule, "FIELD_NO_DELETE");
    assert_eq!((finding.line, finding.column), (6, 1));
    assert_eq!(finding.role, Some(Role::Request));
    assert_eq!(finding.verdict, Some(Verdict::Breaking));
    assert_eq!(finding.subject, "shop.v1.PlaceRequest.note");
    assert!(!judgement.passes());
    assert_eq!(judgement.next.unwrap().to_string(), "2.0.0");
}

#[test]
fn what_breaks_only_drafts_is_reported_and_passes() {
    let new = with("string sku = 1;", "");
    let judgement = judge(&compile(&new), &[released("0.4.1", ORDERS)], &rules::of(Category::File));
    assert_eq!(judgement.findings[0].severity, Severity::Warning);
    assert!(judgement.passes());
    assert_eq!(judgement.next.unwrap().to_string(), "0.5.0");
}

#[test]
fn a_name_that_comes_back_as_something_else_is_found_in_the_older_version() {
    let without = with("  string sku = 1;\n", "");
    let again = with("string sku = 1;", "int32 sku = 1;");
    let rules = rules::of(Category::WireJson);
    let from_last = judge(&compile(&again), &[released("1.1.0", &without)], &rules);
    assert!(from_last.passes());
    let versions = [released("1.1.0", &without), released("1.0.0", ORDERS)];
    let from_all = judge(&compile(&again), &versions, &rules);
    assert_eq!(from_all.findings[0].versions, ["1.0.0"]);
}

#[test]
fn only_the_step_from_the_last_version_moves_the_version() {
    let note = with("string sku = 1;", "string sku = 1; string note = 2;");
    let versions = [released("1.0.0", &note), released("2.0.0", ORDERS)];
    let same = judge(&compile(ORDERS), &versions, &rules::of(Category::File));
    assert_eq!(same.findings[0].versions, ["1.0.0"]);
    assert!(!same.passes());
    assert_eq!((same.bump, same.next, same.verdict), (Bump::None, None, Verdict::Safe));
    assert!(same.changes.is_empty());
    let more = with("string id = 1;\n  State", "string id = 1; string more = 3;\n  State");
    let more = judge(&compile(&more), &versions, &rules::of(Category::File));
    assert_eq!((more.bump, more.verdict), (Bump::Minor, Verdict::Safe));
    assert_eq!(more.next.unwrap().to_string(), "2.1.0");
}

/// `shop.proto` imports `money.proto`, or not, and both are compiled together.
fn two(shop: &str, money: &str) -> Descriptors {
    let sources = Sources::from([
        ("shop.proto".to_owned(), format!("syntax = \"proto3\"; package shop.v1; {shop}").into()),
        ("money.proto".to_owned(), format!("syntax = \"proto3\"; package money; {money}").into()),
    ]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, []);
    descriptors.subset(|file| file == "shop.proto")
}

#[test]
fn a_file_that_a_version_promised_is_compared_wherever_it_is_now() {
    const USES: &str = "import \"money.proto\"; message A { money.Money m = 1; }";
    const MONEY: &str = "message Money { int64 units = 1; }";
    let widened = |one: &Descriptors| one.with_imports_of(|file| file == "money.proto");
    let old = Descriptors::decode(&two(USES, MONEY).encode()).unwrap();
    assert_eq!(old.own().collect::<Vec<_>>(), ["shop.proto"]);
    let released = [Released { version: "1.0.0".parse().unwrap(), descriptors: widened(&old) }];
    let judged = |shop: &str, money: &str| {
        let judgement = Gate::check().judge(&widened(&two(shop, money)), &released);
        let rules: Vec<_> = judgement.findings.into_iter().map(|one| one.rule).collect();
        (rules.join(", "), judgement.bump)
    };
    assert_eq!(judged(USES, MONEY), (String::new(), Bump::None));
    let other = "message Money { string units = 1; }";
    assert_eq!(judged(USES, other), ("FIELD_SAME_TYPE".to_owned(), Bump::Major));
    let without = "message A { reserved 1; reserved \"m\"; }";
    assert_eq!(judged(without, MONEY), ("FIELD_NO_DELETE".to_owned(), Bump::Major));
    assert_eq!(
        judged(without, other),
        ("FIELD_SAME_TYPE, FIELD_NO_DELETE".to_owned(), Bump::Major)
    );
}

#[test]
fn what_does_not_compile_is_a_finding_with_its_place() {
    let sources = Sources::from([
        ("good.proto".to_owned(), ORDERS.into()),
        ("syntax.proto".to_owned(), "syntax = \"proto3\";\nmessage {}\n".into()),
        (
            "type.proto".to_owned(),
            "syntax = \"proto3\";\nmessage A {\n  Missing b = 1;\n}\n".into(),
        ),
        ("import.proto".to_owned(), "syntax = \"proto3\";\n\nimport \"nowhere.proto\";\n".into()),
        ("uses.proto".to_owned(), "syntax = \"proto3\";\nimport \"syntax.proto\";\n".into()),
    ]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    let places: Vec<_> = findings
        .iter()
        .map(|one| format!("{}:{}:{}: {}", one.path, one.line, one.column, one.message))
        .collect();
    insta::assert_snapshot!(places.join("\n"), @r"
    import.proto:3:1: `nowhere.proto` is imported, but there is no such file
    syntax.proto:2:9: expected a message name, found `{`
    type.proto:3:3: `Missing` is not defined
    ");
    assert_eq!(descriptors.own().collect::<Vec<_>>(), ["good.proto"]);
}

#[test]
fn what_is_no_descriptor_set_is_refused() {
    for bytes in [&b""[..], b"syntax = \"proto3\";", &[0x0a, 0x05, 1, 2], &[0x0a, 0x02, 0x0a, 0x00]]
    {
        assert!(Descriptors::decode(bytes).is_err(), "{bytes:?}");
    }
    let cut = compile(ORDERS).encode();
    assert!(Descriptors::decode(&cut[..cut.len() - 1]).is_err());
}

#[test]
fn what_means_the_same_warns_and_asks_for_no_major_release() {
    let twin = |name: &str| {
        format!(
            "syntax = \"proto3\"; package a; message M {{ {name} x = 1; }} \
             message A {{ string id = 1; }} message B {{ string id = 1; }}"
        )
    };
    let rules = rules::of(Category::Wire);
    let judgement = judge(&compile(&twin("B")), &[released("1.0.0", &twin("A"))], &rules);
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!(finding.rule, "FIELD_WIRE_COMPATIBLE_TYPE");
    assert_eq!(finding.verdict, Some(Verdict::Safe));
    assert_eq!(
        finding.reason.as_deref(),
        Some("the other type has the same fields: same bytes, same JSON")
    );
    assert!(judgement.passes());
    assert_eq!(judgement.next.unwrap().to_string(), "1.1.0");
}

#[test]
fn a_type_that_is_validated_otherwise_is_no_twin() {
    let validate = "syntax = \"proto2\"; package buf.validate; \
        import \"google/protobuf/descriptor.proto\"; \
        extend google.protobuf.FieldOptions { optional FieldRules field = 1159; } \
        message FieldRules { optional StringRules string = 14; } \
        message StringRules { optional uint64 min_len = 2; }";
    let typed = |name: &str| {
        let text = format!(
            "syntax = \"proto3\"; package shop.v1; import \"validate.proto\";
            message A {{ string x = 1; }}
            message B {{ string x = 1 [(buf.validate.field).string.min_len = 5]; }}
            message C {{ string x = 1; }}
            message Order {{ {name} a = 1; }}"
        );
        let sources = [("shop.proto", &*text), ("validate.proto", validate)];
        let sources = sources.map(|(name, text)| (name.to_owned(), text.into()));
        let (descriptors, findings) = Descriptors::compile(&Sources::from(sources));
        assert_eq!(findings, []);
        descriptors
    };
    let old = Released { version: "1.0.0".parse().unwrap(), descriptors: typed("A") };
    for (name, verdict) in [("B", Verdict::Breaking), ("C", Verdict::Safe)] {
        let judgement = judge(&typed(name), std::slice::from_ref(&old), &[]);
        assert_eq!(judgement.verdict, verdict, "{name}");
    }
}

#[test]
fn what_a_retired_version_used_is_not_used_again() {
    let without = with("  string sku = 1;\n", "");
    let again = with("string sku = 1;", "int32 article = 1;");
    let retired = [released("1.0.0", ORDERS)];
    let gate = Gate { retired: &retired, ..Gate::check() };
    let judgement = gate.judge(&compile(&again), &[released("1.1.0", &without)]);
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!((&*finding.rule, &*finding.versions), ("FIELD_NO_REUSE", &["1.0.0".to_owned()][..]));
}

/// A field deprecated in 1.1.0 and 1.2.0, released on days 100 and 130, and then removed.
#[test]
fn a_removal_waits_for_versions_or_days_or_the_sunset() {
    let deprecated = with("string sku = 1;", "string sku = 1 [deprecated = true];");
    let versions =
        [released("1.0.0", ORDERS), released("1.1.0", &deprecated), released("1.2.0", &deprecated)];
    let new = compile(&with("  string sku = 1;\n", ""));
    let day = |version: &str, day| (version.parse().unwrap(), day);
    let released_on = BTreeMap::from([day("1.0.0", 10), day("1.1.0", 100), day("1.2.0", 130)]);
    let message = |least, days, today, sunset| {
        let policy = Policy {
            deprecation: Some(Deprecation { versions: least, days }),
            today: Some(today),
            sunset,
            released_on: released_on.clone(),
            ..Policy::default()
        };
        let gate = Gate { rules: rules::own::ALL.to_vec(), policy, ..Gate::default() };
        let findings = gate.judge(&new, &versions).findings;
        findings.into_iter().map(|one| one.message).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(message(Some(2), None, 140, None), "");
    assert_eq!(
        message(Some(3), None, 140, None),
        "\"shop.v1.PlaceRequest.sku\" was removed after 2 deprecated versions and 40 days; the \
         contract promises 3 released versions."
    );
    assert_eq!(message(None, Some(40), 140, None), "");
    assert_ne!(message(None, Some(41), 140, None), "");
    assert_eq!(message(Some(3), Some(40), 140, None), "");
    assert_eq!(message(Some(3), None, 140, Some(140)), "");
    assert_ne!(message(Some(3), None, 140, Some(141)), "");
}

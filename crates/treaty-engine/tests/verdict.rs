//! What changes and findings mean for the rollout, and whether words and bytes agree with it.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod fixture;

use treaty_engine::{ChangeKind, Descriptors, Gate, Judgement, Proof, Released, Verdict, prove};

use Verdict::{Breaking, ClientsFirst, Safe, ServersFirst};

/// Of one file, which may import what the fixtures import.
fn compile(text: &str) -> Descriptors {
    let mut sources = fixture::imports();
    sources.insert("shop.proto".to_owned(), text.into());
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, [], "{text}");
    descriptors.subset(|name| name == "shop.proto")
}

fn released(version: &str, text: &str) -> Released {
    Released { version: version.parse().unwrap(), descriptors: compile(text) }
}

fn judge(old: &str, new: &str) -> Judgement {
    let (new, released) = (compile(new), [released("1.0.0", old)]);
    let mut judgement = Gate::check().judge(&new, &released);
    prove(&new, &released, &mut judgement.findings);
    judgement
}

/// Kind and verdict of every change, but for what is reserved.
fn changes(old: &str, new: &str) -> Vec<(String, Verdict)> {
    let changes = judge(old, new).changes;
    let others = changes.iter().filter(|one| one.kind != ChangeKind::ReservedAdded);
    others.map(|one| (format!("{:?}", one.kind), one.verdict)).collect()
}

fn one(kind: &str, verdict: Verdict) -> Vec<(String, Verdict)> {
    vec![(kind.to_owned(), verdict)]
}

const ENUM: &str = "edition = \"2023\"; package shop.v1; message Req { string id = 1; } \
    message Res { E e = 1; } service S { rpc Get(Req) returns (Res); } \
    enum E { OPTION E_UNSPECIFIED = 0; E_A = 1; VALUE }";

fn with_enum(closed: bool, value: &str) -> String {
    let option = if closed { "option features.enum_type = CLOSED;" } else { "" };
    ENUM.replace("OPTION", option).replace("VALUE", value)
}

#[test]
fn a_value_that_went_away_mirrors_one_that_came() {
    let removed = "reserved 2; reserved E_B;";
    let of = |closed, new_closed, old, new| {
        changes(&with_enum(closed, old), &with_enum(new_closed, new))
    };
    assert_eq!(of(false, false, "E_B = 2;", removed), one("ReservedValueDeleted", Safe));
    assert_eq!(of(true, true, "E_B = 2;", removed), one("ClosedValueDeleted", ServersFirst));
    assert_eq!(of(false, false, "", "E_B = 2;"), one("ValueAdded", Safe));
    assert_eq!(of(true, true, "", "E_B = 2;"), one("ClosedValueAdded", ClientsFirst));
    // It is the old reader who meets the new value.
    assert_eq!(of(false, true, "", "E_B = 2;")[1], ("ValueAdded".to_owned(), Safe));
    assert_eq!(of(true, false, "", "E_B = 2;")[1], ("ClosedValueAdded".to_owned(), ClientsFirst));
}

const METHODS: &str = "syntax = \"proto3\"; package shop.v1; message Req { string id = 1; } \
    message Twin { string id = 1; } message Other { int32 id = 1; } \
    service S { rpc Get(Req) returns (Req); RPC } service T {}";

#[test]
fn a_method_goes_once_no_client_calls_it() {
    let (with, without) =
        (METHODS.replace("RPC", "rpc Del(Req) returns (Req);"), METHODS.replace("RPC", ""));
    assert_eq!(changes(&with, &without), one("MethodDeleted", ClientsFirst));
    let without = METHODS.replace("service T {}", "").replace("RPC", "");
    let with = METHODS.replace("RPC", "");
    assert_eq!(changes(&with, &without), one("ServiceDeleted", ClientsFirst));
}

#[test]
fn a_method_may_take_the_twin_of_its_type() {
    let of = |new: &str| {
        let with = |rpc| METHODS.replace("RPC", rpc);
        judge(&with("rpc Put(Req) returns (Req);"), &with(new))
    };
    let twin = of("rpc Put(Twin) returns (Twin);");
    assert_eq!(twin.changes.len(), 1, "{:?}", twin.changes);
    for finding in &twin.findings {
        assert_eq!(finding.verdict, Some(Safe), "{finding:?}");
    }
    let other = of("rpc Put(Other) returns (Req);");
    assert_eq!(other.verdict, Breaking);
}

#[test]
fn a_rename_that_keeps_its_json_name_breaks_only_code() {
    let of = |field: &str| {
        format!("syntax = \"proto3\"; package shop.v1; message M {{ string {field}; }}")
    };
    let kept = judge(&of("foo = 1"), &of("bar = 1 [json_name = \"foo\"]"));
    let [finding] = &kept.findings[..] else { panic!("{:?}", kept.findings) };
    assert_eq!((&*finding.rule, finding.verdict), ("FIELD_SAME_NAME", Some(Safe)));
    let other = judge(&of("foo = 1"), &of("bar = 1"));
    assert_eq!(other.verdict, Breaking);
    assert!(other.findings.iter().all(|one| matches!(one.proof, Some(Proof::Witness(_)))));
}

#[test]
fn the_name_of_an_extension_is_its_name_in_json() {
    let of = |name: &str| {
        format!(
            "syntax = \"proto2\"; package shop.v1; message M {{ extensions 1 to 9; }} \
             extend M {{ optional string {name} = 1; }}"
        )
    };
    assert_eq!(judge(&of("foo"), &of("bar")).verdict, Breaking);
}

const ROUTE: &str = "syntax = \"proto3\"; package shop.v1; import \"google/api/annotations.proto\"; \
    message Req { string id = 1; } service S { rpc Get(Req) returns (Req) { \
    option (google.api.http) = { get: \"PATH\" }; OPTION } }";

fn with_route(path: &str, option: &str) -> String {
    ROUTE.replace("PATH", path).replace("OPTION", option)
}

#[test]
fn a_judgement_is_no_milder_than_its_findings() {
    let (old, new) = (with_route("/v1/i/{id}", ""), with_route("/v2/i/{id}", ""));
    let judgement = judge(&old, &new);
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!((&*finding.rule, finding.verdict), ("HTTP_ROUTE_SAME", Some(Breaking)));
    assert_eq!(judgement.verdict, Breaking);
}

#[test]
fn another_change_of_the_element_does_not_speak_for_a_rule() {
    let (old, new) =
        (with_route("/v1/i/{id}", ""), with_route("/v2/i/{id}", "option deprecated = true;"));
    let judgement = judge(&old, &new);
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!((finding.verdict, &finding.reason), (Some(Breaking), &None));
    let of = |word, field| {
        format!(
            "edition = \"2024\"; package shop.v1; {word} message Money {{ {field} units = 1; }} \
             message M {{ Money m = 1; }}"
        )
    };
    let judgement = judge(&of("export", "int64"), &of("local", "int64"));
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!((&*finding.rule, finding.verdict), ("SYMBOL_NO_LOCAL", Some(Safe)));
    assert_eq!(judgement.verdict, Safe);
}

#[test]
fn one_fact_is_one_finding_whatever_each_version_thinks_of_it() {
    let versions = [
        released("1.0.0", &with_route("/v1/d/{id}", "")),
        released("1.1.0", &with_route("/v1/d/{id}", "option deprecated = true;")),
    ];
    let new = compile(&with_route("/v1/dd/{id}", "option deprecated = true;"));
    let judgement = Gate::check().judge(&new, &versions);
    let [finding] = &judgement.findings[..] else { panic!("{:?}", judgement.findings) };
    assert_eq!(finding.versions, ["1.0.0", "1.1.0"]);
}

/// Each role that it had says something else, and the finding says both.
#[test]
fn the_verdicts_of_several_versions_are_joined() {
    let of = |methods: &str, field: &str| {
        format!(
            "syntax = \"proto3\"; package shop.v1; message M {{ string id = 1; {field} }} \
             message N {{}} service S {{ {methods} }}"
        )
    };
    let (ask, answer) = ("rpc Ask(M) returns (N);", "rpc Answer(N) returns (M);");
    let (with, without) = ("string note = 2;", "reserved 2; reserved \"note\";");
    let versions = [released("0.1.0", &of("", with)), released("0.2.0", &of(answer, with))];
    let of_versions = |versions: &[Released]| {
        let findings = Gate::check().judge(&compile(&of("", without)), versions).findings;
        let is_field = |rule: &str| rule == "FIELD_NO_DELETE";
        findings.into_iter().filter(|one| is_field(&one.rule)).collect::<Vec<_>>()
    };
    let [finding] = &of_versions(&versions)[..] else { panic!() };
    assert_eq!(finding.versions, ["0.1.0", "0.2.0"]);
    assert_eq!(finding.verdict, Some(ClientsFirst));
    let versions = [released("0.1.0", &of("", with)), released("0.2.0", &of(ask, with))];
    let [finding] = &of_versions(&versions)[..] else { panic!() };
    assert_eq!(finding.verdict, Some(Breaking));
    assert!(finding.reason.is_some());
}

const FIELDS: &str = "syntax = \"proto3\"; package shop.v1; message Req { string id = 1; FIELDS } \
    enum E { E_UNSPECIFIED = 0; VALUES } service S { rpc Get(Req) returns (Req); }";

fn with_fields(fields: &str, values: &str) -> String {
    FIELDS.replace("FIELDS", fields).replace("VALUES", values)
}

/// What `treaty check` finds, as `RULE element versions`.
fn found(new: &str, live: &[Released], retired: &[Released]) -> Vec<String> {
    let findings = Gate { retired, ..Gate::check() }.judge(&compile(new), live).findings;
    let told = |one: &treaty_engine::Finding| {
        format!("{} {} {}", one.rule, one.subject, one.versions.join(", "))
    };
    findings.iter().map(told).collect()
}

#[test]
fn what_was_gone_for_a_version_is_reused_whatever_its_type() {
    let first = with_fields("int64 total_cents = 2; string note = 3;", "E_OPEN = 1;");
    let new = with_fields("int64 loyalty_points = 2; string ssn = 3;", "E_SHIPPED = 1;");
    let live = [released("2.0.0", &with_fields("", ""))];
    let retired = [released("1.0.0", &first)];
    assert_eq!(
        found(&new, &live, &retired),
        [
            "FIELD_NO_REUSE shop.v1.Req.loyalty_points 1.0.0",
            "FIELD_NO_REUSE shop.v1.Req.ssn 1.0.0",
            "ENUM_VALUE_NO_REUSE shop.v1.E.E_SHIPPED 1.0.0",
        ]
    );
    // It was there all the time, so that it is a rename, which its own version was told of.
    let live = [released("2.0.0", &new)];
    assert_eq!(found(&new, &live, &retired), [""; 0]);
}

#[test]
fn what_a_retired_and_a_live_version_know_is_one_finding() {
    let old = with_fields("int64 total = 2;", "");
    let new = with_fields("string coupon = 2;", "");
    let reuses = |found: Vec<String>| -> Vec<String> {
        found.into_iter().filter(|one| one.starts_with("FIELD_NO_REUSE")).collect()
    };
    let found = found(&new, &[released("1.1.0", &old)], &[released("1.0.0", &old)]);
    assert_eq!(reuses(found), ["FIELD_NO_REUSE shop.v1.Req.coupon 1.0.0, 1.1.0"]);
}

/// Constraints of a message that travels in the direction of `methods`.
fn with_constraint(methods: &str, most: u8) -> String {
    format!(
        "syntax = \"proto3\"; package shop.v1; import \"buf/validate/validate.proto\"; \
         message M {{ string x = 1 [(buf.validate.field).string.max_len = {most}]; }} \
         message N {{}} service S {{ {methods} }}"
    )
}

#[test]
fn asking_for_less_in_requests_and_promising_more_in_responses_is_no_finding() {
    let of = |methods: &str, old, new| {
        let judgement = judge(&with_constraint(methods, old), &with_constraint(methods, new));
        let rules: Vec<_> = judgement.findings.iter().map(|one| one.rule.clone()).collect();
        (rules.join(" "), judgement.verdict)
    };
    let (ask, answer) = ("rpc Ask(M) returns (N);", "rpc Answer(N) returns (M);");
    let (tighter, looser) = ("VALIDATION_NO_TIGHTEN", "VALIDATION_NO_LOOSEN");
    assert_eq!(of(ask, 10, 20), (String::new(), ServersFirst));
    assert_eq!(of(ask, 20, 10), (tighter.to_owned(), ClientsFirst));
    assert_eq!(of(answer, 20, 10), (String::new(), ServersFirst));
    assert_eq!(of(answer, 10, 20), (looser.to_owned(), ClientsFirst));
    for methods in ["", "rpc Echo(M) returns (M);"] {
        assert_eq!(of(methods, 10, 20).0, looser);
        assert_eq!(of(methods, 20, 10), (tighter.to_owned(), Breaking));
    }
}

#[test]
fn what_extends_a_request_travels_with_it() {
    let of = |field: &str| {
        format!(
            "syntax = \"proto2\"; package shop.v1; message Req {{ extensions 100 to 200; }} \
             message Res {{}} message Ext {{ optional string a = 1; {field} }} \
             extend Req {{ optional Ext ext = 100; }} service S {{ rpc Get(Req) returns (Res); }}"
        )
    };
    assert_eq!(changes(&of(""), &of("optional string c = 3;")), one("FieldAdded", ServersFirst));
}

const PAY: &str = "syntax = \"proto3\"; package shop.v1; message Order { string id = 1; \
    oneof pay { string card = 2; string cash = 3; MORE } } \
    service S { rpc Get(Order) returns (Order); }";

#[test]
fn what_no_rule_forbids_and_no_order_makes_safe_is_named() {
    let (old, new) = (PAY.replace("MORE", ""), PAY.replace("MORE", "string crypto = 4;"));
    let judgement = judge(&old, &new);
    assert!(judgement.passes() && judgement.findings.is_empty());
    let [apart] = &judgement.apart[..] else { panic!("{:?}", judgement.apart) };
    assert_eq!(apart.change.subject.to_string(), "shop.v1.Order.crypto");
    assert_eq!((judgement.verdict, &*apart.versions), (Breaking, &["1.0.0".to_owned()][..]));
    // What a rule found is its finding.
    let judgement = judge(&new, &old);
    assert!(!judgement.passes() && judgement.apart.is_empty());
}

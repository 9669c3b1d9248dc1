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

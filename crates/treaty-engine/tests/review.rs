//! What a semantic diff tells: one entry for each thing that happened.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::fmt::Write as _;

use treaty_engine::{Descriptors, Sources, review};

fn compile(files: &[(&str, &str)]) -> Descriptors {
    let sources: Sources =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect();
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, []);
    descriptors
}

fn told(old: &[(&str, &str)], new: &[(&str, &str)]) -> String {
    let (old, new) = (compile(old), compile(new));
    let review = review(&old, &new);
    let mut text = format!("{}\n", review.verdict);
    for one in review.entries {
        let (what, sort, group) = (one.what, one.sort, &one.group);
        writeln!(
            text,
            "{} {sort:?} {group}: {what:?} {} {:?}",
            one.package, one.element, one.kinds
        )
        .unwrap();
        for (sign, side) in [("-", one.old), ("+", one.new)] {
            if let Some(side) = side {
                writeln!(text, "  {sign} {side}").unwrap();
            }
        }
        for member in one.members {
            writeln!(text, "    {member}").unwrap();
        }
        writeln!(text, "  {}, {} ({:?})", one.verdict, one.reason, one.role).unwrap();
    }
    text
}

#[test]
fn each_thing_that_happened_is_one_entry() {
    let old = r#"
        syntax = "proto3"; package shop.v1;
        option go_package = "example.com/a";
        service Orders {
          rpc GetOrder(Order) returns (Order);
          rpc OldCall(Order) returns (Order);
        }
        message Order {
          string id = 1;
          int32 count = 2;
          string note = 3;
          string gone = 4;
          string moved_number = 5;
          map<string, Item> items = 6;
          State state = 7;
          oneof pay { string card = 8; string cash = 9; }
          string label = 10 [deprecated = true];
        }
        message Item { string sku = 1; message Part { string name = 1; } Part part = 2; }
        message Away { string x = 1; }
        enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_OLD = 2; STATE_NUMBERED = 3; }
    "#;
    let new = r#"
        syntax = "proto3"; package shop.v1;
        option go_package = "example.com/b";
        service Orders {
          rpc GetOrder(Order) returns (stream Order) { option idempotency_level = NO_SIDE_EFFECTS; }
          rpc NewCall(Order) returns (Order) { option deprecated = true; }
        }
        message Order {
          reserved 4; reserved "gone";
          string id = 1 [json_name = "ID"];
          sint64 count = 2;
          string remark = 3;
          string moved_number = 15;
          repeated string extra = 11;
          State state = 7;
          oneof pay { string card = 8; string cash = 9; bool free = 12; }
          string label = 10;
        }
        message Bill { string id = 1; Order order = 2; }
        enum State { STATE_UNSPECIFIED = 0; STATE_PLACED = 1; STATE_NUMBERED = 4; }
    "#;
    let away = r#"syntax = "proto3"; package shop.v1; message Away { string x = 1; }"#;
    insta::assert_snapshot!(told(
        &[("shop.proto", old)],
        &[("shop.proto", new), ("away.proto", away)]
    ));
}

#[test]
fn another_package_is_a_move_and_another_syntax_a_change() {
    let old = r#"
        syntax = "proto2"; package shop.v1;
        message Order { optional string id = 1 [default = "x"]; extensions 100 to 199; }
        extend Order { optional int32 gift = 100; }
        enum Color { RED = 0; }
    "#;
    let new = r#"
        edition = "2023"; package store.v1;
        message Order { string id = 1 [default = "x"]; extensions 100 to 199; }
        extend Order { int32 gift = 101; }
        enum Color { option features.enum_type = CLOSED; RED = 0; }
    "#;
    insta::assert_snapshot!(told(&[("shop.proto", old)], &[("shop.proto", new)]));
}

#[test]
fn options_are_told_by_name_and_value() {
    let declared = r#"syntax = "proto2"; package shop.options;
        import "google/protobuf/descriptor.proto";
        message Rule { optional string get = 1; repeated int32 codes = 2; }
        enum Area { AREA_NONE = 0; AREA_SHOP = 1; }
        extend google.protobuf.FileOptions { optional string team = 50001; }
        extend google.protobuf.MessageOptions { optional Area area = 50001; }
        extend google.protobuf.FieldOptions { repeated string owner = 50001; }
        extend google.protobuf.EnumValueOptions { optional bool internal = 50001; }
        extend google.protobuf.ServiceOptions { optional double weight = 50001; }
        extend google.protobuf.MethodOptions { optional Rule rule = 50001; }"#;
    let old = r#"syntax = "proto3"; package shop.v1;
        import "options.proto";
        option (shop.options.team) = "orders";
        message Order {
          option (shop.options.area) = AREA_SHOP;
          string id = 1 [(shop.options.owner) = "a", (shop.options.owner) = "b"];
          string note = 2 [deprecated = true];
          string same = 3 [(shop.options.owner) = "x"];
        }
        enum State { STATE_NONE = 0; STATE_ODD = 1 [(shop.options.internal) = true]; }
        service Orders {
          option (shop.options.weight) = 0.5;
          rpc Get(Order) returns (Order) { option (shop.options.rule) = { get: "/v1" codes: [1, 2] }; }
        }"#;
    let new = old
        .replace("\"orders\"", "\"sales\"")
        .replace("AREA_SHOP", "AREA_NONE")
        .replace(", (shop.options.owner) = \"b\"", "")
        .replace("[deprecated = true]", "[debug_redact = true]")
        .replace(" [(shop.options.internal) = true]", "")
        .replace("0.5", "1.5")
        .replace("/v1", "/v2");
    insta::assert_snapshot!(told(
        &[("options.proto", declared), ("shop.proto", old)],
        &[("options.proto", declared), ("shop.proto", &new)]
    ));
}

#[test]
fn nothing_is_told_of_what_is_the_same() {
    let text = r#"syntax = "proto3"; package p; message M { M m = 1; }"#;
    assert_eq!(told(&[("a.proto", text)], &[("a.proto", text)]), "safe\n");
}

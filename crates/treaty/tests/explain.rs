//! `treaty explain` and `treaty diff` as a user meets them.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use serde_json::Value;
use workspace::{ORDERS, ORDERS_PATH, Workspace};

const OLD: &str = r#"syntax = "proto3";
package shop.v1;
message Order {
  int32 count = 1;
  string note = 2;
  Item item = 3;
}
message Item { string sku = 1; }
"#;

const NEW: &str = r#"syntax = "proto3";
package shop.v1;
message Order {
  sint32 count = 1;
  string remark = 2;
  Item item = 3;
  bool gift = 4;
}
message Item { string sku = 1; }
message Bill { string id = 1; }
"#;

/// A folder with `old/shop.proto` and `new/shop.proto`.
fn two_versions() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("old/shop.proto", OLD);
    workspace.write("new/shop.proto", NEW);
    workspace
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_rule_is_explained_with_a_witness_in_any_case() {
    let workspace = Workspace::new();
    for id in ["FIELD_SAME_TYPE", "field_same_type"] {
        workspace.run(&["explain", id]).says(
            0,
            &[
                "FIELD_SAME_TYPE: A field has another type",
                "  -   int32 count = 1;",
                "  +   sint32 count = 1;",
                "the old version writes shop.v1.Item {\"count\":1}",
                "as the bytes 08 01",
                "the new version reads {\"count\":-1}",
                "v2          FILE, PACKAGE, CSR (default)",
                "verdict     breaking in every role",
                "a [[waiver]] in contract.toml",
            ],
        );
    }
    let text = workspace.run(&["explain", "FIELD_NO_REUSE"]).expect(0);
    assert!(!text.contains('\u{1b}'), "colours are for terminals only: {text:?}");
}

#[test]
fn every_rule_can_be_explained_to_machines() {
    let workspace = Workspace::new();
    let list = json(&workspace.run(&["explain", "--format", "json"]).expect(0));
    let rules = list.as_array().unwrap();
    assert_eq!(rules.len(), 64 + 15 + 47);
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    for id in ids {
        let rule = json(&workspace.run(&["explain", id, "--format", "json"]).expect(0));
        assert_eq!(rule["id"], id);
        let found = rule["findings"].as_array().unwrap();
        assert_eq!(found.is_empty(), rule["deprecated"] == true, "{id}");
        if rule["sort"] != "lint" {
            assert!(found.iter().all(|one| !one["proof"].is_null()), "{id}: {found:#?}");
        }
    }
}

#[test]
fn what_is_no_rule_is_told_apart() {
    let workspace = Workspace::new();
    workspace
        .run(&["explain", "FIELD_DELETED"])
        .says(2, &["no rule is called FIELD_DELETED; did you mean FIELD_NO_DELETE"]);
    workspace
        .run(&["explain", "FIELD_SAME_LABEL"])
        .says(0, &["Deprecated", "FIELD_SAME_CARDINALITY"]);
    workspace.run(&["explain", "WAIVER_EXPIRED"]).says(0, &["last day of a waiver"]);
    let wire = workspace.run(&["explain", "WIRE"]).expect(0);
    assert!(wire.contains("FIELD_WIRE_COMPATIBLE_TYPE") && !wire.contains("FIELD_SAME_NAME"));
    workspace.run(&["explain", "--bytes", "08"]).says(2, &["--old", "--new"]);
}

#[test]
fn the_book_is_what_the_repository_has() {
    let book = Workspace::new().run(&["explain", "--book"]).expect(0);
    assert_eq!(book, include_str!("../../../docs/rules.md"));
}

#[test]
fn bytes_are_told_side_by_side() {
    let workspace = two_versions();
    let arguments = ["explain", "--bytes", "08 01 12 01 61 20 01", "--old", "old", "--new", "new"];
    // Only Order reads all of it.
    workspace.run(&arguments).says(
        0,
        &[
            "shop.v1.Order, 7 bytes",
            "! 0..2   1      varint 1     count = 1         count = -1",
            "! 2..5   2      bytes 61     note = \"a\"        remark = \"a\"",
            "! 5..7   4      varint 1     unknown, skipped  gift = true",
            "the old version reads {\"count\":1,\"note\":\"a\"}",
            "the new version reads {\"count\":-1,\"remark\":\"a\",\"gift\":true}",
        ],
    );
    let base64 = ["explain", "--bytes", "CAESAWEgAQ==", "--old", "old", "--new", "new"];
    let told = json(&workspace.run(&[&base64[..], &["--format", "json"]].concat()).expect(0));
    assert_eq!(told["bytes"], "08 01 12 01 61 20 01");
    assert_eq!(told["old"]["reads"], serde_json::json!({ "count": 1, "note": "a" }));
    assert_eq!(told["fields"][2]["old"], "no_field");
    assert_eq!(told["fields"][2]["new"]["read"]["value"], "true");
    std::fs::write(workspace.path().join("message.bin"), [8, 1, 18, 1, 0xff]).unwrap();
    let of_file = ["explain", "--bytes", "@message.bin", "--old", "old", "--new", "new"];
    workspace
        .run(&[&of_file[..], &["--type", "shop.v1.Order"]].concat())
        .says(0, &["the old version refuses it", "UTF-8"]);
}

#[test]
fn bytes_that_cannot_be_told_are_wrong_usage() {
    let workspace = two_versions();
    let run = |bytes: &str, more: &[&str]| {
        let all = [&["explain", "--bytes", bytes, "--old", "old", "--new", "new"], more].concat();
        workspace.run(&all)
    };
    for odd in ["0a0", "0x08 0", "abc"] {
        run(odd, &[]).says(2, &["an odd number of hexadecimal digits", "`base64:"]);
    }
    run("base64:CAE", &["--type", "shop.v1.Order"]).says(0, &["shop.v1.Order, 2 bytes"]);
    run("zz", &[]).says(2, &["`zz` is neither hexadecimal nor base64"]);
    run("0a 01 61", &[]).says(2, &["more than one message", "shop.v1.Bill, shop.v1.Item"]);
    run("08", &["--type", "shop.v1.Gone"]).says(2, &["neither version has a message"]);
    run("@nowhere", &[]).says(1, &["cannot open nowhere"]);
    workspace.write("old/shop.proto", "syntax = \"proto3\"; message {");
    run("08 01", &["--type", "shop.v1.Order"]).says(100, &["old/shop.proto:1"]);
}

#[test]
fn a_diff_names_each_thing_once_and_passes() {
    let workspace = two_versions();
    workspace.run(&["diff", "new", "--against", "old"]).says(
        0,
        &[
            "shop.v1\n  + message Bill\n  +   string id = 1\n",
            "  message Order\n    - int32 count = 1\n    + sint32 count = 1\n        field retyped: breaking",
            "    - string note = 2\n    + string remark = 2\n        renamed: breaking",
            "    + bool gift = 4\n        added: safe",
            "2 added, 1 renamed, 1 changed; no order of rollout is safe",
        ],
    );
    let answer =
        json(&workspace.run(&["diff", "new", "--against", "old", "--format", "json"]).expect(0));
    assert_eq!(answer["verdict"], "breaking");
    assert_eq!(answer["counts"]["renamed"], 1);
    assert_eq!(answer["changes"].as_array().unwrap().len(), 4);
    workspace
        .run(&["diff", "new", "--against", "old", "--format", "markdown"])
        .says(0, &["**treaty diff:** 2 added, 1 renamed, 1 changed", "| `int32 count = 1` |"]);
    workspace.run(&["diff", "old", "--against", "old"]).says(0, &["no differences"]);
    workspace.run(&["diff", "nowhere", "--against", "old"]).expect(1);
}

#[test]
fn a_diff_takes_revisions_images_and_released_versions() {
    let workspace = Workspace::released();
    workspace.git(&["init", "-q", "-b", "main"]);
    workspace.git(&["add", "."]);
    workspace.git(&["commit", "-q", "-m", "first"]);
    workspace.run(&["diff"]).says(0, &["no differences"]);
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note = 2;", "string remark = 2;"));
    let words = ["- string note = 2", "+ string remark = 2", "1 renamed"];
    workspace.run(&["diff"]).says(0, &words);
    workspace.run(&["diff", "proto", "--against", ".git#branch=main,subdir=proto"]).says(0, &words);
    workspace.run(&["diff", "proto", "--against", "released"]).says(0, &words);
    workspace.run(&["build", "proto", "-o", "new.binpb"]).expect(0);
    workspace.run(&["diff", "new.binpb", "--against", "released"]).says(0, &words);
}

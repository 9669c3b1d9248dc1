//! What the gate says of the rollout of what it lets pass.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use workspace::{ORDERS_PATH, Workspace};

const PAY: &str = r#"syntax = "proto3";

package shop.orders.v1;

service OrdersService {
  rpc GetOrder(Order) returns (Order);
}

message Order {
  string id = 1;
  oneof pay {
    string card = 2;
    string cash = 3;
  }
}
"#;

fn released(text: &str, version: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write(ORDERS_PATH, text);
    workspace.run(&["release", "shop.orders", "--version", version]).expect(0);
    workspace
}

#[test]
fn what_no_rule_forbids_is_no_error_and_no_ok() {
    let workspace = released(PAY, "1.0.0");
    let new = PAY.replace("cash = 3;", "cash = 3;\n    string crypto = 4;");
    workspace.write(ORDERS_PATH, &new);
    let told = "no order of rollout is safe: old and new must not run side by side for \
                shop.orders.v1.Order.crypto";
    workspace.run(&["check"]).says(
        0,
        &[
            "passes with a warning, asks for a minor release: 1.1.0",
            told,
            "warning: shop.orders.v1.Order.crypto: no rule forbids it, but an old reader sees the \
             oneof as not set; not beside 1.0.0",
        ],
    );
    workspace.run(&["check", "--format", "markdown"]).says(0, &[told]);
    workspace.run(&["release", "shop.orders"]).says(0, &[told]);
    let changelog = workspace.read("proto/shop/orders/CHANGELOG.md");
    assert!(changelog.contains(&told[1..]), "{changelog}");
    workspace.run(&["check"]).says(0, &["ok, the same as its last release"]);
}

#[test]
fn what_only_breaks_a_draft_names_what_it_breaks() {
    let workspace = released(PAY, "0.1.0");
    workspace.write(ORDERS_PATH, &PAY.replace("string id = 1;", "int32 id = 1;"));
    workspace.run(&["check"]).says(
        0,
        &[
            "warning[FIELD_SAME_TYPE]",
            "passes with a warning, asks for a major release: 0.2.0; no order of rollout is safe: \
             old and new must not run side by side for shop.orders.v1.Order.id",
        ],
    );
}

#[test]
fn changes_that_want_opposite_orders_go_one_after_the_other() {
    let of = |first: &str, second: &str| {
        format!(
            "edition = \"2023\"; package shop.orders.v1; message Ask {{ string id = 1; {first} }} \
             message Answer {{ E e = 1; }} enum E {{ option features.enum_type = CLOSED; \
             E_UNSPECIFIED = 0; {second} }} service S {{ rpc Get(Ask) returns (Answer); }}"
        )
    };
    let workspace = released(&of("", ""), "1.0.0");
    workspace.write(ORDERS_PATH, &of("bool full = 2;", "E_OPEN = 1;"));
    workspace.run(&["check"]).says(
        0,
        &["no order of rollout is safe: servers would go first for shop.orders.v1.Ask.full, \
             clients for shop.orders.v1.E.E_OPEN; release one after the other"],
    );
}

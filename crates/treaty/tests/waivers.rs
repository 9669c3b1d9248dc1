//! What a contract says of itself beyond its name: waivers, retired versions, and the changelog of
//! its releases.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use workspace::{MANIFEST_PATH, ORDERS, ORDERS_PATH, Workspace};

const CHANGELOG_PATH: &str = "proto/shop/orders/CHANGELOG.md";

fn waiver(element: &str, expires: &str) -> String {
    format!(
        "\n[[waiver]]\nrule = \"FIELD_NO_DELETE\"\nelement = \"{element}\"\nreason = \"nobody \
         reads it\"\nowner = \"orders team\"\nexpires = {expires}\n"
    )
}

/// Two releases, the field of the second deleted, and more in the contract.toml.
fn broken(more: &str) -> Workspace {
    let workspace = Workspace::released();
    workspace.write(ORDERS_PATH, &ORDERS.replace("  string note = 2;\n", ""));
    let manifest = workspace.read(MANIFEST_PATH) + more;
    workspace.write(MANIFEST_PATH, &manifest);
    workspace
}

const NOTE: &str = "shop.orders.v1.GetOrderResponse.note";

#[test]
fn a_waiver_lets_a_break_pass_until_its_day_and_asks_for_a_major_release() {
    let workspace = broken(&waiver(NOTE, "9999-12-31"));
    workspace.run(&["check"]).says(
        0,
        &[
            "warning[FIELD_NO_DELETE]",
            "= waived: until 9999-12-31 by orders team: nobody reads it",
            "asks for a major release: 2.0.0",
        ],
    );
    workspace.run(&["release", "shop.orders", "--version", "1.2.0"]).says(2, &["at least 2.0.0"]);
    workspace.run(&["release", "shop.orders"]).says(0, &["released shop.orders 2.0.0"]);
    let changelog = workspace.read(CHANGELOG_PATH);
    assert!(changelog.contains("Breaks:"), "{changelog}");
    assert!(changelog.contains("waived until 9999-12-31 by orders team"), "{changelog}");
}

#[test]
fn a_waiver_that_is_over_says_so_and_stops_nothing_any_more() {
    let workspace = broken(&waiver(NOTE, "2020-01-31"));
    workspace.run(&["check"]).says(
        100,
        &[
            "error[FIELD_NO_DELETE]",
            "error[WAIVER_EXPIRED]: the waiver of FIELD_NO_DELETE for",
            "was over on 2020-01-31",
            "proto/shop/orders/contract.toml:6:1",
        ],
    );
}

#[test]
fn a_waiver_that_nothing_needs_is_told_and_one_without_reason_refused() {
    let workspace = broken(&waiver("shop.orders.v1.Other.field", "9999-12-31"));
    workspace.run(&["check"]).says(100, &["warning[WAIVER_UNUSED]", "error[FIELD_NO_DELETE]"]);
    let silent = waiver(NOTE, "9999-12-31").replace("nobody reads it", " ");
    broken(&silent).run(&["check"]).says(100, &["the waiver's `reason` is empty"]);
    let undated = waiver(NOTE, "\"tomorrow\"");
    broken(&undated).run(&["check"]).says(100, &["error[CONTRACT_TOML]", "a date without quotes"]);
}

#[test]
fn a_retired_version_is_compared_with_nothing() {
    let workspace = Workspace::released();
    // What 1.0.0 alone had can only be missed by 1.0.0.
    let renamed = ORDERS.replace("string note = 2;", "string note = 2;\n  string more = 3;");
    workspace.write(ORDERS_PATH, &renamed);
    workspace.run(&["release", "shop.orders"]).expect(0);
    let manifest = workspace.read(MANIFEST_PATH) + "retired = [\"1.0.0\", \"1.1.0\"]\n";
    workspace.write(MANIFEST_PATH, &manifest);
    workspace.write(ORDERS_PATH, &renamed.replace("  string note = 2;\n", ""));
    let text = workspace.run(&["check"]).expect(100);
    assert!(text.contains("breaks: 1.2.0"), "{text}");
    assert!(!text.contains("1.1.0, 1.2.0"), "{text}");
}

#[test]
fn only_what_was_released_and_has_a_successor_can_be_retired() {
    let workspace = Workspace::released();
    let manifest = workspace.read(MANIFEST_PATH) + "retired = [\"0.9.0\", \"1.1.0\"]\n";
    workspace.write(MANIFEST_PATH, &manifest);
    workspace.run(&["check"]).says(
        100,
        &[
            "0.9.0 is retired, but was never released",
            "1.1.0 is retired, but it is the last release",
        ],
    );
}

#[test]
fn a_release_writes_what_changed_into_the_changelog() {
    let workspace = Workspace::released();
    let changelog = workspace.read(CHANGELOG_PATH);
    let first = changelog.find("## 1.0.0 - ").unwrap();
    let second = changelog.find("## 1.1.0 - ").unwrap();
    assert!(second < first, "the newest is not the first: {changelog}");
    assert!(
        changelog.contains("- field added: shop.orders.v1.GetOrderResponse.note"),
        "{changelog}"
    );
    assert!(changelog.contains("Roll out in any order."), "{changelog}");
}

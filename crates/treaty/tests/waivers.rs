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
fn a_waived_break_is_released_once() {
    let workspace = broken(&waiver(NOTE, "9999-12-31"));
    workspace.run(&["release", "shop.orders"]).says(0, &["no order of rollout is safe"]);
    workspace
        .run(&["check"])
        .says(0, &["breaks: 1.1.0", "shop.orders 2.0.0: ok, the same as its last release"]);
    workspace.run(&["release", "shop.orders"]).says(1, &["nothing to release"]);
    let orders = workspace.read(ORDERS_PATH);
    workspace.write(
        ORDERS_PATH,
        &orders.replace(
            "{\n  string order_id = 1;\n}\n\nmessage GetOrderR",
            "{\n  string order_id = 1;\n}\n\nmessage More {}\n\nmessage GetOrderR",
        ),
    );
    workspace
        .run(&["release", "shop.orders"])
        .says(0, &["released shop.orders 2.1.0", "roll out in any order"]);
    let changelog = workspace.read(CHANGELOG_PATH);
    assert_eq!(changelog.matches("Breaks:").count(), 1, "it was told once: {changelog}");
}

#[test]
fn a_waived_break_fails_in_no_format() {
    let workspace = broken(&waiver(NOTE, "9999-12-31"));
    let who = "Waived until 9999-12-31 by orders team: nobody reads it";
    for (format, words) in [
        (
            "junit",
            &["tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\"", "<skipped message="][..],
        ),
        ("github-actions", &["::warning file=proto/shop/orders/v1/orders.proto,line=13"]),
        ("gitlab-code-quality", &["\"severity\":\"info\""]),
        ("sarif", &["\"level\": \"warning\""]),
        ("markdown", &["**treaty check: passed.**"]),
    ] {
        let text = workspace.run(&["check", "--format", format]).expect(0);
        for word in words.iter().chain(&[who]) {
            assert!(text.contains(word), "`{word}` is missing in:\n{text}");
        }
        assert!(!text.contains("<failure"), "{text}");
        assert!(format != "markdown" || !text.contains("Instead"), "{text}");
    }
    let text = workspace.run(&["check", "--format", "json"]).expect(0);
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let finding = &answer["contracts"][0]["judgement"]["findings"][0];
    assert_eq!(finding["waived"], "until 9999-12-31 by orders team: nobody reads it");
}

#[test]
fn a_waiver_can_be_written_from_what_is_printed() {
    let workspace = Workspace::released();
    std::fs::rename(
        workspace.path().join(ORDERS_PATH),
        workspace.path().join("proto/shop/orders/v1/z.proto"),
    )
    .unwrap();
    let manifest = workspace.read(MANIFEST_PATH);
    let with = |rule: &str, element: &str| {
        let waiver = waiver(element, "9999-12-31").replace("FIELD_NO_DELETE", rule);
        workspace.write(MANIFEST_PATH, &format!("{manifest}{waiver}"));
        workspace.run(&["check"])
    };
    with("FILE_NO_DELETE", ORDERS_PATH).says(
        100,
        &[
            "= element: shop/orders/v1/orders.proto",
            "FILE_NO_DELETE was found for the element shop/orders/v1/orders.proto: if that is",
        ],
    );
    for (rule, meant) in [("FILE_NO_DELET", "FILE_NO_DELETE"), ("FILE", "FILE_NO_DELETE")] {
        let text = with(rule, "shop/orders/v1/orders.proto").expect(100);
        assert!(
            text.contains(&format!("warning[WAIVER_UNUSED]: no rule is called `{rule}`")),
            "{text}"
        );
        assert!(text.contains("did you mean ") && text.contains(meant), "{text}");
    }
    with("FILE_NO_DELETE", "shop/orders/v1/orders.proto").says(100, &["= waived: until"]);
}

#[test]
fn a_promise_of_nothing_and_an_owner_who_is_nobody_are_refused() {
    let workspace = Workspace::released();
    let manifest = workspace.read(MANIFEST_PATH);
    for (text, words) in [
        (manifest.replace("orders team", " "), ["contract.toml:4:9", "the `owner` is empty"]),
        (format!("{manifest}[deprecation]\n"), ["contract.toml:5:1", "promises nothing"]),
        (format!("{manifest}[deprecation]\ndays = 0\n"), ["contract.toml:5:1", "0 `days`"]),
        (format!("{manifest}[deprecation]\nreleases = 0\n"), ["contract.toml:5", "0 `releases`"]),
    ] {
        workspace.write(MANIFEST_PATH, &text);
        workspace.run(&["check"]).says(
            100,
            &[&["error[CONTRACT_TOML]", "shop.orders 1.1.0: not certain"], &words[..]].concat(),
        );
    }
}

#[test]
fn the_page_about_contracts_lists_every_key() {
    let page = include_str!("../../../docs/contracts.md");
    let workspace = Workspace::new();
    let manifest = workspace.read(MANIFEST_PATH);
    let keys = |more: &str| {
        workspace.write(MANIFEST_PATH, &format!("{manifest}{more}"));
        let text = workspace.run(&["check"]).expect(100);
        let (_, keys) = text.split_once("expected ").unwrap();
        let keys = keys.lines().next().unwrap().split('`').skip(1).step_by(2);
        keys.map(str::to_owned).collect::<Vec<_>>()
    };
    let rows: Vec<_> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(rows, keys("unknown = 1\n"));
    for key in [keys("[deprecation]\nunknown = 1\n"), keys("[[waiver]]\nunknown = 1\n")].concat() {
        assert!(page.contains(&format!("\n{key} = ")), "{key}");
    }
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
fn a_release_is_written_whole_or_not_at_all() {
    let workspace = Workspace::released();
    let more = ORDERS.replace("string note = 2;", "string note = 2;\n  string more = 3;");
    workspace.write(ORDERS_PATH, &more);
    let (path, changelog) = (workspace.path().join(CHANGELOG_PATH), workspace.read(CHANGELOG_PATH));
    let files = || {
        let folder = workspace.path().join("proto/shop/orders");
        let names = [folder.join("released"), folder].map(|folder| {
            std::fs::read_dir(folder)
                .unwrap()
                .map(|one| one.unwrap().file_name())
                .collect::<Vec<_>>()
        });
        let list = workspace.read("proto/shop/orders/released/digests.toml");
        (names.map(|names| names.len()), workspace.read(MANIFEST_PATH), list)
    };
    let before = files();
    std::fs::write(&path, b"# \xe9\n").unwrap();
    workspace.run(&["release", "shop.orders"]).says(1, &["cannot read", "CHANGELOG.md"]);
    assert_eq!(files(), before);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    workspace.run(&["release", "shop.orders"]).says(1, &["CHANGELOG.md", "is not a file"]);
    assert_eq!(files(), before);
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, changelog).unwrap();
    workspace.run(&["release", "shop.orders"]).says(0, &["released shop.orders 1.2.0"]);
    assert!(workspace.read(CHANGELOG_PATH).contains("## 1.2.0"));
}

#[test]
fn a_release_keeps_the_ends_of_lines() {
    let workspace = Workspace::released();
    let paths = [MANIFEST_PATH, CHANGELOG_PATH, "proto/shop/orders/released/digests.toml"];
    for path in paths {
        workspace.write(path, &workspace.read(path).replace('\n', "\r\n"));
    }
    let more = ORDERS.replace("string note = 2;", "string note = 2;\n  string more = 3;");
    workspace.write(ORDERS_PATH, &more);
    workspace.run(&["release", "shop.orders"]).says(0, &["released shop.orders 1.2.0"]);
    for path in paths {
        let text = workspace.read(path);
        assert!(text.contains("1.2.0") && !text.replace("\r\n", "").contains('\n'), "{text:?}");
    }
    workspace.run(&["check"]).says(0, &["the same as its last release"]);
}

#[test]
fn what_is_counted_is_what_is_there() {
    let workspace = broken(&waiver("shop.orders.v1.Other.field", "9999-12-31"));
    workspace.run(&["check"]).says(100, &["breaks, 1 finding against 2 released versions"]);
    let retired = workspace.read(MANIFEST_PATH).replace("[[", "retired = [\"1.0.0\"]\n[[");
    workspace.write(MANIFEST_PATH, &retired);
    workspace.run(&["check"]).says(100, &["breaks, 1 finding against 1 released version:"]);
    workspace
        .run(&["check", "--format", "markdown"])
        .says(100, &["failed.** 1 finding and 1 warning."]);
    workspace.write(ORDERS_PATH, &ORDERS.replace("message GetOrderR", "massage GetOrderR"));
    let text = workspace.run(&["release", "shop.orders"]).expect(100);
    assert!(text.contains("nothing was released: correct what stands above"), "{text}");
    workspace.write(ORDERS_PATH, ORDERS);
    workspace.write("proto/shop/orders/v1/twice.proto", ORDERS);
    let place = "already defined, at proto/shop/orders/v1/orders.proto:";
    workspace.run(&["check"]).says(100, &[place]);
}

#[test]
fn a_contract_may_be_all_of_the_folder() {
    let workspace = Workspace::new();
    std::fs::rename(
        workspace.path().join(MANIFEST_PATH),
        workspace.path().join("proto/contract.toml"),
    )
    .unwrap();
    workspace
        .run(&["release", "shop.orders"])
        .says(0, &["released shop.orders 1.0.0: proto/released/1.0.0.binpb"]);
    std::fs::write(workspace.path().join("proto/released/1.0.0.binpb"), b"").unwrap();
    workspace.run(&["check"]).says(100, &["--> proto/released/1.0.0.binpb", "not certain"]);
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

//! The gate's commands as a user meets them: the binary over small workspaces.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use std::fs;

use tempfile::TempDir;
use workspace::{MANIFEST, MANIFEST_PATH, ORDERS, ORDERS_PATH, Workspace};

#[test]
fn a_deleted_field_names_rule_place_versions_and_remedy() {
    let workspace = Workspace::released();
    workspace
        .write(ORDERS_PATH, &ORDERS.replace("  string order_id = 1;\n  string note = 2;\n", ""));
    workspace.run(&["check"]).says(
        100,
        &[
            "error[FIELD_NO_DELETE]: Previously present field \"1\" with name \"order_id\"",
            "proto/shop/orders/v1/orders.proto:13:1",
            "13 | message GetOrderResponse {",
            "element: shop.orders.v1.GetOrderResponse.order_id",
            "breaks: 1.0.0, 1.1.0",
            "element: shop.orders.v1.GetOrderResponse.note",
            "breaks: 1.1.0",
            "remedy: restore the field",
            "read in response",
        ],
    );
}

#[test]
fn an_added_field_passes_and_asks_for_a_minor_release() {
    let workspace = Workspace::released();
    let added =
        ORDERS.replace("string order_id = 1;\n}", "string order_id = 1;\n  bool full = 2;\n}");
    workspace.write(ORDERS_PATH, &added);
    workspace.run(&["check"]).says(
        0,
        &[
            "asks for a minor release: 1.2.0",
            "servers first",
            "field added: shop.orders.v1.GetOrderRequest.full",
        ],
    );
    workspace
        .run(&["release", "shop.orders", "--version", "1.1.1"])
        .says(2, &["1.1.1 is too small", "at least 1.2.0", "GetOrderRequest.full"]);
    workspace
        .run(&["release", "shop.orders", "--dry-run"])
        .says(0, &["would release shop.orders 1.2.0"]);
    assert!(!workspace.path().join("proto/shop/orders/released/1.2.0.binpb").exists());
}

#[test]
fn json_says_the_same_to_machines() {
    let workspace = Workspace::released();
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note = 2;", "int32 note = 2;"));
    let text = workspace.run(&["check", "--format", "json"]).expect(100);
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["clean"], false);
    let finding = &answer["contracts"][0]["judgement"]["findings"][0];
    assert_eq!(finding["rule"], "FIELD_SAME_TYPE");
    assert_eq!((&finding["line"], &finding["column"]), (&15.into(), &3.into()));
    assert_eq!(finding["versions"], serde_json::json!(["1.1.0"]));
    assert_eq!(finding["verdict"], "breaking");
    assert_eq!(finding["role"], "response");
}

#[test]
fn a_release_is_reproducible_immutable_and_moves_only_the_version() {
    let (one, two) = (Workspace::new(), Workspace::new());
    for workspace in [&one, &two] {
        workspace.run(&["release", "shop.orders"]).says(0, &["released shop.orders 1.0.0"]);
    }
    let path = "proto/shop/orders/released/1.0.0.binpb";
    let bytes = |workspace: &Workspace| fs::read(workspace.path().join(path)).unwrap();
    assert_eq!(bytes(&one), bytes(&two));
    assert_eq!(one.read(MANIFEST_PATH), MANIFEST.replace("0.0.0", "1.0.0"));
    one.run(&["check"]).says(0, &["the same as its last release"]);
    one.run(&["release", "shop.orders"]).says(1, &["nothing to release", "1.0.0"]);
}

#[test]
fn a_breaking_change_is_not_released() {
    let workspace = Workspace::released();
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note = 2;", "string note = 3;"));
    workspace
        .run(&["release", "shop.orders"])
        .says(100, &["FIELD_NO_DELETE", "nothing was released", "new package"]);
    workspace.run(&["release", "shop.orders", "--version", "2.0.0"]).expect(100);
}

#[test]
fn a_draft_may_break() {
    let workspace = Workspace::new();
    workspace.run(&["release", "shop.orders", "--version", "0.1.0"]).expect(0);
    workspace.write(ORDERS_PATH, &ORDERS.replace("  string note = 2;\n", ""));
    workspace.run(&["check"]).says(0, &["warning[FIELD_NO_DELETE]", "0.2.0"]);
    workspace.run(&["release", "shop.orders"]).says(0, &["released shop.orders 0.2.0"]);
}

#[test]
fn a_released_file_that_changed_or_went_is_found() {
    let workspace = Workspace::released();
    let path = workspace.path().join("proto/shop/orders/released/1.0.0.binpb");
    let mut bytes = fs::read(&path).unwrap();
    bytes.push(0);
    fs::write(&path, bytes).unwrap();
    workspace.run(&["check"]).says(
        100,
        &[
            "error[RELEASED_CHANGED]",
            "released/1.0.0.binpb",
            "was changed after its release",
            "remedy: restore",
        ],
    );
    fs::remove_file(&path).unwrap();
    workspace.run(&["check"]).says(100, &["error[RELEASED_CHANGED]", "1.0.0 is gone"]);
    let workspace = Workspace::released();
    workspace.write("proto/shop/orders/released/1.2.0.binpb", "");
    workspace.run(&["check"]).says(100, &["1.2.0 is not listed"]);
    let workspace = Workspace::released();
    workspace.write("proto/shop/orders/released/notes.txt", "");
    workspace.run(&["check"]).says(100, &["`notes.txt` is not named as a released version"]);
}

#[test]
fn a_bad_manifest_is_shown_with_its_place() {
    let workspace = Workspace::new();
    for (text, words) in [
        (format!("{MANIFEST}team = \"x\"\n"), ["contract.toml:5:1", "unknown field `team`"]),
        (MANIFEST.replace("0.0.0", "one"), ["contract.toml:3:11", "unexpected character"]),
        (
            MANIFEST.replace("owner = \"orders team\"\n", ""),
            ["contract.toml:1:1", "missing field `owner`"],
        ),
        (
            MANIFEST.replace("shop.orders", "Shop Orders"),
            ["contract.toml:2:1", "is not a contract's name"],
        ),
        (MANIFEST.replace("0.0.0", "1.0.0"), ["contract.toml:1:1", "nothing was released"]),
        (
            format!("{MANIFEST}contract_options = [\"shop.v1.nonsense\"]\n"),
            [
                "contract.toml:5:21",
                "`shop.v1.nonsense` is one of `contract_options`, but no version",
            ],
        ),
        ("name = ".to_owned(), ["contract.toml:1:8", "remedy: a contract.toml has the keys"]),
    ] {
        workspace.write(MANIFEST_PATH, &text);
        workspace.run(&["check"]).says(100, &[&["error[CONTRACT_TOML]"], &words[..]].concat());
        workspace.run(&["release", "shop.orders"]).expect(100);
    }
}

#[test]
fn what_does_not_compile_is_a_finding() {
    let workspace = Workspace::released();
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note", "Strin note"));
    workspace.run(&["check"]).says(
        100,
        &[
            "error[COMPILE]",
            "orders.proto:15:3",
            "`Strin` is not defined",
            "not checked: it does not compile",
        ],
    );
}

#[test]
fn nested_contracts_own_their_files() {
    let workspace = Workspace::released();
    let events = "syntax = \"proto3\";\npackage shop.orders.events.v1;\nmessage OrderPlaced {\n  string order_id = 1;\n}\n";
    workspace.write("proto/shop/orders/events/v1/events.proto", events);
    workspace.write(
        "proto/shop/orders/events/contract.toml",
        &MANIFEST.replace("shop.orders", "shop.orders.events"),
    );
    workspace.run(&["check"]).says(
        0,
        &[
            "shop.orders 1.1.0: ok, the same as its last release",
            "shop.orders.events 0.0.0: ok, not released yet",
        ],
    );
    workspace.write("proto/shop/orders/events/contract.toml", MANIFEST);
    workspace
        .run(&["check"])
        .says(100, &["`shop.orders` is also the contract in proto/shop/orders"]);
}

#[test]
fn what_cannot_run_is_not_called_clean() {
    let workspace = Workspace::new();
    workspace
        .run(&["check", "--workspace", "nowhere"])
        .says(1, &["nowhere has no folder `proto`", "--workspace"]);
    workspace
        .run(&["release", "shop.other"])
        .says(2, &["no contract is named `shop.other`", "shop.orders"]);
    workspace.run(&["release", "shop.orders", "--version", "soon"]).says(2, &["soon"]);
    workspace.run(&["release", "shop.orders", "--version", "0.0.1"]).says(2, &["at least 0.1.0"]);
    workspace.run(&["check", "--colour"]).expect(2);
    fs::remove_file(workspace.path().join(MANIFEST_PATH)).unwrap();
    workspace.run(&["check"]).says(1, &["no contract.toml below"]);
}

#[test]
fn breaking_reads_folders_git_and_descriptor_sets() {
    let workspace = Workspace::released();
    workspace.write(
        "buf.yaml",
        "version: v2\nmodules:\n  - path: proto\nbreaking:\n  use:\n    - FILE\n",
    );
    workspace.git(&["init", "-q", "-b", "main"]);
    workspace.git(&["add", "."]);
    workspace.git(&["commit", "-qm", "one"]);
    workspace.git(&["tag", "v1"]);
    workspace
        .run(&["breaking", "--against", "v1", "--error-format", "rich"])
        .says(0, &["ok, 0 changes"]);
    workspace.run(&["build", "-o", "old.binpb.zst"]).expect(0);
    let old = TempDir::new().unwrap();
    fs::create_dir_all(old.path().join("shop/orders/v1")).unwrap();
    fs::write(old.path().join("shop/orders/v1/orders.proto"), ORDERS).unwrap();

    workspace.write(ORDERS_PATH, &ORDERS.replace("string note = 2;", "string notes = 2;"));
    let released = "proto/shop/orders/released/1.1.0.binpb";
    let folder = old.path().to_str().unwrap();
    for against in [
        "v1",
        "HEAD",
        ".git#branch=main",
        ".git#tag=v1",
        released,
        folder,
        "released",
        "released:shop.orders",
        "released:shop.orders@1.1.0",
        "old.binpb.zst",
    ] {
        workspace.run(&["breaking", "--against", against, "--format", "rich"]).says(
            100,
            &[
                "error[FIELD_SAME_NAME]",
                "proto/shop/orders/v1/orders.proto:15:10",
                "remedy: restore the name",
            ],
        );
        workspace.run(&["breaking", "--against", against, "--category", "WIRE"]).expect(0);
    }
    workspace.run(&["breaking", "--against", "released:shop.orders@1.0.0"]).expect(0);
    workspace
        .run(&["breaking", "proto", "--against", ".git#ref=HEAD,subdir=proto"])
        .says(100, &["shop/orders/v1/orders.proto:15:10"]);
    workspace.run(&["breaking", "proto", "--against", "v1"]).expect(100);
    let json = workspace.run(&["breaking", "--against", "v1", "--format", "json"]).expect(100);
    let text = json.lines().find(|line| line.starts_with('{')).unwrap();
    let first: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(first["path"], ORDERS_PATH);
    assert_eq!(first["start_line"], 15);
    assert_eq!(first["type"], "FIELD_SAME_JSON_NAME");
}

#[test]
fn breaking_says_what_it_cannot_read() {
    let workspace = Workspace::new();
    let mut cases = vec![
        (vec!["breaking", "--against", "v1"], vec!["not in a git repository"]),
        (vec!["breaking", "--against", ".git#branch=main"], vec!["not in a git repository"]),
        (vec!["breaking", "--against", MANIFEST_PATH], vec!["is not a folder"]),
        (vec!["breaking", "--against", "buf.build/a/b"], vec!["registry", "buf export"]),
        (
            vec!["breaking", "--against", "https://localhost/x.tar"],
            vec!["not read from the network"],
        ),
        (vec!["breaking", "--against", "grpcs://localhost:1"], vec!["TLS is not spoken"]),
        (vec!["breaking", "--against", "released:shop.other"], vec!["no contract is named"]),
        (vec!["breaking", "--against", "released"], vec!["nothing was released"]),
        (
            vec!["breaking", "--against", "proto", "--category", "FIEL"],
            vec!["\"FIEL\" is not a known rule or category"],
        ),
        (
            vec!["breaking", "nowhere", "--against", "proto"],
            vec!["cannot read the input", "nowhere"],
        ),
        (vec!["breaking"], vec!["--against"]),
        (vec!["lint", "--colour"], vec!["--colour"]),
        (vec!["build", "-o", "x#format=tar"], vec!["is not a format of images"]),
        (vec!["build", "--type", "shop.Nothing"], vec!["\"shop.Nothing\": not found"]),
    ];
    workspace.write("bad.binpb", "no descriptor set");
    cases.push((
        vec!["breaking", "--against", "bad.binpb"],
        vec!["bad.binpb", "not a self-contained descriptor set"],
    ));
    workspace.write("empty/readme", "");
    cases.push((vec!["breaking", "--against", "empty"], vec!["had no .proto files"]));
    for (arguments, words) in cases {
        workspace.run(&arguments).says(1, &words);
    }
    workspace.write("buf.yaml", "version: v2\nmodules:\n  - path: proto\ndeps: [buf.build/a/b]\n");
    workspace.run(&["build"]).expect(0);
    workspace.write(ORDERS_PATH, &ORDERS.replace("package", "import \"a/b.proto\";\npackage"));
    workspace.run(&["build"]).says(1, &["orders.proto:3:1: \"a/b.proto\"", "buf.build/a/b"]);
    workspace.write("buf.yaml", "version: v2\nmodules:\n  - path: proto\n");
    workspace.run(&["build"]).says(100, &["proto/shop/orders/v1/orders.proto:", "a/b.proto"]);
    workspace.git(&["init", "-q"]);
    workspace.run(&["breaking", "proto", "--against", "v9"]).says(100, &["a/b.proto"]);
    workspace.write(ORDERS_PATH, ORDERS);
    workspace.run(&["breaking", "proto", "--against", "v9"]).says(1, &["has no revision `v9`"]);
}

#[test]
fn lint_reads_its_configuration_and_compiles_first() {
    let workspace = Workspace::new();
    workspace.write("proto/buf.yaml", "version: v2\nlint:\n  use: [NO_SUCH_RULE]\n");
    workspace.run(&["lint", "proto"]).says(1, &["\"NO_SUCH_RULE\" is not a known rule"]);
    workspace.write("proto/buf.yaml", "version: v2\nlint:\n  ignore: [.]\n");
    workspace.run(&["lint", "proto"]).expect(0);
    workspace.write("proto/buf.yaml", "version: v2\nplugins:\n  - plugin: some-plugin\n");
    workspace.run(&["lint", "proto"]).says(1, &["plugin some-plugin"]);
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note", "Strin note"));
    workspace
        .run(&["lint", "proto", "--error-format", "github-actions"])
        .says(100, &["::error file=proto/shop/orders/v1/orders.proto,line=15,col=3,"]);
}

#[test]
fn check_speaks_to_each_kind_of_ci() {
    let workspace = Workspace::released();
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note = 2;", "int32 note = 2;"));
    for (format, expected) in [
        ("junit", "<testcase name=\"FIELD_SAME_TYPE_15_3\">"),
        ("github-actions", "::error file=proto/shop/orders/v1/orders.proto,line=15,col=3,"),
        ("gitlab-code-quality", "\"check_name\":\"FIELD_SAME_TYPE\""),
    ] {
        workspace.run(&["check", "--format", format]).says(100, &[expected]);
    }
}

#[test]
fn code_scanning_and_pull_requests_get_their_formats() {
    let workspace = Workspace::released();
    workspace.write(ORDERS_PATH, &ORDERS.replace("string note = 2;", "int32 note = 2;"));
    for arguments in [
        &["check", "--format", "sarif"][..],
        &["breaking", "proto", "--against", "released", "--error-format", "sarif"],
    ] {
        let mut ran = workspace.run(arguments);
        ran.0.stderr.clear();
        let log: serde_json::Value = serde_json::from_str(&ran.expect(100)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let result = &run["results"][0];
        assert_eq!(result["ruleId"], "FIELD_SAME_TYPE");
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], "FIELD_SAME_TYPE");
        assert!(rule["help"]["text"].as_str().unwrap().contains("Instead: "), "{rule}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], ORDERS_PATH);
        assert_eq!(
            (&place["region"]["startLine"], &place["region"]["startColumn"]),
            (&15.into(), &3.into())
        );
        assert!(result["partialFingerprints"]["treaty/v1"].is_string());
    }
    workspace.run(&["build", "proto", "-o", "old.binpb"]).expect(0);
    workspace.write("other/a.proto", "syntax = \"proto3\";\n");
    let mut ran =
        workspace.run(&["breaking", "other", "--against", "old.binpb", "--format", "sarif"]);
    ran.0.stderr.clear();
    let log: serde_json::Value = serde_json::from_str(&ran.expect(100)).unwrap();
    let gone = &log["runs"][0]["results"][0];
    assert_eq!(gone["ruleId"], "FILE_NO_DELETE");
    let place = &gone["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "shop/orders/v1/orders.proto");
    workspace.run(&["check", "--format", "markdown"]).says(
        100,
        &[
            "**treaty check: failed.** 1 finding.",
            "- shop.orders 1.1.0: breaks",
            "| `proto/shop/orders/v1/orders.proto:15` | Field",
            "Breaks 1.1.0. | `FIELD_SAME_TYPE` |",
            "<details><summary><code>FIELD_SAME_TYPE</code>",
        ],
    );
    workspace.run(&["breaking", "proto", "--against", "released", "--format", "markdown"]).says(
        100,
        &["**treaty breaking: failed.** 1 finding in 1 file; no order of rollout is safe."],
    );
    workspace.write(ORDERS_PATH, ORDERS);
    workspace.run(&["check", "--format", "markdown"]).says(0, &["**treaty check: passed.**"]);
    workspace
        .run(&["breaking", "proto", "--against", "released", "--format", "markdown"])
        .says(0, &["**treaty breaking: passed.** Nothing was found."]);
}

#[test]
fn an_image_is_what_was_asked_for() {
    let workspace = Workspace::new();
    let timed = ORDERS.replace("package", "import \"google/protobuf/timestamp.proto\";\npackage");
    let timed = timed.replace("string note", "google.protobuf.Timestamp note");
    workspace.write(ORDERS_PATH, &timed);
    workspace.write("proto/shop/plain.proto", "package shop;\nmessage Plain {}\n");
    workspace
        .write("buf.yaml", "version: v2\nmodules:\n  - path: proto\n    name: a.example/b/c\n");
    let image = |flags: &[&str]| {
        let arguments = [&["build", "-o", "x.binpb"], flags].concat();
        workspace.run(&arguments).expect(0);
        fs::read(workspace.path().join("x.binpb")).unwrap()
    };
    let has = |image: &[u8], text: &[u8]| image.windows(text.len()).any(|part| part == text);
    let whole = image(&[]);
    assert!(has(&whole, b"google/protobuf/timestamp.proto") && has(&whole, b"a.example"));
    // buf's extension: not an import, its module, and whether the syntax was left out.
    assert!(has(&whole, b"\xd2\xf6\x03"));
    let own = image(&["--exclude-imports"]);
    assert!(!has(&own, b"\x0atimestamp") && own.len() < whole.len());
    let plain = image(&["--as-file-descriptor-set"]);
    assert!(!has(&plain, b"\xd2\xf6\x03") && !has(&plain, b"a.example"));
    assert!(image(&["--exclude-source-info"]).len() < whole.len());
    workspace.run(&["build", "-o", "x.binpb.gz"]).expect(0);
    workspace.run(&["build", "-o", "y#format=binpb,compression=zstd"]).expect(0);
    for against in ["x.binpb", "x.binpb.gz", "y#format=binpb,compression=zstd"] {
        workspace.run(&["breaking", "--against", against]).expect(0);
        workspace.run(&["breaking", against, "--against", "x.binpb"]).expect(0);
    }
    let typed = image(&["--type", "shop.Plain"]);
    assert!(has(&typed, b"plain.proto") && !has(&typed, b"orders.proto"));
    let untyped = image(&["--exclude-type", "shop.Plain"]);
    assert!(!has(&untyped, b"Plain") && has(&untyped, b"orders.proto"));
}

#[test]
fn help_shows_an_example() {
    let workspace = Workspace::new();
    for command in ["check", "breaking", "lint", "build", "release"] {
        workspace.run(&[command, "--help"]).says(0, &["Example", &format!("treaty {command}")]);
    }
}

//! Contracts that promise more than what stands in their own folder: what they import, what they
//! imported once, and what somebody took away from the gate.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use std::fs;

use workspace::{Ran, Workspace};

const MANIFEST: &str = "proto/a/contract.toml";
const OWN: &str = "proto/a/v1/a.proto";
const SHARED: &str = "proto/common/v1/m.proto";
const MONEY: &str =
    "syntax = \"proto3\";\npackage common.v1;\nmessage Money {\n  int64 units = 1;\n}\n";
const A: &str = "syntax = \"proto3\";\npackage a.v1;\nimport \"common/v1/m.proto\";\nmessage A {\n  common.v1.Money m = 1;\n  string s = 2;\n}\n";

fn named(name: &str) -> String {
    format!("name = \"{name}\"\nversion = \"0.0.0\"\nowner = \"us\"\n")
}

/// The contract `a`, which uses a type of nobody's, as 1.0.0.
fn released() -> Workspace {
    let workspace = Workspace::new();
    fs::remove_dir_all(workspace.path().join("proto")).unwrap();
    workspace.write(MANIFEST, &named("a"));
    workspace.write(OWN, A);
    workspace.write(SHARED, MONEY);
    workspace.run(&["release", "a"]).expect(0);
    workspace
}

/// Checks with the cache twice and without it, which says the same.
#[track_caller]
fn check(workspace: &Workspace) -> Ran {
    let texts = [&["check"][..], &["check"], &["check", "--no-cache"]]
        .map(|arguments| workspace.run(arguments).0);
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0], texts[2]);
    let [first, ..] = texts;
    Ran(first)
}

#[test]
fn a_break_in_what_is_imported_is_a_break() {
    let workspace = released();
    check(&workspace).says(0, &["a 1.0.0: ok, the same as its last release"]);
    workspace.write(SHARED, &MONEY.replace("int64 units", "string units"));
    check(&workspace).says(
        100,
        &[
            "error[FIELD_SAME_TYPE]",
            "--> proto/common/v1/m.proto:4:3",
            "4 |   string units = 1;",
            "element: common.v1.Money.units",
            "breaks: a 1.0.0",
            "witness: the old version writes common.v1.Money",
            "a 1.0.0: breaks, 1 finding",
        ],
    );
    workspace.run(&["release", "a", "--dry-run"]).says(100, &["nothing was released"]);
    workspace.write(SHARED, &MONEY.replace("= 1;", "= 1;\n  int32 nanos = 2;"));
    check(&workspace)
        .says(0, &["asks for a minor release: 1.1.0", "field added: common.v1.Money.nanos"]);
    workspace.run(&["release", "a"]).says(0, &["released a 1.1.0"]);
    check(&workspace).says(0, &["a 1.1.0: ok, the same as its last release"]);
    workspace.run(&["release", "a"]).says(1, &["nothing to release"]);
}

#[test]
fn a_file_of_another_contract_is_judged_by_that_contract() {
    let workspace = released();
    workspace.write("proto/common/contract.toml", &named("common"));
    workspace.run(&["release", "common"]).expect(0);
    workspace.write(SHARED, &MONEY.replace("int64 units", "string units"));
    check(&workspace).says(
        100,
        &["a 1.0.0: ok, the same as its last release", "common 1.0.0: breaks, 1 finding"],
    );
}

#[test]
fn what_is_not_imported_any_more_is_no_deleted_file() {
    let workspace = released();
    let without = A.replace("import \"common/v1/m.proto\";\n", "");
    let without =
        without.replace("  common.v1.Money m = 1;\n", "  reserved 1;\n  reserved \"m\";\n");
    workspace.write(OWN, &without);
    let text = check(&workspace).expect(100);
    assert!(text.contains("error[FIELD_NO_DELETE]"), "{text}");
    assert!(!text.contains("common"), "{text}");
    fs::remove_file(workspace.path().join(SHARED)).unwrap();
    check(&workspace).says(100, &["error[FILE_NO_DELETE]", "proto/common/v1/m.proto (deleted)"]);
}

#[test]
fn what_two_contracts_find_is_an_error_if_one_of_them_has_no_waiver() {
    let workspace = released();
    workspace.write("proto/b/contract.toml", &named("b"));
    workspace.write("proto/b/v1/b.proto", &A.replace("a.v1", "b.v1"));
    workspace.run(&["release", "b"]).expect(0);
    workspace.write(SHARED, &MONEY.replace("int64 units", "string units"));
    let waiver = "[[waiver]]\nrule = \"FIELD_SAME_TYPE\"\nelement = \"common.v1.Money.units\"\n\
                  reason = \"r\"\nowner = \"us\"\nexpires = 9999-12-31\n";
    workspace.write(MANIFEST, &(workspace.read(MANIFEST) + waiver));
    workspace.run(&["check"]).says(100, &["a 1.0.0: passes with a warning", "b 1.0.0: breaks"]);
    workspace.run(&["check", "--format", "github-actions"]).says(100, &["::error file=proto/c"]);
    let manifest = "proto/b/contract.toml";
    workspace.write(manifest, &(workspace.read(manifest) + waiver));
    workspace.run(&["check", "--format", "github-actions"]).says(0, &["::warning file=proto/c"]);
}

#[test]
fn a_contract_without_its_manifest_is_missed() {
    let workspace = released();
    workspace.write("proto/b/contract.toml", &named("b"));
    fs::remove_file(workspace.path().join(MANIFEST)).unwrap();
    let words = [
        "error[RELEASED_CHANGED]: proto/a/released/",
        "was released, but its contract.toml is gone",
        "--> proto/a/contract.toml (deleted)",
    ];
    check(&workspace).says(100, &words);
    workspace.run(&["release", "b"]).says(100, &words);
    fs::remove_file(workspace.path().join("proto/a/released/digests.toml")).unwrap();
    fs::remove_dir_all(workspace.path().join("proto/b")).unwrap();
    check(&workspace).says(100, &words);
    workspace.run(&["diff", "proto", "--against", "released"]).says(1, &["proto/a/contract.toml"]);
}

#[test]
fn what_is_no_text_has_a_place_and_stops_nobody_else() {
    let workspace = released();
    workspace.write("proto/b/contract.toml", &named("b"));
    workspace.write("proto/b/v1/b.proto", "syntax = \"proto3\";\npackage b.v1;\n");
    fs::write(workspace.path().join(SHARED), b"syntax = \"proto3\";\n// \xff\n").unwrap();
    check(&workspace).says(
        100,
        &[
            "error[COMPILE]: the file is not UTF-8",
            "--> proto/common/v1/m.proto:2:4",
            "a 1.0.0: not checked: it does not compile",
            "b 0.0.0: ok, not released yet",
        ],
    );
    let sarif = workspace.run(&["check", "--format", "sarif"]).expect(100);
    assert!(sarif.contains("the file is not UTF-8"), "{sarif}");
    workspace.write(SHARED, MONEY);
    fs::write(workspace.path().join(OWN), b"\xff").unwrap();
    check(&workspace).says(100, &["proto/a/v1/a.proto:1:1", "a 1.0.0: not checked"]);
    workspace.write(OWN, A);
    fs::write(workspace.path().join(MANIFEST), b"name = \"\xff\"\n").unwrap();
    check(&workspace).says(100, &["error[CONTRACT_TOML]: the file is not", "contract.toml:1:9"]);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_walked_as_by_the_other_commands() {
    use std::os::unix::fs::symlink;
    let workspace = released();
    let proto = workspace.path().join("proto");
    symlink("nowhere.proto", proto.join("d.proto")).unwrap();
    symlink(".", proto.join("0loop")).unwrap();
    symlink("common", proto.join("same")).unwrap();
    for pipe in ["p.proto", "a/released/2.0.0.binpb"] {
        let made = std::process::Command::new("mkfifo").arg(proto.join(pipe)).status().unwrap();
        assert!(made.success());
    }
    check(&workspace).says(
        100,
        &["error[RELEASED_CHANGED]: `2.0.0.binpb` is not a file", "a 1.0.0: not certain"],
    );
    fs::remove_file(proto.join("a/released/2.0.0.binpb")).unwrap();
    check(&workspace).says(0, &["a 1.0.0: ok, the same as its last release"]);
}

/// One change of what is imported, by whom, or whose it is.
fn edit(workspace: &Workspace, random: &mut fastrand::Rng) -> String {
    let contract = *random.choice(&["a", "b"]).unwrap();
    let own = format!("proto/{contract}/v1/{contract}.proto");
    let with = A.replace("a.v1", &format!("{contract}.v1"));
    let without = with.replace("import \"common/v1/m.proto\";\n", "");
    let without = without.replace("common.v1.Money m", "string m");
    let (whose, shared) = ("proto/common/contract.toml", workspace.path().join(SHARED));
    let what = match random.u8(..10) {
        0 | 1 => {
            workspace.write(&own, &without);
            "does not import"
        }
        2 | 3 => {
            workspace.write(&own, &with);
            "imports"
        }
        4 => {
            workspace.write(SHARED, &MONEY.replace("int64 units", "string units"));
            "has retyped"
        }
        5 => {
            workspace.write(SHARED, &MONEY.replace("message", "massage"));
            "does not compile"
        }
        6 if shared.exists() => {
            fs::remove_file(shared).unwrap();
            "is gone"
        }
        7 if workspace.path().join(whose).exists() => {
            fs::remove_file(workspace.path().join(whose)).unwrap();
            "is nobody's"
        }
        7 => {
            workspace.write(whose, &named("common"));
            "is somebody's"
        }
        8 => {
            workspace.run(&["release", contract]);
            "is released"
        }
        _ => {
            workspace.write(SHARED, MONEY);
            "is restored"
        }
    };
    format!("{contract} {what}")
}

#[test]
fn the_cache_knows_all_that_a_judgement_follows_from() {
    for seed in [1, 2, 3] {
        let mut random = fastrand::Rng::with_seed(seed);
        let workspace = released();
        workspace.write("proto/b/contract.toml", &named("b"));
        let mut story = Vec::new();
        for _ in 0..40 {
            story.push(edit(&workspace, &mut random));
            let cached = workspace.run(&["check"]).0;
            let anew = workspace.run(&["check", "--no-cache"]).0;
            assert_eq!(cached, anew, "seed {seed}: {story:#?}");
        }
    }
}

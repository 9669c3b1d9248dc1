//! What commands read in a repository with contracts, and in a checkout as CI makes it.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use workspace::{MANIFEST, ORDERS, ORDERS_PATH, Workspace};

const MONEY_PATH: &str = "proto/common/v1/money.proto";
const MONEY: &str = "syntax = \"proto3\"; package common.v1; message Money { int64 units = 1; }";

/// Two commits without a `buf.yaml`: protos that import by their place below `proto`, then a
/// contract, and a change that waits.
fn without_configuration() -> Workspace {
    let workspace = Workspace::new();
    let orders = ORDERS
        .replace("service ", "import \"common/v1/money.proto\";\n\nservice ")
        .replace("string note = 2", "common.v1.Money price = 2");
    workspace.write(MONEY_PATH, MONEY);
    workspace.write(ORDERS_PATH, &orders);
    std::fs::remove_file(workspace.path().join(workspace::MANIFEST_PATH)).unwrap();
    workspace.git(&["init", "-q", "-b", "main"]);
    workspace.git(&["add", "."]);
    workspace.git(&["commit", "-qm", "protos"]);
    workspace.write(workspace::MANIFEST_PATH, MANIFEST);
    workspace.run(&["release", "shop.orders"]).expect(0);
    workspace.git(&["add", "."]);
    workspace.git(&["commit", "-qm", "a contract"]);
    workspace
}

#[test]
fn imports_start_where_the_contracts_are() {
    let workspace = without_configuration();
    for against in ["HEAD", "HEAD~1", ".git#branch=main", ".", "released"] {
        workspace.run(&["diff", "--against", against]).says(0, &["no differences"]);
    }
    workspace.write(MONEY_PATH, &MONEY.replace("int64 units", "sint64 units"));
    for against in ["HEAD", "HEAD~1", ".git#branch=main", "released"] {
        let told = workspace.run(&["diff", "--against", against]).expect(0);
        assert!(told.contains("sint64 units = 1") && !told.contains("moved"), "{against}: {told}");
        assert!(!told.contains("added") && !told.contains("removed"), "{against}: {told}");
    }
    let bytes = ["explain", "--bytes", "0801", "--type", "common.v1.Money", "--old", "HEAD"];
    workspace
        .run(&[&bytes[..], &["--new", "."]].concat())
        .says(0, &[r#"units = "1""#, r#"units = "-1""#]);
    // The commands of buf do as buf does.
    workspace.run(&["lint"]).says(100, &["common/v1/money.proto"]);
    workspace.run(&["breaking", "--against", "HEAD"]).says(100, &["common/v1/money.proto"]);
    // What is configured counts.
    workspace.write("buf.yaml", "version: v1\n");
    workspace.run(&["diff"]).says(100, &["common/v1/money.proto"]);
}

/// `actions/checkout` leaves no branch but that of the remote.
#[test]
fn a_branch_that_only_the_remote_has_is_named() {
    let workspace = without_configuration();
    workspace.git(&["update-ref", "refs/remotes/origin/next", "HEAD"]);
    let meant = ["has no revision `refs/heads/next` or `next`", "did you mean `origin/next`?"];
    workspace.run(&["breaking", "proto", "--against", ".git#branch=next"]).says(1, &meant);
    workspace.run(&["diff", "--against", "next"]).says(1, &["did you mean `origin/next`?"]);
    let whole = ".git#branch=origin/next,subdir=proto";
    workspace.run(&["breaking", "proto", "--against", whole]).expect(0);
    let unknown = workspace.run(&["diff", "--against", "nope"]).expect(1);
    assert!(unknown.contains("no revision `nope`") && !unknown.contains("mean"), "{unknown}");
}

#[test]
fn what_an_input_holds_does_not_steer_the_terminal() {
    let workspace = Workspace::new();
    workspace.write("hostile.tar", &"\u{1}\u{1b}[31m".repeat(200));
    let told = workspace.run(&["lint", "hostile.tar"]).expect(1);
    assert!(told.contains("cannot read the archive hostile.tar"), "{told:?}");
    assert!(told.contains("\\u{1b}[31m"), "what it is can be seen: {told:?}");
    assert!(!told.chars().any(|one| one.is_control() && one != '\n'), "{told:?}");
}

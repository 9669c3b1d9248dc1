//! `treaty check` with its cache: what it does again, and that it says the same as without.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use workspace::Workspace;

const CACHE: &str = ".treaty/cache/check";

/// What `treaty check` answers, and what it had to do for it.
fn check(workspace: &Workspace, arguments: &[&str]) -> (Value, Value) {
    let output = workspace.run(&[&["check", "--format", "json"], arguments].concat()).0;
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 100)), "{code:?} {}", String::from_utf8_lossy(&output.stderr));
    let mut answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let effort = answer.as_object_mut().unwrap().remove("effort").unwrap();
    (answer, effort)
}

/// Which contracts were judged, and how many files were compiled.
fn effort(workspace: &Workspace) -> (Vec<String>, u64) {
    let (_, effort) = check(workspace, &[]);
    let judged = effort["judged"].as_array().unwrap();
    let names = judged.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    (names, effort["compiled_files"].as_u64().unwrap())
}

fn file(contract: usize) -> String {
    format!("proto/c{contract}/v1/c.proto")
}

fn manifest(contract: usize) -> String {
    format!("proto/c{contract}/contract.toml")
}

/// A contract with a request, an event and an extension; it may use a type of another.
fn text(contract: usize, uses: Option<usize>) -> String {
    let (import, field) = match uses {
        Some(other) => (
            format!("import \"c{other}/v1/c.proto\";\n"),
            format!("  c{other}.v1.Request used = 9;\n"),
        ),
        None => Default::default(),
    };
    let number = 50_000 + contract;
    format!(
        "syntax = \"proto3\";\npackage c{contract}.v1;\nimport \"google/protobuf/descriptor.proto\";\n{import}\
         extend google.protobuf.FieldOptions {{ string mark = {number}; }}\n\
         service Service {{ rpc Call(Request) returns (Answer); }}\n\
         message Request {{\n  string id = 1;\n  int32 number = 2 [(mark) = \"x\"];\n{field}}}\n\
         message Answer {{\n  string id = 1;\n  Kind kind = 2;\n  map<string, Request> all = 3;\n}}\n\
         enum Kind {{\n  KIND_UNSPECIFIED = 0;\n  KIND_ONE = 1;\n}}\n"
    )
}

/// So many contracts, each released; every third uses the first.
fn contracts(number: usize) -> Workspace {
    let workspace = Workspace::new();
    fs::remove_dir_all(workspace.path().join("proto")).unwrap();
    for contract in 0..number {
        let name = format!("c{contract}");
        workspace.write(
            &manifest(contract),
            &format!("name = \"{name}\"\nversion = \"0.0.0\"\nowner = \"us\"\n"),
        );
        let uses = (contract > 0 && contract % 3 == 0).then_some(0);
        workspace.write(&file(contract), &text(contract, uses));
    }
    for contract in 0..number {
        workspace.run(&["release", &format!("c{contract}")]).expect(0);
    }
    workspace
}

#[test]
fn does_again_only_what_depends_on_what_changed() {
    let workspace = contracts(10);
    let all: Vec<_> = (0..10).map(|contract| format!("c{contract}")).collect();
    assert_eq!(effort(&workspace), (all.clone(), 10), "nothing is known yet");
    assert_eq!(effort(&workspace), (vec![], 0), "nothing has changed");

    let edited = text(4, None).replace("string id = 1;\n}", "string id = 1;\n  bool more = 5;\n}");
    workspace.write(&file(4), &format!("{edited}// A remark.\n"));
    assert_eq!(effort(&workspace), (vec!["c4".to_owned()], 1), "nobody uses c4");
    assert_eq!(effort(&workspace), (vec![], 0));

    workspace.write(&file(0), &format!("// A remark.\n{}", text(0, None)));
    let dependents = ["c0", "c3", "c6", "c9"].map(str::to_owned).to_vec();
    assert_eq!(effort(&workspace), (dependents, 4), "every third uses c0");

    workspace.write(&file(4), &text(4, None));
    assert_eq!(effort(&workspace), (vec![], 1), "c4 was judged like this before");

    let waived = workspace.read(&manifest(5)) + "contract_options = [\"c5.v1.mark\"]\n";
    workspace.write(&manifest(5), &waived);
    assert_eq!(effort(&workspace), (vec!["c5".to_owned()], 1), "c5 promises more");

    workspace.write(&file(7), &text(7, None).replace("int32 number", "int64 number"));
    assert_eq!(effort(&workspace), (vec!["c7".to_owned()], 1), "a break is kept too");
    let (answer, known) = check(&workspace, &[]);
    assert_eq!((&answer["clean"], &known["known"]), (&false.into(), &10.into()));
    let finding = &answer["contracts"][7]["judgement"]["findings"][0];
    assert!(finding["proof"]["witness"]["bytes"].is_string(), "{finding}");

    let said = workspace.run(&["check", "--verbose"]).expect(100);
    assert!(said.contains("known: 10; judged: none; compiled: 0 of 10 files"), "{said}");
    let (_, anew) = check(&workspace, &["--no-cache"]);
    assert_eq!(anew["judged"].as_array().unwrap().len(), 10);
}

fn entries(workspace: &Workspace) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace.path().join(CACHE)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| !path.ends_with(".gitignore")).collect();
    paths.sort();
    paths
}

#[test]
fn broken_and_foreign_entries_are_as_none() {
    let workspace = contracts(3);
    let (expected, _) = check(&workspace, &[]);
    assert_eq!(fs::read_to_string(workspace.path().join(CACHE).join(".gitignore")).unwrap(), "*\n");
    let paths = entries(&workspace);
    assert_eq!(paths.len(), 4, "three judgements and the index");
    let whole: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for path in &paths {
        fs::write(path, "{}").unwrap();
    }
    assert_eq!(check(&workspace, &[]).0, expected);
    for (path, bytes) in paths.iter().zip(&whole) {
        assert_eq!(&fs::read(path).unwrap(), bytes, "a broken entry is written again");
    }
    for (path, bytes) in paths.iter().zip(whole.iter().cycle().skip(1)) {
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(check(&workspace, &[]).0, expected, "each under the key of another");
    let bare = contracts(3);
    check(&bare, &["--no-cache"]);
    assert!(!bare.path().join(".treaty").exists());
}

#[test]
fn files_that_declare_the_same_are_compiled_together() {
    let workspace = contracts(4);
    check(&workspace, &[]);
    let clash = text(2, None).replace("package c2.v1;", "package c1.v1;");
    for (what, edited) in [
        ("a name twice", clash),
        (
            "a package that is a message",
            text(2, None).replace("package c2.v1", "package c1.v1.Request"),
        ),
        ("an extension twice", text(2, None).replace("50002", "50001")),
    ] {
        workspace.write(&file(2), &edited);
        let (cached, effort) = check(&workspace, &[]);
        let (anew, _) = check(&workspace, &["--no-cache"]);
        assert_eq!(cached, anew, "{what}");
        let is_wrong = what.ends_with("twice");
        assert_eq!(cached["findings"][0]["rule"] == "COMPILE", is_wrong, "{what}");
        assert_eq!(effort["compiled_files"], 4, "{what}");
    }
    // The other one of the two is edited, and it is the same clash.
    workspace.write(&file(2), &text(2, None));
    check(&workspace, &[]);
    workspace.write(&file(1), &text(1, None).replace("50001", "50002"));
    assert_eq!(check(&workspace, &[]).0, check(&workspace, &["--no-cache"]).0);
    // A file of one's own in the place of a built-in one is seen by all.
    workspace.write(&file(1), &text(1, None));
    check(&workspace, &[]);
    let options = "syntax = \"proto2\";\npackage google.protobuf;\nmessage FieldOptions { extensions 1 to max; }\n";
    workspace.write("proto/google/protobuf/descriptor.proto", options);
    let (cached, effort) = check(&workspace, &[]);
    assert_eq!(cached, check(&workspace, &["--no-cache"]).0);
    assert_eq!(effort["compiled_files"], 5);
}

/// A step of somebody who works on the contracts; not every step leaves them whole.
fn edit(workspace: &Workspace, random: &mut fastrand::Rng, contracts: usize) -> String {
    let contract = random.usize(..contracts);
    let path = file(contract);
    let old = workspace.read(&path);
    let other = random.usize(..contracts);
    let (what, new) = match random.u8(..14) {
        0 => ("retypes", old.replacen("int32 number", "int64 number", 1)),
        1 => ("renames", old.replacen("string id = 1", "string name = 1", 1)),
        2 => ("renumbers", old.replacen("kind = 2", "kind = 7", 1)),
        3 => ("deletes", old.replacen("  KIND_ONE = 1;\n", "", 1)),
        4 => {
            ("adds", old.replacen("message Answer {\n", "message Answer {\n  bool more = 4;\n", 1))
        }
        5 => ("breaks", old.replacen("message", "massage", 1)),
        6 => ("uses", text(contract, Some(other))),
        7 => (
            "takes the package of",
            old.replacen(&format!("c{contract}.v1;"), &format!("c{other}.v1;"), 1),
        ),
        8 => (
            "takes the extension of",
            old.replacen(&(50_000 + contract).to_string(), &(50_000 + other).to_string(), 1),
        ),
        9 => ("remarks on", format!("// {}\n{old}", random.u32(..))),
        10 => ("misses an import", old.replacen("import \"c", "import \"d", 1)),
        _ => ("restores", text(contract, (contract % 3 == 1).then_some(0))),
    };
    if what == "restores" {
        (0..contracts).for_each(|one| workspace.write(&file(one), &text(one, None)));
    }
    workspace.write(&path, &new);
    if random.u8(..8) == 0 {
        let path = manifest(contract);
        let more = *random.choice(MANIFESTS).unwrap();
        let text = workspace.read(&path);
        let text = text.split("# More.\n").next().unwrap().to_owned();
        workspace.write(&path, &format!("{text}# More.\n{more}"));
    }
    if random.u8(..8) == 0 {
        workspace.run(&["release", &format!("c{contract}")]);
    }
    format!("{what} c{contract} (c{other})")
}

const MANIFESTS: &[&str] = &[
    "",
    "contract_options = [\"c0.v1.mark\", \"c1.v1.mark\"]\n",
    "sunset = 2020-01-01\n[deprecation]\nreleases = 1\n",
    "[deprecation]\ndays = 30\n",
    "retired = [\"1.0.0\"]\n",
    "[[waiver]]\nrule = \"FIELD_SAME_TYPE\"\nelement = \"c1.v1.Request.number\"\nreason = \"r\"\nowner = \"us\"\nexpires = 9999-12-31\n",
    "unknown = 1\n",
];

#[test]
fn says_the_same_as_without_over_random_edits() {
    const CONTRACTS: usize = 5;
    for seed in [1, 2, 3] {
        let mut random = fastrand::Rng::with_seed(seed);
        let workspace = contracts(CONTRACTS);
        let (mut story, mut known, mut whole) = (Vec::new(), 0, 0);
        for _ in 0..30 {
            story.push(edit(&workspace, &mut random, CONTRACTS));
            let (cached, effort) = check(&workspace, &[]);
            let (anew, _) = check(&workspace, &["--no-cache"]);
            assert_eq!(cached, anew, "seed {seed}: {story:#?}");
            known += effort["known"].as_u64().unwrap();
            whole += u64::from(effort["compiled_files"].as_u64() < Some(CONTRACTS as u64));
        }
        println!(
            "seed {seed}: {known} of 150 judgements were known, {whole} of 30 compiles were partial"
        );
        assert!(known > 50 && whole > 7, "seed {seed} tries nothing: {known} {whole} {story:#?}");
    }
}

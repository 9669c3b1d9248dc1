//! The gate in the place of buf: what buf answered over small workspaces, this answers too.
//!
//! `gate_as_buf/record.py` recorded the answers; standard output is compared to the byte.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const RECORDED: &str = include_str!("gate_as_buf/recorded.json");

/// A folder with the files of a workspace, after its setup.
fn workspace(recorded: &Value) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in recorded["files"].as_object().unwrap() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_str().unwrap()).unwrap();
    }
    for step in recorded["setup"].as_array().unwrap() {
        let words: Vec<&str> = words(step);
        let mut command = Command::new(words[0]);
        command.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.args(&words[1..]).output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    }
    folder
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// What differs, if anything does.
fn difference(folder: &Path, case: &Value) -> Option<String> {
    let arguments = words(&case["args"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_treaty"));
    command.current_dir(folder.join(case["in"].as_str().unwrap())).stdin(Stdio::null());
    let output = command.args(&arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut expected = words(&case["stdout"]).join("\n");
    if !expected.is_empty() {
        expected.push('\n');
    }
    let (code, expected_code) = (output.status.code(), case["code"].as_i64());
    (code.map(i64::from) != expected_code || said != expected).then(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!(
            "in {:?}, {}: code {code:?}, not {expected_code:?}\n--- buf\n{expected}--- treaty\n{said}{errors}",
            case["in"],
            arguments.join(" ")
        )
    })
}

#[test]
fn answers_as_buf_does() {
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    let (mut cases, mut differences) = (0, Vec::new());
    for one in &recorded {
        let folder = workspace(one);
        for case in one["cases"].as_array().unwrap() {
            cases += 1;
            let found = difference(folder.path(), case);
            differences.extend(found.map(|found| format!("{}: {found}", one["name"])));
        }
    }
    println!("{cases} commands over {} workspaces", recorded.len());
    assert!(cases > 100, "the recording is there");
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

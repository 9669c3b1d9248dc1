//! The config cases of `treaty-engine/fixtures`: what buf answered to each command, this answers.
//!
//! *Holds*: exit code and standard output are equal to the byte, and standard error too where buf
//! tells findings there; what is meant to differ stands in `config_cases/differences.rs`.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

#[path = "config_cases/differences.rs"]
mod differences;
#[path = "config_cases/repository.rs"]
mod repository;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use differences::DIFFERENCES;
use repository::{Repository, words};

/// What one command answered.
#[derive(Debug, PartialEq)]
struct Answer {
    exit: Option<i64>,
    stdout: Vec<String>,
    /// Only where findings are told there: how failures are worded is each tool's own.
    stderr: Vec<String>,
}

impl Answer {
    fn recorded(expected: &Value) -> Self {
        let lines = |key: &str| words(&expected[key]).into_iter().map(str::to_owned).collect();
        Self { exit: expected["exit"].as_i64(), stdout: lines("stdout"), stderr: lines("stderr") }
            .comparable()
    }

    fn of(output: &Output, repository: &Path) -> Self {
        let place = repository.to_str().unwrap();
        let lines = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap().replace(place, "$REPO");
            // What a last line without an end holds is not recorded.
            let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
            whole.lines().map(str::to_owned).collect()
        };
        let exit = output.status.code().map(i64::from);
        Self { exit, stdout: lines(&output.stdout), stderr: lines(&output.stderr) }.comparable()
    }

    fn comparable(self) -> Self {
        let tells_findings = self.exit == Some(100) && self.stdout.is_empty();
        Self {
            stderr: if tells_findings { self.stderr } else { Vec::new() },
            stdout: self.stdout.into_iter().map(without_purpose).collect(),
            ..self
        }
    }
}

/// A listed rule without what it is for, which is told in our words.
fn without_purpose(line: String) -> String {
    if !line.starts_with("{\"id\":") {
        return line;
    }
    let (rule, rest) = line.split_once("\"purpose\":\"").unwrap();
    let (purpose, rest) = rest.split_once("\",\"plugin\":").unwrap();
    assert!(purpose.ends_with('.'), "{purpose}");
    format!("{rule}{rest}")
}

/// A command that is not answered as buf answered it.
struct Differing {
    name: String,
    same_exit: bool,
    text: String,
}

/// Runs a case, and tells what is not as buf answered.
fn differing(case: &Path) -> (usize, Vec<Differing>) {
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(case.join(name)).unwrap()).unwrap()
    };
    let (cases, expected) = (read("cases.json"), read("expected.json"));
    let repository = Repository::new(&case.join("repo"), &cases["setup"]);
    let commands = cases["cases"].as_array().unwrap();
    let mut differing = Vec::new();
    for command in commands {
        let name = command["name"].as_str().unwrap();
        let output = repository.run(command);
        let answer = Answer::of(&output, repository.path());
        let recorded = Answer::recorded(&expected[name]);
        if answer != recorded {
            let said = String::from_utf8_lossy(&output.stderr);
            let arguments = words(&command["args"]).join(" ");
            let text = format!("{arguments}\n{}{said}", difference(&recorded, &answer));
            let same_exit = answer.exit == recorded.exit;
            differing.push(Differing { name: name.to_owned(), same_exit, text });
        }
    }
    (commands.len(), differing)
}

/// The first lines that differ.
fn difference(recorded: &Answer, answer: &Answer) -> String {
    let mut text = format!("  exit code: buf {:?}, treaty {:?}\n", recorded.exit, answer.exit);
    let buf = recorded.stdout.iter().chain(&recorded.stderr);
    let treaty = answer.stdout.iter().chain(&answer.stderr);
    let (buf, treaty): (Vec<_>, Vec<_>) = (buf.collect(), treaty.collect());
    let same = buf.iter().zip(&treaty).take_while(|(one, other)| one == other).count();
    for (whose, lines) in [("buf   ", &buf), ("treaty", &treaty)] {
        for line in lines.iter().skip(same).take(3) {
            text += &format!("  {whose} {}: {line}\n", same + 1);
        }
    }
    text
}

#[test]
fn every_command_answers_as_buf_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../treaty-engine/fixtures/config");
    let mut folders: Vec<_> =
        fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
    folders.sort();
    let only = std::env::var("CASE").ok();
    let (mut count, mut wrong, mut seen) = (0, Vec::new(), BTreeSet::new());
    for folder in folders {
        let case = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if only.as_ref().is_some_and(|only| *only != case) {
            continue;
        }
        let (commands, differing) = differing(&folder);
        println!("{case}: {commands} commands, {} differ", differing.len());
        count += commands;
        for one in differing {
            let known = DIFFERENCES.iter().find(|known| {
                (known.case, known.name) == (&case, &one.name) && known.same_exit == one.same_exit
            });
            match known {
                Some(known) => _ = seen.insert((known.case, known.name)),
                None => wrong.push(format!("{case}, {}: {}", one.name, one.text)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    if only.is_none() {
        assert!(count >= 300, "the cases are there");
        for known in DIFFERENCES {
            let key = (known.case, known.name);
            assert!(seen.contains(&key), "{key:?} does not differ any more: {}", known.why);
        }
    }
}

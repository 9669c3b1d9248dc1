//! Compiles what is wrong beyond grammar, and holds what is said of it: `fixtures/link/wrong.txt`.

use std::fmt::Write as _;

use treaty_compiler::{Compiled, Places, Settings, Sources, compile_as};

const CASES: &str = include_str!("../fixtures/link/wrong.txt");

/// The files of a case: the first is `a.proto`, the others stand below their names.
fn sources(case: &str) -> Sources {
    let mut sources = Sources::new();
    let (mut name, mut text) = ("a.proto".to_owned(), String::new());
    for line in case.lines() {
        if let Some(next) = line.strip_prefix("--- ") {
            sources.insert(
                std::mem::replace(&mut name, next.to_owned()),
                std::mem::take(&mut text).into(),
            );
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    sources.insert(name, text.into());
    sources
}

fn compiled(sources: &Sources, places: Places) -> Compiled {
    compile_as(sources, Settings { threads: 1, places })
}

/// `apart.txt` says of each case who takes it: buf, protoc, both or neither. buf 1.75 and protoc 35
/// were asked.
#[test]
fn what_one_takes_and_the_other_refuses_depends_on_whose_places_are_wanted() {
    let cases = include_str!("../fixtures/link/apart.txt");
    let mut checked = 0;
    for case in cases.split("=== ").skip(1) {
        let (title, case) = case.split_once('\n').expect("a case has a title");
        let sources = sources(case);
        for (name, places) in [("buf", Places::Buf), ("protoc", Places::Protoc)] {
            let faults = compiled(&sources, places).diagnostics;
            assert_eq!(
                faults.is_empty(),
                title.starts_with(name) || title.starts_with("both"),
                "{title}, as {name}: {faults:?}"
            );
        }
        checked += 1;
    }
    assert!(checked >= 15, "only {checked} cases");
}

#[test]
fn every_fault_is_told_with_its_place() {
    let mut told = String::new();
    for case in CASES.split("=== ").skip(1) {
        let (title, case) = case.split_once('\n').expect("a case has a title");
        let sources = sources(case);
        let compiled = compiled(&sources, Places::Protoc);
        assert!(!compiled.diagnostics.is_empty(), "{title}: something is wrong");
        let _ = writeln!(told, "=== {title}");
        for fault in &compiled.diagnostics {
            let start = fault.span.start;
            let _ = writeln!(
                told,
                "{}:{}:{}: {}",
                fault.file,
                start.line + 1,
                start.column + 1,
                fault.message
            );
            if let Some(help) = &fault.help {
                let _ = writeln!(told, "    help: {help}");
            }
        }
        let names = compiled.files.iter().map(|file| &*file.name);
        let compiled: Vec<_> = names.filter(|name| sources.contains_key(*name)).collect();
        if !compiled.is_empty() {
            let _ = writeln!(told, "compiled: {}", compiled.join(", "));
        }
    }
    insta::assert_snapshot!("wrong", told);
}

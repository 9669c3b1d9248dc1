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

/// As many fields and values as buf 1.75 takes, and one more.
#[test]
fn edition_2026_bounds_what_an_element_holds() {
    let fields = |count| (1..=count).map(|at| format!("int32 f{at} = {at};")).collect::<String>();
    let values = |count| (0..count).map(|at| format!("V{at} = {at};")).collect::<String>();
    let message = |count| format!("message M {{ #; {} }}", fields(count));
    let oneof = |count| format!("message M {{ oneof o {{ #; {} }} }}", fields(count));
    let within = |count| format!("message M {{ #; oneof o {{ {} }} }}", fields(count));
    let enumeration = |count| format!("enum E {{ #; {} }}", values(count));
    let cases: [(&dyn Fn(i32) -> String, i32); 4] =
        [(&message, 1500), (&oneof, 1200), (&within, 1200), (&enumeration, 1700)];
    for (text, limit) in cases {
        let faults = |count, option: &str| {
            let text = text(count).replace("#;", option);
            let text = format!("edition = \"2026\"; {text}");
            let sources = Sources::from([("a.proto".to_owned(), text.into())]);
            compiled(&sources, Places::Buf).diagnostics
        };
        assert_eq!(faults(limit, ""), [], "as many as may be");
        let told = faults(limit + 1, "");
        assert!(told.len() == 1 && told[0].message.contains("exceeds the limit"), "{told:?}");
        println!("{}", told[0].message);
        let legacy = "option features.enforce_proto_limits = LEGACY_NO_EXPLICIT_LIMITS;";
        assert_eq!(faults(limit + 1, legacy), [], "there need not be a limit");
    }
}

/// buf 1.75 counts lists too; protoc 35 cannot read what it wrote of more than a hundred messages.
#[test]
fn message_literals_nest_a_hundred_deep() {
    let head = "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; \
                message R { repeated R r = 1; } \
                extend google.protobuf.MessageOptions { optional R v = 50000; }";
    for (places, open, close, limit) in [
        (Places::Buf, "{ r ", "}", 100),
        (Places::Protoc, "{ r ", "}", 100),
        (Places::Buf, "{ r [{}, ", "]}", 50),
        (Places::Protoc, "{ r [{}, ", "]}", 100),
    ] {
        for (depth, is_taken) in [(limit, true), (limit + 1, false), (30 * limit, false)] {
            let literal = format!("{}{{}}{}", open.repeat(depth - 1), close.repeat(depth - 1));
            let text = format!("{head} message H {{ option (v) = {literal}; }}");
            let sources = Sources::from([("a.proto".to_owned(), text.into())]);
            let faults = compiled(&sources, places).diagnostics;
            assert_eq!(faults.is_empty(), is_taken, "{places:?}, {open}, {depth}: {faults:?}");
        }
    }
}

#[test]
fn a_fault_within_a_string_is_where_its_bytes_are() {
    let text = "\toption java_package = \"日本👍🏽é\\q\";";
    let sources = Sources::from([("a.proto".to_owned(), text.into())]);
    let faults = compiled(&sources, Places::Buf).diagnostics;
    let [fault] = &faults[..] else { panic!("one fault, not {faults:?}") };
    let (start, end) = (fault.span.start.column as usize, fault.span.end.column as usize);
    assert_eq!(&text[start..end], "\\q", "{fault:?}");
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

/// As buf 1.75 places them, line by line.
#[test]
fn a_fault_in_a_map_is_told_at_the_key_or_the_value_and_one_of_export_at_the_word() {
    let text = "edition = \"2024\";
import \"b.proto\";
option features.default_symbol_visibility = STRICT;
enum E { E_A = 0; }
message N {}
service S {}
message U {
  map<float, string> a = 1;
  map<  bytes, N> b = 2;
  map<E, N> c = 3;
  map<  N, N> d = 4;
  map<Nope, N> e = 5;
  map<string,   S> f = 6;
  map<string,   U.FEntry> g = 7;
  map<string, Hidden> h = 8;
  map<double, Nope> i = 9;
  map<string, N> j = 10;
  export message Inner {}
    /* of E */ export enum Within { W_A = 0; }
}
";
    let other = "edition = \"2024\"; local message Hidden {}";
    let sources =
        Sources::from([("a.proto".to_owned(), text.into()), ("b.proto".to_owned(), other.into())]);
    let faults = compiled(&sources, Places::Buf).diagnostics;
    let places: Vec<(u32, u32)> = faults
        .iter()
        .map(|fault| fault.span.start)
        .map(|at| (at.line + 1, at.column + 1))
        .collect();
    let expected = [
        (8, 7),
        (9, 9),
        (10, 7),
        (11, 9),
        (12, 7),
        (13, 17),
        (14, 17),
        (15, 15),
        (16, 7),
        (16, 15),
        (18, 3),
        (19, 16),
    ];
    assert_eq!(places, expected, "{faults:#?}");
}

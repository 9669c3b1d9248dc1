//! Compiles what is written to exhaust the stack, the memory or the patience of a compiler. Each input is
//! of a size at which a cost that grows with its square takes minutes, and so much memory that it fails.

use treaty_compiler::{Compiled, Places, Retention, Settings, Sources, compile_as};

/// How many parts the name of an option may have.
const MAX_NAME_PARTS: usize = 256;

fn compiled(text: String, places: Places) -> Compiled {
    let sources = Sources::from([("a.proto".to_owned(), text.into())]);
    compile_as(&sources, Settings { threads: 1, places })
}

/// What is wrong, the first of it.
fn faults(compiled: &Compiled) -> (usize, String) {
    let all = &compiled.diagnostics;
    (all.len(), all.first().map(|fault| fault.message.clone()).unwrap_or_default())
}

/// A file option that is a message of its own kind, and what else is in the file.
fn recursive(rest: &str) -> String {
    let mut text = r#"
        syntax = "proto2";
        import "google/protobuf/descriptor.proto";
        message R { optional R r = 1; optional int32 i = 2; }
        extend google.protobuf.FileOptions { optional R o = 50000; }
    "#
    .to_owned();
    text.push_str(rest);
    text
}

#[test]
fn the_name_of_an_option_has_a_bounded_number_of_parts() {
    for places in [Places::Buf, Places::Protoc] {
        for parts in [MAX_NAME_PARTS, MAX_NAME_PARTS + 1, 20_000, 300_000] {
            // `(o)` and `i` are parts too.
            let text = recursive(&format!("option (o){}.i = 1;", ".r".repeat(parts - 2)));
            let compiled = compiled(text, places);
            let expected = match parts {
                MAX_NAME_PARTS => (0, String::new()),
                _ => (1, "the name of an option has too many parts".to_owned()),
            };
            assert_eq!(faults(&compiled), expected, "{parts} parts");
        }
    }
}

#[test]
fn a_literal_may_nest_behind_a_name_of_as_many_parts_as_there_may_be() {
    let name = format!("(o){}", ".r".repeat(MAX_NAME_PARTS - 1));
    let text =
        recursive(&format!("option {name} = {}{};", "{ r ".repeat(63) + "{", "}".repeat(64)));
    let compiled = compiled(text, Places::Buf);
    assert_eq!(faults(&compiled), (0, String::new()));
    let retention = Retention::new(&compiled.files);
    let file = compiled.files.iter().find(|file| *file.name == *"a.proto").expect("it compiles");
    assert!(retention.strip(file) == *file, "nothing of it is for the source only");
}

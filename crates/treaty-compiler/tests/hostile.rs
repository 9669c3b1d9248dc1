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

/// What is repeated, each on its line, with a number for `#` and one that a field can have for `%`.
fn repeated(count: usize, pattern: &str) -> String {
    let one = |at: usize| {
        pattern.replace('#', &at.to_string()).replace('%', &(20_000 + at).to_string()) + "\n"
    };
    (1..=count).map(one).collect()
}

/// How many of each there are: asking a list of as many for each takes minutes.
const MANY: usize = 6_000;

#[test]
fn where_something_else_stands_is_looked_up_and_not_searched_for() {
    let message = |fields: &str| format!("syntax = \"proto2\"; message M {{ {fields} }}");
    let enumeration = |values: &str| format!("enum E {{ A = 0; {values} }}");
    let reserved_names = repeated(MANY, "\"v#\",") + "\"w\"";
    let cases = [
        message(&repeated(MANY, "optional bool a = #;")),
        message(&repeated(MANY, "optional bool a# = 1;")),
        message(&repeated(MANY, "message N {}")),
        message(&format!("reserved 1 to max; {}", repeated(MANY, "optional bool a# = #;"))),
        message(&format!("reserved {reserved_names}; {}", repeated(MANY, "optional bool v# = #;"))),
        enumeration(&repeated(MANY, "B# = 1;")),
        enumeration(&format!("reserved {reserved_names}; {}", repeated(MANY, "v# = #;"))),
        enumeration(&format!("reserved 1 to max; {}", repeated(MANY, "B# = #;"))),
        enumeration(&format!("reserved {} 5; ", repeated(MANY, "1 to #,"))),
        format!("syntax = \"proto3\"; enum E {{ A = 0; {} }}", repeated(MANY, "b_c = #; BC# = #;")),
        format!("syntax = \"proto3\"; message M {{ {} }}", repeated(MANY, "bool a_b = #;")),
        format!("message M {{}} service S {{ {} }}", repeated(MANY, "rpc A(M) returns (M);")),
        repeated(MANY, "message M {} "),
        repeated(MANY, "import \"a.proto\"; "),
        format!(
            "message M {{ extensions 1; }} {}",
            repeated(MANY, "extend M { optional bool a# = 1; }")
        ),
    ];
    for case in cases {
        let shown: String = case.chars().take(60).collect();
        let told = compiled(case, Places::Buf).diagnostics.len();
        assert_eq!(told, 100, "{shown}");
    }
    // Which clash as JSON names only where the source says them, and so it is asked of each.
    let pairs = repeated(MANY, "optional bool a_b# = %; optional bool aB# = 1%;");
    let compiled = compiled(message(&pairs), Places::Buf);
    assert_eq!(faults(&compiled), (0, String::new()));
}

#[test]
fn names_that_only_their_scope_knows_are_looked_up_and_not_searched_for() {
    let options = "import \"google/protobuf/descriptor.proto\";
        extend google.protobuf.FieldOptions { optional bool o = 50000; }
        extend google.protobuf.MethodOptions { optional bool m = 50000; }";
    let fields = repeated(MANY, "optional bool a# = % [(o) = true];");
    let methods = repeated(MANY, "rpc A#(M) returns (M) { option (m) = true; }");
    let extensions = repeated(MANY, "extend M { optional bool a# = %; }");
    let text = format!(
        "{options} message M {{ {fields} }} service S {{ {methods} }}
        message N {{ extensions 20000 to max; }}
        message O {{ {} }}",
        extensions.replace(" M ", " N ")
    );
    assert_eq!(faults(&compiled(text, Places::Buf)), (0, String::new()));
}

#[test]
fn of_a_run_of_comments_each_is_looked_at_once() {
    for comment in ["/**/", "//\n", "//\n\n", "/*\n*/\n\n", "\n/**/ /**/"] {
        let comments = comment.repeat(10 * MANY);
        let text = format!("message A {{}} {comments} message B {{ {comments} }} {comments}");
        for places in [Places::Buf, Places::Protoc] {
            let compiled = compiled(text.clone(), places);
            assert_eq!(faults(&compiled), (0, String::new()));
            let locations = &compiled.files[0].locations;
            let detached = locations.find(&[4, 1]).map(|one| one.comments.detached.len());
            println!("{comment:?}: {detached:?} comments before B");
        }
    }
}

#[test]
fn what_may_have_been_meant_is_sought_for_a_few_names_and_for_none_that_are_not_told() {
    let options = "import \"google/protobuf/descriptor.proto\";";
    let rules = "extend google.protobuf.FieldOptions { optional M rules = 50000; }";
    let fields = |option: &str| repeated(MANY, &format!("optional bool a# = % [{option}];"));
    let types = repeated(MANY, "message Validate# {}");
    for (head, option, expected) in [
        ("import \"buf/validate.proto\";", "(buf.validate.field).int32.gt = 1", 1),
        ("", "(buf.validate.field).int32.gt = 1", 100),
        ("", "(rules) = { [buf.validate] { } }", 100),
        ("", "(rules).a0 = true", 100),
        ("", "unknown = true", 100),
    ] {
        let text = format!("{head} {options} {rules} {types} message M {{ {} }}", fields(option));
        let (told, first) = faults(&compiled(text, Places::Buf));
        assert_eq!(told, expected, "{option}: {first}");
    }
}

#[test]
fn a_repeated_field_of_a_literal_is_counted_and_not_recounted() {
    for places in [Places::Buf, Places::Protoc] {
        let text = format!(
            "syntax = \"proto2\";
            import \"google/protobuf/descriptor.proto\";
            message R {{ repeated int32 i = 1; repeated R r = 2; }}
            extend google.protobuf.FileOptions {{ optional R o = 50000; repeated R p = 50001; }}
            option (o) = {{ {} r {{ {} }} }}; {}",
            "i: 1\n".repeat(10 * MANY),
            "r { i: [1, 2] }\n".repeat(10 * MANY),
            "option (p) = { i: 1 };\n".repeat(MANY),
        );
        assert_eq!(faults(&compiled(text, places)), (0, String::new()));
    }
}

#[test]
fn options_are_repeated_for_a_bounded_number_of_ranges() {
    let statements = |ranges: usize, options: usize, count: usize| {
        let ranges = repeated(ranges, "#,") + "%";
        let options = vec!["(x) = 1"; options].join(",");
        let statements = format!("extensions {} [{options}];", ranges.replace('%', "20000"));
        format!(
            "import \"google/protobuf/descriptor.proto\";
            extend google.protobuf.ExtensionRangeOptions {{ repeated int32 x = 50000; }}
            {}",
            (0..count).map(|at| format!("message M{at} {{ {statements} }}")).collect::<String>()
        )
    };
    let refused = "these options are repeated for too many ranges".to_owned();
    for (ranges, options, count, expected) in [
        (100, 80, 1, (0, String::new())),
        (800, 10, 1, (0, String::new())),
        // A gigabyte of options in 32 KB.
        (3000, 3000, 1, (1, refused.clone())),
        (1, 80, 200, (1, refused)),
    ] {
        let compiled = compiled(statements(ranges, options, count), Places::Buf);
        assert_eq!(faults(&compiled), expected, "{ranges} ranges, {options} options");
    }
}

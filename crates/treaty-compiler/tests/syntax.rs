//! What is accepted and refused where the language is full of corners: each line has been asked of
//! protoc 35.1 and of buf 1.75.0. Where they disagree, what either accepts is accepted, as long as
//! it means something.

use std::sync::Arc;

use treaty_compiler::{Places, parse_unlinked};

const PROTO2: &str = "syntax = \"proto2\";";
const PROTO3: &str = "syntax = \"proto3\";";
const E2023: &str = "edition = \"2023\";";
const E2024: &str = "edition = \"2024\";";

const ACCEPTED: &[(&str, &str)] = &[
    // Keywords are names wherever they can be.
    (
        PROTO3,
        "message M { int32 message = 1; int32 option = 2; int32 enum = 3; int32 stream = 4; }",
    ),
    (PROTO3, "message message {} enum enum { A = 0; } service service {}"),
    (PROTO2, "message message {} message N { optional message m = 1; }"),
    (PROTO3, "message map {} message N { map m = 1; }"),
    (PROTO3, "enum E { message = 0; enum = 1; option = 2; reserved = 3; }"),
    (PROTO3, "message x {} service S { rpc A(stream .x) returns (stream .x); }"),
    (PROTO3, "message stream {} service S { rpc A(stream) returns (stream stream); }"),
    (E2023, "message export {} message N { export e = 1; int32 local = 2; }"),
    (E2024, "message N { int32 export = 1; } export message M {} local enum E { E_A = 0; }"),
    // Blanks and comments stand between any two tokens.
    (PROTO3, "message A { message B {} } message N { A . B m = 1; . A /* x */ .B n = 2; }"),
    (PROTO3, "message M { map < string , string > a = 1; }"),
    (PROTO3, "\u{b}\u{c}message M {}\r\n// \0 \u{1} ü\nmessage N {}"),
    (PROTO3, "/* a /* b */ message M {}"),
    ("\u{feff}syntax = \"pro\" \"to3\";", "import \"google/protobuf/\" \"any.proto\";"),
    ("", ""),
    ("", "message M { optional int32 a = 1; }"),
    // Numbers and strings.
    (PROTO3, "message A { int32 a = 017; int32 b = 0x1F; }"),
    (PROTO3, "enum E { A = 0; B = -0x7f; C = - 2147483648; reserved -5 to -1, - 7, 9 to max; }"),
    (PROTO2, "option (o) = 1.; option (o) = .5e3; option (o) = -inf; option (o) = - nan;"),
    (PROTO2, "option (o) = 18446744073709551616; option (o) = - 9223372036854775808;"),
    (PROTO2, r#"option (o) = "\x4\X41\101\?\a\v\u00fc\U0001F600\ud83d\ude00\xff" 'b' "c";"#),
    (
        PROTO2,
        "message M { optional float e = 1 [default = -nan]; optional double f = 2 [default = 0x10]; }",
    ),
    (
        PROTO2,
        "message M { optional bytes e = 1 [default = \"\\xff\\n\"]; optional E f = 2 [default = A]; }",
    ),
    // Message literals.
    (PROTO2, "option (o) = { a: 1, b: 'x' \"y\"; c: true d < e: -inf > f: <> g { } };"),
    (
        PROTO2,
        "option (o) = { a: [1, 2], b [ {c: 1}, <> ], d: [], e: - 5 f: Infinity g: -infinity };",
    ),
    (
        PROTO2,
        "option (o) = { # here\n [ a.b ] : 5 [type.googleapis.com/a.B] { c: 1 } // there\n };",
    ),
    (PROTO2, "option ( .o ) . a . (b.c).d = { a: 1 };"),
    // Statements.
    (PROTO3, ";; message M { ;; int32 a = 1;; oneof o { int32 b = 2;; } reserved 5 to max; };"),
    (
        PROTO2,
        "message M { extensions 1 to 5, 9 [verification = UNVERIFIED]; } extend M { ; optional int32 a = 1;; }",
    ),
    (
        PROTO3,
        "service S { rpc A(M) returns (M) {}; rpc B(M) returns (M) { ; option o = true; ; } }",
    ),
    (
        PROTO2,
        "message M { oneof o { group G = 1 { } } optional group H = 2 [deprecated = true] {}; }",
    ),
    (E2023, "message M { reserved a, b; reserved 1, 2 to 3; }"),
    (
        PROTO3,
        "message M { optional M m = 1; } extend google.protobuf.FileOptions { optional string z = 50100; }",
    ),
    (
        PROTO3,
        "import weak \"google/protobuf/any.proto\"; import public \"google/protobuf/empty.proto\";",
    ),
];

const REFUSED: &[(&str, &str)] = &[
    (PROTO3, PROTO3),
    ("package a;", PROTO3),
    (PROTO3, "package a; package b;"),
    (PROTO3, "package ;"),
    (PROTO3, "\u{feff}message M {}"),
    (PROTO3, "message M {} }"),
    (PROTO3, "message M {"),
    (PROTO3, "message M { int32 a = 1; } %"),
    (PROTO3, "message ü {}"),
    (PROTO3, "message A { int32 a = 1to; }"),
    (PROTO3, "message A { int32 a = 09; }"),
    (PROTO3, "message M { int32 e = -1; }"),
    (PROTO3, "message M { int32 e = 99999999999; }"),
    (PROTO3, "message M { int32 e = 1 []; }"),
    (PROTO3, "message M { int32 e = 1 [deprecated = true,]; }"),
    (PROTO3, "message M { reserved a; }"),
    (PROTO3, "message M { reserved 1, \"a\"; }"),
    (PROTO3, "message M { reserved max; }"),
    (PROTO3, "message M { repeated map<string, string> a = 1; }"),
    (PROTO3, "message M { oneof o { map<string, string> a = 1; } }"),
    (PROTO3, "service S { rpc A(int32) returns (M); }"),
    (PROTO3, "enum E { A = 0; B = 2147483648; }"),
    (PROTO2, "message M { int32 a = 1; }"),
    (PROTO2, "message M { oneof o { optional int32 a = 1; } }"),
    (PROTO2, "message M { optional group g = 1 {} }"),
    (PROTO2, "message M { map<string, group> a = 1; }"),
    (PROTO2, "extend M {}"),
    (PROTO2, "message M { optional uint32 e = 1 [default = -1]; }"),
    (PROTO2, "message M { optional int32 e = 1 [default = 2147483648]; }"),
    (PROTO2, "message M { optional bool e = 1 [default = t]; }"),
    (PROTO2, "message M { optional int32 e = 1 [default = 1, default = 2]; }"),
    (PROTO2, "option (o) = +5;"),
    (PROTO2, "option (o) = [1];"),
    (PROTO2, "option (o) = < a: 1 >;"),
    (PROTO2, "option (o) = a.b;"),
    (PROTO2, "option .o = 1;"),
    (PROTO2, "option (o) = \"\\q\";"),
    (PROTO2, "option (o) = \"a\0b\";"),
    (PROTO2, "option (o) = { a: 1,, b: 2 };"),
    (PROTO2, "option (o) = { , a: 1 };"),
    (PROTO2, "option (o) = { a: [1, 2,] };"),
    (PROTO2, "option (o) = { a [1] };"),
    (PROTO2, "option (o) = { a \"x\" };"),
    (PROTO2, "option (o) = { a: 1.5f };"),
    (PROTO2, "option (o) = { [.a]: 5 };"),
    (E2023, "message M { reserved \"a\"; }"),
    (E2023, "message M { optional int32 a = 1; }"),
    (E2023, "message M { required int32 a = 1; }"),
    (E2023, "message M { group G = 1 {} }"),
    (E2023, "import option \"google/protobuf/any.proto\";"),
    (E2023, "export message M {}"),
    (E2024, "export service S {}"),
    (E2024, "import weak \"google/protobuf/any.proto\";"),
    (E2024, "import option \"a.proto\"; import \"b.proto\";"),
];

#[test]
fn corners_of_the_language_are_as_protoc_and_buf_have_them() {
    for (is_accepted, cases) in [(true, ACCEPTED), (false, REFUSED)] {
        for (head, body) in cases {
            let text: Arc<str> = format!("{head}\n{body}").into();
            let (_, faults) = parse_unlinked("corner.proto", &text, Places::Protoc);
            assert_eq!(faults.is_empty(), is_accepted, "{text}\n{faults:#?}");
        }
        println!("{} cases, accepted: {is_accepted}", cases.len());
    }
}

#[test]
fn what_is_long_is_read_in_time_that_grows_with_it() {
    let deep = |open: &str, close: &str| open.repeat(30_000) + &close.repeat(30_000);
    let texts = [
        deep("message M {", "}"),
        deep("option (o) = { a ", "};"),
        format!("option (o) = {};", deep("{ a ", "}")),
        deep("/*", "*/"),
        deep("\"", "'"),
        deep("extend M { optional group G = 1 {", "}}"),
        "// a\n".repeat(100_000),
        "/* a */".repeat(100_000),
        "\t".repeat(300_000) + "message M {}",
        "service ".repeat(50_000),
        "import public ".repeat(50_000),
        "package a.".repeat(30_000),
        "reserved 1,".repeat(30_000),
        format!("message M {{ {} }}", "optional int32 a = 1; ".repeat(30_000)),
        format!("syntax = \"proto3\"; message M {{ {} }}", "optional int32 a = 1;".repeat(30_000)),
    ];
    for text in texts {
        let shown: String = text.chars().take(40).collect();
        let start = std::time::Instant::now();
        let (file, faults) = parse_unlinked("long.proto", &text.into(), Places::Protoc);
        assert!(faults.len() <= 100, "{shown}");
        println!(
            "{shown:40} {:?}, {} faults, {}",
            start.elapsed(),
            faults.len(),
            file.messages.len()
        );
    }
}

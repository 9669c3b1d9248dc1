//! What two versions read in given bytes, field by field.

use std::fmt::Write as _;

use treaty_compiler::Pool;
use treaty_engine::witness::{Reading, explain_bytes, from_hex};
use treaty_engine::{Descriptors, Sources};

fn pool(body: &str) -> Pool {
    let source = format!("syntax = \"proto3\"; package p; {body}");
    let sources = Sources::from([("a.proto".to_owned(), source.into())]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert_eq!(findings, []);
    descriptors.pool()
}

fn text(reading: &Reading) -> String {
    match reading {
        Reading::NoField => "no such field".to_owned(),
        Reading::Skipped { name, kind } => format!("{name} is {kind}: skipped"),
        Reading::Read { name, kind, value } => format!("{name} ({kind}) {value}"),
        Reading::Refused { name, why } => format!("{name}: refused, {why}"),
    }
}

#[test]
fn bytes_are_told_field_by_field() {
    let old = pool(
        "message M { int32 id = 1; string note = 2; In in = 3; repeated int32 list = 4; }
         message In { int64 at = 1; string name = 2; }",
    );
    let new = pool(
        "message M { bool id = 1; bytes note = 2; In in = 3; repeated sint32 list = 4; }
         message In { fixed32 at = 1; E e = 2; } enum E { Z = 0; }",
    );
    let mut told = String::new();
    for hex in [
        "08 02 12 01 61 1a 07 08 05 12 03 61 62 63 22 02 01 02 2a 00",
        "0x1201ff",
        "08 00 32 05 0a",
    ] {
        let explained = explain_bytes(&from_hex(hex).unwrap(), &old, &new, "p.M").unwrap();
        writeln!(told, "{hex}").unwrap();
        for part in &explained.parts {
            let (indent, end) = ("  ".repeat(part.depth), part.offset + part.length);
            let (number, kind, raw) = (part.number, part.wire_type, &part.raw);
            writeln!(told, "  {indent}[{}..{end}] {number}: {kind} {raw}", part.offset).unwrap();
            writeln!(told, "  {indent}  old: {}", text(&part.old)).unwrap();
            writeln!(told, "  {indent}  new: {}", text(&part.new)).unwrap();
        }
        let (fault, old, new) = (&explained.malformed, &explained.old, &explained.new);
        writeln!(told, "  fault: {fault:?}\n  old: {old:?}\n  new: {new:?}\n").unwrap();
    }
    insta::assert_snapshot!(told);
    assert_eq!(explain_bytes(&[], &old, &new, "p.Gone"), None);
}

#[test]
fn digits_are_read_in_many_forms() {
    assert_eq!(from_hex("0x08 01:ff,Aa"), Some(vec![8, 1, 255, 0xaa]));
    assert_eq!(from_hex(""), Some(Vec::new()));
    assert_eq!(from_hex("0"), None);
    assert_eq!(from_hex("zz"), None);
    assert_eq!(from_hex("é"), None);
}

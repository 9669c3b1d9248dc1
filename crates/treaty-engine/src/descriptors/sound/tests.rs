//! What is refused, in the words of it; buf 1.75.0 refuses all of these, too.

use crate::Descriptors;
use crate::dynamic::image::{Format, Images};

/// What is wrong with an image of these files, each without its braces.
#[track_caller]
fn wrong(files: &[&str]) -> String {
    let files: Vec<String> = files.iter().map(|file| format!("{{{file}}}")).collect();
    let text = format!("{{\"file\":[{}]}}", files.join(","));
    match Images::default().read(&text, Format::Json) {
        Ok(files) => match Descriptors::link(files) {
            Ok(_) => String::new(),
            Err(error) => {
                let error = error.to_string();
                error.replace("not a self-contained descriptor set: ", "")
            }
        },
        Err(error) => error.to_string(),
    }
}

/// A file of one message `p.M` with this in it.
fn message(syntax: &str, inner: &str) -> String {
    format!(
        r#""name":"a.proto","package":"p","syntax":"{syntax}","messageType":[{{"name":"M",{inner}}}]"#
    )
}

fn field(name: &str, number: i32, more: &str) -> String {
    let label = if more.contains("label") { "" } else { r#""label":"LABEL_OPTIONAL","# };
    let kind = if more.contains("\"type\"") { "" } else { r#""type":"TYPE_STRING","# };
    format!(r#"{{"name":"{name}",{label}{kind}"number":{number}{more}}}"#)
}

#[test]
fn messages_that_contradict_themselves_are_refused() {
    let one = field("a", 1, "");
    let fields = |all: &[String]| format!("\"field\":[{}]", all.join(","));
    let and = |more: &str| format!("{},{more}", fields(std::slice::from_ref(&one)));
    let in_oneof = |name: &str, number| field(name, number, r#","oneofIndex":0"#);
    let oneof = r#","oneofDecl":[{"name":"o"}]"#;
    let map = r#","options":{"mapEntry":true}"#;
    for (inner, expected) in [
        (fields(std::slice::from_ref(&one)), ""),
        (fields(&[field("a", 0, "")]), "p.M.a has the number 0"),
        (fields(&[field("a", -1, "")]), "p.M.a has the number -1"),
        (fields(&[field("a", 1 << 29, "")]), "p.M.a has the number 536870912"),
        (fields(&[one.clone(), field("b", 1, "")]), "p.M has two fields with the number 1"),
        (fields(&[one.clone(), field("a", 2, "")]), "p.M.a is there twice"),
        (fields(&[field("1a", 1, "")]), "`1a` in p.M is no name"),
        (
            and(r#""reservedRange":[{"start":1,"end":9}]"#),
            "p.M.a has the number 1, which is not free",
        ),
        (
            and(r#""reservedRange":[{"start":5,"end":5}]"#),
            "p.M has the range 5 to 4, which is none",
        ),
        (
            and(r#""reservedRange":[{"start":-5,"end":5}]"#),
            "p.M has the range -5 to 4, which is none",
        ),
        (and(r#""reservedRange":[{"start":5,"end":536870913}]"#), "p.M has the range 5 to 5"),
        (
            and(r#""reservedRange":[{"start":5,"end":8},{"start":7,"end":9}]"#),
            "p.M has two ranges with the number 7",
        ),
        (and(r#""reservedName":["a"]"#), "p.M reserves the name a and has it"),
        (and(r#""reservedName":["q","q"]"#), "p.M reserves the name q twice"),
        (and(r#""extensionRange":[{"start":5,"end":9}]"#), "p.M is of proto3 and has extensions"),
        (fields(&[field("a", 1, r#","oneofIndex":3"#)]), "p.M.a is in no oneof"),
        (fields(&[field("a", 1, r#","oneofIndex":-1"#)]), "not a file's descriptor: an index of"),
        (and(r#""oneofDecl":[{"name":"o"}]"#), "p.M has a oneof without fields"),
        (
            fields(&[in_oneof("a", 1), field("b", 2, ""), in_oneof("c", 3)]) + oneof,
            "p.M.c stands apart from its oneof",
        ),
        (
            fields(&[field("a", 1, r#","oneofIndex":0,"label":"LABEL_REPEATED""#)]) + oneof,
            "p.M.a is in a oneof and not optional",
        ),
        (fields(&[field("a", 1, r#","label":"LABEL_REQUIRED""#)]), "p.M.a is of proto3 and is"),
        (fields(&[field("a", 1, r#","defaultValue":"x""#)]), "p.M.a is of proto3 and has a def"),
        (fields(&[field("a", 1, r#","extendee":".p.M""#)]), "the field a extends a message"),
        (fields(std::slice::from_ref(&one)) + map, "p.M is no entry of a map"),
    ] {
        let told = wrong(&[&message("proto3", &inner)]);
        assert!(told.starts_with(expected) && told.is_empty() == expected.is_empty(), "{told}");
    }
}

#[test]
fn enums_that_contradict_themselves_are_refused() {
    let value = |name: &str, number: i32| format!(r#"{{"name":"{name}","number":{number}}}"#);
    let values = |all: &[String]| format!("\"value\":[{}]", all.join(","));
    let zero = || values(&[value("Z", 0)]);
    for (inner, expected) in [
        (zero(), ""),
        (values(&[]), "the enum p.E has no values"),
        (values(&[value("A", 1)]), "the first value of p.E is not zero"),
        (values(&[value("Z", 0), value("A", 0)]), "p.E has two values with the number 0"),
        (values(&[value("Z", 0), value("A", 0)]) + r#","options":{"allowAlias":true}"#, ""),
        (values(&[value("Z", 0), value("Z", 1)]), "p.Z is there twice"),
        (values(&[value("1Z", 0)]), "`1Z` in a.proto is no name"),
        (zero() + r#","reservedRange":[{"start":-1,"end":1}]"#, "p.E.Z has the number 0, which"),
        (zero() + r#","reservedRange":[{"start":5,"end":3}]"#, "p.E has the range 5 to 3"),
        (zero() + r#","reservedName":["Z"]"#, "p.E reserves the name Z and has it"),
    ] {
        let file = format!(
            r#""name":"a.proto","package":"p","syntax":"proto3","enumType":[{{"name":"E",{inner}}}]"#
        );
        let told = wrong(&[&file]);
        assert!(told.starts_with(expected) && told.is_empty() == expected.is_empty(), "{told}");
    }
}

#[test]
fn files_that_contradict_each_other_are_refused() {
    let plain = message("proto3", r#""field":[]"#);
    let other = plain.replace("a.proto", "b.proto").replace("\"p\"", "\"q\"");
    let of = |kind: &str| format!(r#","type":"{kind}","typeName":".q.M""#);
    let uses = message("proto3", &format!("\"field\":[{}]", field("m", 1, &of("TYPE_MESSAGE"))));
    let importing = |import: &str| uses.clone() + &format!(r#","dependency":[{import}]"#);
    let service = |name: &str, methods: &str| {
        plain.clone() + &format!(r#","service":[{{"name":"{name}","method":[{methods}]}}]"#)
    };
    let method = r#"{"name":"Do","inputType":".p.M","outputType":".p.M"}"#;
    let extend = |number| {
        message("proto2", r#""field":[],"extensionRange":[{"start":5,"end":9}]"#)
            + &format!(r#","extension":[{}]"#, field("x", number, r#","extendee":".p.M""#))
    };
    for (files, expected) in [
        (vec![&plain, &other], ""),
        (vec![&plain, &plain], "a.proto is there twice"),
        (vec![&plain, &plain.replace("a.proto", "b.proto")], "p.M is there twice"),
        (vec![&plain, &other.replace("\"q\"", "\"p.M\"")], ""),
        (vec![&plain.replace("\"p\"", "\"p..q\"")], "a.proto is in `p..q`, which is no package"),
        (vec![&uses, &other], ".q.M is in b.proto, which is not imported where it is used"),
        (vec![&importing(r#""b.proto""#), &other], ""),
        (vec![&importing(r#""b.proto","b.proto""#), &other], "a.proto imports b.proto twice"),
        (vec![&service("S", method)], ""),
        (vec![&service("M", method)], "p.M is there twice"),
        (vec![&service("S", &format!("{method},{method}"))], "p.S.Do is there twice"),
        (vec![&extend(5)], ""),
        (vec![&extend(9)], ".p.M has no extension number 9, which p.x has"),
        (
            vec![&plain.replace("\"proto3\"", "\"editions\",\"edition\":\"EDITION_MAX\"")],
            "a.proto has the unknown edition 2147483647",
        ),
    ] {
        let files: Vec<&str> = files.into_iter().map(String::as_str).collect();
        assert_eq!(wrong(&files), expected, "{files:?}");
    }
}

/// What is compiled can be released, so it has to be read again.
#[test]
fn what_compiles_is_sound() {
    let empty = "syntax = \"proto3\"; package p;";
    for (one, other) in [
        ("syntax = \"proto3\"; package p; message M {}", "syntax = \"proto3\"; package p.M;"),
        (
            "syntax = \"proto2\"; package q; message M { oneof o { group G = 4 {} } \
             extensions 5 to max; reserved 1 to 3; }",
            empty,
        ),
        (
            "syntax = \"proto2\"; package q; message M { extensions 4 to max; \
             option message_set_wire_format = true; } \
             extend M { optional M m = 2147483646; }",
            empty,
        ),
        (
            "syntax = \"proto2\"; package q; enum E { A = 1; reserved -2147483648 to 0, 2 to max; }",
            empty,
        ),
        (
            "edition = \"2023\"; package q; enum E { A = 0; reserved X; } \
             message _ { map<string, E> _ = 1; }",
            empty,
        ),
        (
            "syntax = \"proto3\"; package q; import weak \"b.proto\"; message M { p.M m = 1; }",
            "syntax = \"proto3\"; package p; message M { optional int32 a = 1; }",
        ),
    ] {
        let source = |name: &str, text: &str| (name.to_owned(), text.into());
        let sources = crate::Sources::from([source("a.proto", one), source("b.proto", other)]);
        let (descriptors, findings) = Descriptors::compile(&sources);
        assert_eq!(findings, [], "{one}");
        let again = Descriptors::decode(&descriptors.encode());
        assert!(again.is_ok(), "{one}: {again:?}");
    }
}

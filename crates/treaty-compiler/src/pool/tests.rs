//! Features decide what fields mean; references may lead nowhere.

use std::sync::Arc;

use super::*;
use crate::descriptor::{Enum, Field, Kind, Label, Message, Options, Syntax};
use crate::wire::{put_int32, put_message, put_number};

fn field(name: &str, number: i32, kind: Kind) -> Field {
    Field { name: name.into(), number, kind: Some(kind), ..Field::default() }
}

fn features(holder: u32, feature: u32, value: i32) -> Option<Box<Options>> {
    let mut bytes = Vec::new();
    put_message(&mut bytes, holder, |into| put_int32(into, feature, value));
    Some(Box::new(Options::new(bytes)))
}

fn file(syntax: Syntax) -> File {
    let typed = |kind, name: &str, number, label, of: &str| Field {
        type_name: Some(of.into()),
        label,
        ..field(name, number, kind)
    };
    let mut entry = Vec::new();
    put_number(&mut entry, 7, 1);
    let map = Message {
        name: "NamesEntry".into(),
        full_name: "p.M.NamesEntry".into(),
        fields: vec![
            field("key", 1, Kind::String),
            typed(Kind::Message, "value", 2, Label::Optional, ".p.M"),
        ],
        options: Some(Box::new(Options::new(entry))),
        ..Message::default()
    };
    let message = Message {
        name: "M".into(),
        full_name: "p.M".into(),
        fields: vec![
            field("some_number", 1, Kind::Int32),
            Field { label: Label::Repeated, ..field("list", 2, Kind::Int32) },
            typed(Kind::Message, "self", 3, Label::Optional, ".p.M"),
            typed(Kind::Message, "names", 4, Label::Repeated, ".p.M.NamesEntry"),
            typed(Kind::Enum, "choice", 5, Label::Optional, ".p.E"),
            typed(Kind::Message, "lost", 6, Label::Optional, ".p.Gone"),
            Field { options: features(21, 1, 3), ..field("must", 7, Kind::Bool) },
        ],
        messages: vec![map],
        ..Message::default()
    };
    let choice = Enum { name: "E".into(), full_name: "p.E".into(), ..Enum::default() };
    let extension = Field {
        full_name: "p.more".into(),
        extendee: Some(".p.M".into()),
        ..field("more", 100, Kind::String)
    };
    File {
        package: "p".into(),
        messages: vec![message],
        enums: vec![choice],
        extensions: vec![extension],
        syntax,
        ..File::default()
    }
}

#[test]
fn the_syntax_decides_what_fields_mean() {
    let edition = {
        let mut file = file(Syntax::EDITION_2023);
        file.options = features(50, 5, 2);
        Pool::new(vec![Arc::new(file)])
    };
    let message = edition.message("p.M").unwrap();
    let of = |number| message.field(number).unwrap();
    assert_eq!(of(1).cardinality(), Cardinality::Explicit);
    assert_eq!(of(1).json_name(), "someNumber");
    assert!(of(2).is_packed());
    assert_eq!(of(3).kind(), Kind::Group, "delimited by the file's feature");
    assert_eq!(of(4).kind(), Kind::Message, "a map is never delimited");
    assert_eq!(of(4).cardinality(), Cardinality::Map);
    let value = of(4).message_type().unwrap().field(2).unwrap();
    assert_eq!(value.kind(), Kind::Message, "nor is what is in it");
    assert_eq!(of(7).cardinality(), Cardinality::Required);
    assert!(!of(5).enum_type().unwrap().is_closed());
    assert_eq!(message.field_or_extension(100).unwrap().text_name(), "[p.more]");

    let proto2 = Pool::new(vec![Arc::new(file(Syntax::Proto2))]);
    let message = proto2.message("p.M").unwrap();
    assert!(!message.field(2).unwrap().is_packed());
    assert!(!message.field_by_json_name("someNumber").unwrap().verifies_utf8());
    assert!(proto2.enumeration("p.E").unwrap().is_closed());

    let proto3 = Pool::new(vec![Arc::new(file(Syntax::Proto3))]);
    let message = proto3.message("p.M").unwrap();
    assert_eq!(message.field_by_name("some_number").unwrap().cardinality(), Cardinality::Implicit);
    assert_eq!(message.field(3).unwrap().cardinality(), Cardinality::Explicit);
}

#[test]
fn what_leads_nowhere_is_said_and_no_panic() {
    let pool = Pool::new(vec![Arc::new(file(Syntax::Proto3))]);
    let lost = pool.message("p.M").unwrap().field(6).unwrap();
    assert_eq!(lost.message_type().unwrap_err().to_string(), "`p.Gone` is not among the files");
    assert!(pool.message("p.E").is_none());
    assert!(pool.extension_of("p.M", 7).is_none());
}

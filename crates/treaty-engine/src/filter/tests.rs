//! What is left of small files.

use std::collections::BTreeMap;

use treaty_compiler::Retention;

use super::{FilterError, Types};
use crate::{Descriptors, Sources};

const BASE: &str = r#"
syntax = "proto2";
package x;
import public "opts.proto";
import "weak.proto";
// Of Base.
message Base {
  extensions 100 to 199;
  oneof first { Weak w = 1; }
  oneof second { string s = 2; Weak v = 3; }
  // Of Nested.
  message Nested { optional string n = 1; }
  reserved 9;
}
extend Base { optional Weak by_weak = 100; optional string by_text = 101; }
message Alone {}
"#;
const OPTS: &str = r#"
syntax = "proto2";
package x;
import "google/protobuf/descriptor.proto";
import "google/protobuf/any.proto";
message Opt { optional google.protobuf.Any any = 1; }
message InAny {}
message Unused {}
extend google.protobuf.MethodOptions { optional Opt opt = 50001; }
extend google.protobuf.MessageOptions { optional string text = 50001; }
"#;
const SERVICE: &str = r#"
syntax = "proto2";
package y.v1;
import "base.proto";
service S {
  rpc One(Req) returns (x.Base.Nested) {
    option (x.opt) = { any { [type.googleapis.com/x.InAny] {} } };
  }
  // Of Two.
  rpc Two(Req) returns (Req);
}
message Req { option (x.text) = "t"; }
"#;

fn all() -> Descriptors {
    let files = [
        ("base.proto", BASE),
        ("opts.proto", OPTS),
        ("service.proto", SERVICE),
        ("weak.proto", "syntax = \"proto2\"; package x; message Weak {}"),
    ];
    let sources: Sources = files.map(|(name, text)| (name.to_owned(), text.into())).into();
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert!(findings.is_empty(), "{findings:?}");
    descriptors
}

fn types(include: &[&str], exclude: &[&str]) -> Types {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Types { include: owned(include), exclude: owned(exclude) }
}

fn only(include: &[&str], exclude: &[&str]) -> Descriptors {
    let kept = all().only(&types(include, exclude)).expect("something is left");
    // What is left is whole.
    let bytes = kept.encode();
    Descriptors::decode(&bytes).expect("all that is referred to is there");
    kept
}

/// File to the names of its messages, services and extensions.
fn elements(descriptors: &Descriptors) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for file in descriptors.files().filter(|file| !file.name.starts_with("google/")) {
        let messages = file.messages.iter().map(|one| one.full_name.to_string());
        let services = file.services.iter().map(|one| one.full_name.to_string());
        let extensions = file.extensions.iter().map(|one| one.full_name.to_string());
        found.insert(file.name.to_string(), messages.chain(services).chain(extensions).collect());
    }
    found
}

fn expect(descriptors: &Descriptors, expected: &[(&str, &[&str])]) {
    let expected = expected
        .iter()
        .map(|(file, names)| {
            ((*file).to_owned(), names.iter().map(|&one| one.to_owned()).collect())
        })
        .collect();
    assert_eq!(elements(descriptors), expected);
}

#[test]
fn a_message_keeps_its_fields_and_known_extensions() {
    let kept = only(&["x.Base"], &[]);
    let base: &[&str] = &["x.Base", "x.by_weak", "x.by_text"];
    expect(&kept, &[("base.proto", base), ("weak.proto", &["x.Weak"])]);
    let file = kept.file("base.proto").expect("kept");
    assert_eq!(file.imports.len(), 1, "opts.proto is no longer imported");
    assert!(file.messages[0].messages.is_empty(), "nobody needs Nested");
}

#[test]
fn a_method_keeps_its_options_and_the_types_in_them() {
    let kept = only(&["y.v1.S.One"], &[]);
    let opts: &[&str] = &["x.Opt", "x.InAny", "x.opt", "x.text"];
    expect(
        &kept,
        &[
            ("base.proto", &["x.Base"]),
            ("opts.proto", opts),
            ("service.proto", &["y.v1.Req", "y.v1.S"]),
        ],
    );
    let service = kept.file("service.proto").expect("kept");
    assert_eq!(service.services[0].methods.len(), 1);
    let imports: Vec<&str> = service.imports.iter().map(|one| &*one.path).collect();
    assert_eq!(imports, ["base.proto", "opts.proto"], "what was public is imported itself");
    let base = &kept.file("base.proto").expect("kept").messages[0];
    assert!(base.fields.is_empty() && base.oneofs.is_empty() && base.extension_ranges.is_empty());
    assert_eq!(base.messages.len(), 1);
}

#[test]
fn places_move_with_their_elements() {
    let kept = only(&["y.v1.S.Two"], &[]);
    let file = kept.file("service.proto").expect("kept");
    let comment = |path: &[i32]| {
        let location = kept_location(file, path);
        location.and_then(|one| one.comments.leading)
    };
    assert_eq!(comment(&[6, 0, 2, 0]).as_deref(), Some(" Of Two.\n"));
    assert_eq!(file.locations.span(&[6, 0, 2, 1]), None);

    let kept = only(&["x.Base.Nested"], &[]);
    let file = kept.file("base.proto").expect("kept");
    let base = kept_location(file, &[4, 0]).expect("it is still there");
    assert_eq!(base.comments.leading, None, "it is only a name for what is within");
    let nested = kept_location(file, &[4, 0, 3, 0]).expect("kept");
    assert_eq!(nested.comments.leading.as_deref(), Some(" Of Nested.\n"));
    assert_eq!(file.locations.span(&[4, 0, 9]), None, "nothing is reserved");
}

fn kept_location(
    file: &treaty_compiler::descriptor::File,
    path: &[i32],
) -> Option<treaty_compiler::descriptor::Location> {
    file.locations.find(path)
}

#[test]
fn what_refers_to_an_excluded_type_goes_too() {
    let kept = only(&[], &["x.Weak"]);
    let base = &kept.file("base.proto").expect("kept");
    let names: Vec<&str> = base.messages[0].fields.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["s"]);
    assert_eq!(base.messages[0].oneofs.len(), 1, "the first one would be empty");
    assert_eq!(base.messages[0].fields[0].oneof_index, Some(0), "the second one is the first");
    let extensions: Vec<&str> = base.extensions.iter().map(|one| &*one.name).collect();
    assert_eq!(extensions, ["by_text"]);
    assert!(kept.file("weak.proto").is_some_and(|file| file.messages.is_empty()));

    let kept = only(&["y.v1.S"], &["x.Base.Nested"]);
    let service = &kept.file("service.proto").expect("kept").services[0];
    assert_eq!(service.methods.len(), 1, "One answered with it");

    let kept = only(&["y.v1.S"], &["x.text"]);
    let request = &kept.file("service.proto").expect("kept").messages[0];
    assert_eq!(request.options, None);
}

#[test]
fn packages_are_meant_with_and_without_those_below() {
    assert_eq!(elements(&only(&["y.**"], &[])), elements(&only(&["y.v1"], &[])));
    let names = |types: &Types| all().only(types).expect_err("nothing is left");
    let name = |name: &str| name.to_owned();
    let not_found = |what| FilterError::NotFound(what, name("z"));
    for (include, exclude, error) in [
        (&["y"][..], &[][..], FilterError::EmptyPackage(name("y"))),
        (&["z"], &[], not_found("inclusion")),
        (&[], &["z"], not_found("exclusion")),
        (&["x"], &["x"], FilterError::Excluded(name("x"))),
        (&["google.protobuf"], &[], FilterError::Imported(name("google.protobuf"))),
        (&["google.protobuf.Any"], &[], FilterError::Imported(name("google.protobuf.Any"))),
    ] {
        assert_eq!(names(&types(include, exclude)), error);
    }
    for (include, exclude) in [
        (&["x.*"][..], &[][..]),
        (&["x..Base"], &[]),
        (&["y.v1.S.One"], &["y.v1.Req"]),
        (&["x.by_text"], &["x.Base"]),
    ] {
        println!("{include:?} without {exclude:?}: {}", names(&types(include, exclude)));
    }
}

#[test]
fn a_long_chain_of_types_needs_no_stack() {
    let mut text = String::from("syntax = \"proto3\";\n");
    for index in 0..3_000 {
        text += &format!("message M{index} {{ M{} next = 1; }}\n", index + 1);
    }
    text += "message M3000 {}\nmessage Other {}\n";
    let sources = Sources::from([("long.proto".to_owned(), text.into())]);
    let (descriptors, findings) = Descriptors::compile(&sources);
    assert!(findings.is_empty(), "{findings:?}");
    let kept = descriptors.only(&types(&["M0"], &[])).expect("something is left");
    assert_eq!(kept.file("long.proto").map(|file| file.messages.len()), Some(3_001));
}

#[test]
fn a_file_without_options_for_sources_is_the_same_file() {
    let all = all();
    let retention = Retention::new(all.files());
    for file in all.files() {
        let stripped = retention.strip(file);
        let has_any = file.name.starts_with("google/");
        println!("{}: {}", file.name, std::sync::Arc::ptr_eq(file, &stripped));
        assert!(has_any || std::sync::Arc::ptr_eq(file, &stripped));
    }
}

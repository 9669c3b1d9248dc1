//! Images in text forms, against those that buf made of `images/image.proto`.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use treaty_engine::dynamic::image::{Format, Images, whole};

const FORMATS: [(Format, &str); 3] =
    [(Format::Json, "image.json"), (Format::Text, "image.txtpb"), (Format::Yaml, "image.yaml")];

fn bufs(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn what_buf_prints_is_read_and_printed_again_to_the_byte() {
    let images = Images::default();
    for (from, name) in FORMATS {
        let files = images.read(&bufs(name), from).unwrap();
        let files: Vec<_> = files.into_iter().map(Arc::new).collect();
        assert_eq!(files.len(), 1, "{name}");
        for (format, expected) in FORMATS {
            let printed = images.print(&files, format, whole()).unwrap();
            let (ours, bufs) = (printed.lines(), bufs(expected));
            for (index, (ours, bufs)) in ours.zip(bufs.lines()).enumerate() {
                assert_eq!(ours, bufs, "{name} to {expected}, line {}", index + 1);
            }
            assert_eq!(printed.len(), bufs.len(), "{name} to {expected}");
        }
    }
}

#[test]
fn what_is_no_image_is_refused_with_a_place() {
    let images = Images::default();
    for (format, text, expected) in [
        (Format::Json, "{\"file\": 1}", "not an image: file: 1 is no list"),
        (Format::Json, "{\"file\": [{}]", "not an image: EOF while parsing an object at line 1"),
        (Format::Json, "{\"file\": [{\"name\": 7}]}", "not an image: file[0].name: 7 is no string"),
        (Format::Text, "file: {\n  name: 7\n}", "not an image: 2:9: a string is expected"),
        (Format::Text, "file: { name: \"a\"", "not an image: 1:18: `}` is missing"),
        (Format::Text, "file { syntax: \"x\" }", "not a file's descriptor:  has the unknown"),
        (Format::Yaml, "file:\n  - name: [", "not an image: "),
    ] {
        let error = images.read(text, format).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn nothing_is_an_image_too() {
    let images = Images::default();
    for (format, expected) in [(Format::Json, "{}"), (Format::Text, ""), (Format::Yaml, "{}\n")] {
        let printed = images.print(&[], format, whole()).unwrap();
        assert_eq!(printed, expected);
        assert_eq!(images.read(&printed, format).unwrap(), []);
    }
}

#[test]
fn what_is_imported_for_options_is_part_of_an_image() {
    let text =
        r#"edition = "2024"; import option "google/protobuf/descriptor.proto"; message A {}"#;
    let sources = treaty_engine::Sources::from([("a.proto".to_owned(), text.into())]);
    let (descriptors, findings) = treaty_engine::Descriptors::compile(&sources);
    assert_eq!(findings, []);
    let files = descriptors.imports_first();
    let names: Vec<_> = files.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["google/protobuf/descriptor.proto", "a.proto"]);
}

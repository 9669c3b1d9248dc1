//! Compiles the fixtures and compares with what protoc and buf made of them, as `fixtures/golden.py` prints it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use treaty_compiler::descriptor::{Encoding, File, Kind, Location, Message, SourceInfo, Span};
use treaty_compiler::wire::{Fields, Value, put_varint};
use treaty_compiler::{Compiled, Places, Retention, Settings, Sources, compile_as};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn fixtures(places: Places) -> Sources {
    let mut sources = Sources::new();
    for folder in ["link", "editions", "places"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.extension().is_some_and(|extension| extension == "proto") {
                let name =
                    path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
                let text = std::fs::read_to_string(&path).expect("fixtures are UTF-8");
                // Which protoc does not know yet.
                if places == Places::Buf || name != "edition2026.proto" {
                    sources.insert(format!("{folder}/{name}"), text.into());
                }
            }
        }
    }
    sources
}

fn compiled(places: Places, threads: usize) -> Compiled {
    let compiled = compile_as(&fixtures(places), Settings { threads, places });
    assert_eq!(compiled.diagnostics, [], "the fixtures are right");
    compiled
}

/// `descriptor.proto`, compiled, to name what is printed.
fn schema() -> Vec<Arc<File>> {
    let text = r#"import public "google/protobuf/descriptor.proto";"#;
    let sources = Sources::from([("schema.proto".to_owned(), text.into())]);
    compile_as(&sources, Settings::default()).files
}

fn find<'f>(messages: &'f [Message], full_name: &str) -> Option<&'f Message> {
    messages.iter().find_map(|message| {
        if *message.full_name == *full_name {
            return Some(message);
        }
        find(&message.messages, full_name)
    })
}

fn encoded(file: &File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.encode(&mut bytes, Encoding { source_info: SourceInfo::Included, image: false });
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn packed(mut bytes: &[u8]) -> Vec<i64> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        // As the value of a field of its own.
        let mut field = Vec::new();
        put_varint(&mut field, 8);
        let length = bytes.iter().take_while(|&&byte| byte >= 0x80).count() + 1;
        field.extend_from_slice(&bytes[..length]);
        bytes = &bytes[length..];
        let value = Fields::new(&field).next().and_then(Result::ok).map(|field| field.value);
        numbers.extend(match value {
            Some(Value::Varint(number)) => Some(number as i64),
            _ => None,
        });
    }
    numbers
}

fn print(schema: &[Arc<File>], name: &str, bytes: &[u8], indent: usize, lines: &mut Vec<String>) {
    let message = schema.iter().find_map(|file| find(&file.messages, name)).expect("it is there");
    let pad = "  ".repeat(indent);
    for part in Fields::new(bytes).map(|field| field.expect("it is well-formed")) {
        let number = part.number;
        let field = message.fields.iter().find(|field| field.number == number as i32);
        let type_name = field.and_then(|field| field.type_name.as_deref()).unwrap_or_default();
        let name = field.map(|field| field.name.to_string()).unwrap_or_else(|| number.to_string());
        let line = match (field.and_then(|field| field.kind), part.value) {
            (Some(Kind::Message), Value::Bytes(inner)) => {
                lines.push(format!("{pad}{name} {{"));
                print(schema, type_name.trim_start_matches('.'), inner, indent + 1, lines);
                "}".to_owned()
            }
            (Some(Kind::String | Kind::Bytes), Value::Bytes(text)) => {
                let text = std::str::from_utf8(text).expect("it is UTF-8");
                let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                format!("{name}: \"{text}\"")
            }
            (Some(Kind::Enum), Value::Varint(number)) => {
                let values = schema
                    .iter()
                    .find_map(|file| enum_values(file, type_name))
                    .expect("it is there");
                let known = values.iter().find(|value| value.number == number as i32);
                format!(
                    "{name}: {}",
                    known.map_or(number.to_string(), |value| value.name.to_string())
                )
            }
            (Some(Kind::Bool), Value::Varint(truth)) => format!("{name}: {}", truth != 0),
            (Some(_), Value::Bytes(numbers)) => format!("{name}: {:?}", packed(numbers)),
            (Some(_), Value::Varint(number)) => format!("{name}: {}", number as i64),
            (_, Value::Varint(number)) => format!("{name}: {number}"),
            (_, Value::Bytes(bytes)) => format!("{name}: {}", hex(bytes)),
            (_, Value::Group(bytes)) => format!("{name}: group {}", hex(bytes)),
            (_, Value::Fixed32(number)) => format!("{name}: {}", hex(&number.to_le_bytes())),
            (_, Value::Fixed64(number)) => format!("{name}: {}", hex(&number.to_le_bytes())),
        };
        lines.push(format!("{pad}{line}"));
    }
}

fn enum_values<'f>(
    file: &'f File,
    type_name: &str,
) -> Option<&'f [treaty_compiler::descriptor::EnumValue]> {
    fn within<'f>(
        messages: &'f [Message],
        name: &str,
    ) -> Option<&'f treaty_compiler::descriptor::Enum> {
        messages.iter().find_map(|message| {
            let own = message.enums.iter().find(|one| *one.full_name == *name);
            own.or_else(|| within(&message.messages, name))
        })
    }
    let name = type_name.trim_start_matches('.');
    let top = file.enums.iter().find(|one| *one.full_name == *name);
    top.or_else(|| within(&file.messages, name)).map(|one| &one.values[..])
}

#[test]
fn descriptors_equal_those_of_protoc() {
    let (schema, compiled) = (schema(), compiled(Places::Protoc, 2));
    let retention = Retention::new(&compiled.files);
    let mut checked = 0;
    for file in &compiled.files {
        let golden = root().join(&*file.name).with_extension("protoc.txt");
        let Ok(expected) = std::fs::read_to_string(golden) else { continue };
        let mut lines = Vec::new();
        print(
            &schema,
            "google.protobuf.FileDescriptorProto",
            &encoded(&retention.strip(file)),
            0,
            &mut lines,
        );
        for (at, (ours, theirs)) in lines.iter().zip(expected.lines()).enumerate() {
            assert_eq!(ours, theirs, "{} differs from protoc in line {}", file.name, at + 1);
        }
        assert_eq!(lines.len(), expected.lines().count(), "{} is as long as protoc's", file.name);
        println!("{}: {} lines equal protoc's", file.name, lines.len());
        checked += 1;
    }
    assert_eq!(checked, 7, "every expectation was met by a file");
}

/// As `golden.py` prints a location.
fn show(location: &Location, lines: &mut Vec<String>) {
    let Location { path, span: Span { start, end }, comments } = location;
    if !path.is_empty() {
        lines.push(format!("path: {path:?}"));
    }
    let mut span = vec![start.line, start.column, end.line, end.column];
    if start.line == end.line {
        span.remove(2);
    }
    lines.push(format!("span: {span:?}"));
    let mut say = |name: &str, text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        lines.push(format!("{name}: \"{text}\""));
    };
    comments.leading.iter().for_each(|text| say("leading_comments", text));
    comments.trailing.iter().for_each(|text| say("trailing_comments", text));
    comments.detached.iter().for_each(|text| say("leading_detached_comments", text));
}

#[test]
fn places_and_comments_equal_those_of_buf_in_their_order() {
    let compiled = compiled(Places::Buf, 2);
    let mut checked = 0;
    for file in &compiled.files {
        let golden = root().join(&*file.name).with_extension("buf.txt");
        let Ok(expected) = std::fs::read_to_string(golden) else { continue };
        let mut lines = Vec::new();
        file.locations.iter().for_each(|location| show(&location, &mut lines));
        for (at, (ours, theirs)) in lines.iter().zip(expected.lines()).enumerate() {
            assert_eq!(ours, theirs, "{} differs from buf in line {}", file.name, at + 1);
        }
        assert_eq!(lines.len(), expected.lines().count(), "{} is as long as buf's", file.name);
        println!("{}: {} lines equal buf's", file.name, lines.len());
        checked += 1;
    }
    assert_eq!(checked, 12, "every expectation was met by a file");
}

#[test]
fn unused_imports_are_those_that_buf_notes() {
    let compiled = compiled(Places::Buf, 1);
    let unused: Vec<(&str, &[u32])> = compiled
        .files
        .iter()
        .filter(|file| !file.image.unused_imports.is_empty())
        .map(|file| (&*file.name, &file.image.unused_imports[..]))
        .collect();
    let expected = [
        ("link/options.proto", &[2][..]),
        ("places/everything.proto", &[1]),
        ("places/visible.proto", &[0]),
    ];
    assert_eq!(unused, expected);
}

#[test]
fn the_outcome_does_not_depend_on_the_number_of_threads() {
    let bytes = |compiled: &Compiled| -> Vec<Vec<u8>> {
        compiled.files.iter().map(|file| encoded(file)).collect()
    };
    let one = bytes(&compiled(Places::Buf, 1));
    for threads in [2, 3, 8] {
        assert!(
            bytes(&compiled(Places::Buf, threads)) == one,
            "{threads} threads give the same bytes"
        );
    }
}

/// Options are interpreted some files at a time, so that other files decide which ones go together.
#[test]
fn the_outcome_does_not_depend_on_how_many_other_files_there_are() {
    let settings = Settings { threads: 2, places: Places::Buf };
    let alone = compiled(Places::Buf, 2);
    for count in [300, 511, 1200] {
        let mut sources = fixtures(Places::Buf);
        for index in 0..count {
            let text = format!(
                "edition = \"2024\"; package p{index}; import option \"link/options.proto\"; \
                 message Of{index} {{ message Within {{}} }}"
            );
            // Before all fixtures, between them, and behind.
            let folder = ["a", "link/edition", "places/of", "z"][index % 4];
            sources.insert(format!("{folder}{index}.proto"), text.into());
        }
        let all = compile_as(&sources, settings);
        assert_eq!(all.diagnostics, [], "{count} more files are right too");
        for file in &alone.files {
            let same = all.files.iter().find(|one| one.name == file.name);
            let is_same = same.is_some_and(|same| encoded(same) == encoded(file));
            assert!(is_same, "{} among {count} others", file.name);
        }
    }
}

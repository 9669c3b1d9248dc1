//! Places and comments equal protoc's, entry for entry, for every file in `fixtures/locations`;
//! the answers beside them are protoc's own, written by `generate.py`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use treaty_compiler::descriptor::{File, Location, Locations};
use treaty_compiler::{Places, parse_unlinked};

type Outcome = Result<(), Box<dyn Error>>;

/// Stands in the path of an option until the linker knows which field it sets.
const UNINTERPRETED: i32 = 999;

#[test]
fn locations_are_protocs() -> Outcome {
    for (name, file) in files()? {
        let answer = Path::new(FOLDER).join(&name).with_extension("txt");
        let answer = std::fs::read_to_string(answer)?;
        let paths: Vec<&str> = answer.lines().filter(|line| line.starts_with('[')).collect();
        let ours: Vec<Location> = file.locations.iter().collect();
        assert_eq!(ours.len(), paths.len(), "{name} has another number of entries");
        let mut shown = String::new();
        for (entry, path) in ours.iter().zip(paths) {
            show(entry, path, &mut shown)?;
        }
        assert_eq!(shown, answer, "{name} differs from protoc");
        println!("{name}: {} entries", ours.len());
    }
    Ok(())
}

#[test]
fn locations_are_found_by_path_and_survive_encoding() -> Outcome {
    for (name, file) in files()? {
        let encoded = Locations::from_encoded(file.locations.encoded().into_owned());
        assert_eq!(encoded, file.locations, "{name} is encoded otherwise");
        assert_eq!(Locations::from_entries(&file.locations.iter().collect::<Vec<_>>()), encoded);
        let (index, of_encoded) = (file.locations.index(), encoded.index());
        for location in file.locations.iter() {
            let path = &location.path[..];
            let found = file.locations.find(path);
            assert!(found.is_some(), "{name} lost {path:?}");
            assert_eq!(index.find(path), found, "{name} at {path:?}");
            assert_eq!(of_encoded.find(path), found, "{name} at {path:?}");
            assert_eq!(index.span(path), found.as_ref().map(|found| found.span));
            assert_eq!(of_encoded.comments(path), found.map(|found| found.comments));
        }
        assert_eq!(index.find(&[4, 4711]), None);
    }
    Ok(())
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/locations");

fn files() -> Result<Vec<(String, File)>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(FOLDER)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            let name = path.file_name().and_then(|name| name.to_str()).ok_or("not text")?;
            let text: Arc<str> = std::fs::read_to_string(&path)?.into();
            let (file, diagnostics) = parse_unlinked(name, &text, Places::Protoc);
            assert_eq!(diagnostics, [], "{name} is said to be faulty");
            files.push((name.to_owned(), file));
        }
    }
    assert!(files.len() >= 8, "only {} files", files.len());
    files.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(files)
}

/// As `generate.py` writes it. Of an option's path, protoc knows the end.
fn show(location: &Location, answer: &str, into: &mut String) -> std::fmt::Result {
    let mut path = format!("{:?}", location.path);
    if let Some(at) = location.path.iter().position(|&number| number == UNINTERPRETED) {
        let before = format!("{:?}", &location.path[..at]);
        let before = before.trim_end_matches(']');
        if answer.starts_with(before) {
            path = answer.split_inclusive(']').next().unwrap_or_default().to_owned();
        }
    }
    let (start, end) = (location.span.start, location.span.end);
    writeln!(into, "{path} {}:{}-{}:{}", start.line, start.column, end.line, end.column)?;
    let comments = &location.comments;
    for text in &comments.detached {
        writeln!(into, "  detached {}", quoted(text))?;
    }
    if let Some(text) = &comments.leading {
        writeln!(into, "  leading {}", quoted(text))?;
    }
    if let Some(text) = &comments.trailing {
        writeln!(into, "  trailing {}", quoted(text))?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    let escapes = [("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")];
    let escaped =
        escapes.iter().fold(text.to_owned(), |text, (plain, escaped)| text.replace(plain, escaped));
    format!("`{escaped}`")
}

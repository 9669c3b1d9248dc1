//! Leaves out options that are for the source only, as protoc does in descriptor sets and for plugins. —
//! *Does not* happen by itself: buf's images keep them. — *Holds*: recursion goes no deeper than sources let
//! options nest, whatever an image holds. — *Source*: `FieldOptions.retention`, and protoc's `retention.cc`.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::descriptor::{Field, File, Kind, Label, Locations, Message};
use crate::link::walk::{options_number, visit, visit_mut};
use crate::parser::MAX_OPTION_DEPTH;
use crate::wellknown::DESCRIPTOR;
use crate::wire::{Fields, Value, put_bytes};
use crate::{Sources, compile_with};

/// `FieldOptions.retention`, and its value `RETENTION_SOURCE`.
const RETENTION: u32 = 17;
const SOURCE: i32 = 2;

/// What linked files say of the retention of options.
pub struct Retention<'a> {
    messages: HashMap<&'a str, &'a Message>,
    extensions: HashMap<(&'a str, i32), &'a Field>,
}

impl<'a> Retention<'a> {
    /// Of all files of a compile.
    #[must_use]
    pub fn new(files: impl IntoIterator<Item = &'a Arc<File>>) -> Self {
        let mut retention = Self { messages: HashMap::new(), extensions: HashMap::new() };
        let mut is_there = false;
        for file in files {
            is_there |= *file.name == *DESCRIPTOR;
            retention.file(file);
        }
        if !is_there {
            built_in().iter().for_each(|file| retention.file(file));
        }
        retention
    }

    fn file(&mut self, file: &'a File) {
        file.messages.iter().for_each(|message| self.message(message));
        file.extensions.iter().for_each(|field| self.extension(field));
    }

    fn message(&mut self, message: &'a Message) {
        self.messages.insert(&message.full_name, message);
        message.messages.iter().for_each(|nested| self.message(nested));
        message.extensions.iter().for_each(|field| self.extension(field));
    }

    fn extension(&mut self, field: &'a Field) {
        if let Some(extendee) = field.extendee.as_deref().and_then(|name| name.strip_prefix('.')) {
            self.extensions.insert((extendee, field.number), field);
        }
    }

    /// The file without options for the source only, and without their places; the same file where
    /// it has none.
    #[must_use]
    pub fn strip(&self, file: &Arc<File>) -> Arc<File> {
        let mut changes = Vec::new();
        let mut gone = Vec::new();
        visit(file, &mut |site, options| {
            let type_name = site.holder.options_name();
            let mut path = site.path.to_vec();
            path.push(options_number(site.holder));
            let stripped = self.stripped(type_name, options.bytes(), 0, &mut path, &mut gone);
            if stripped.as_ref().is_some_and(Vec::is_empty) {
                gone.push(path);
            }
            changes.push(stripped);
        });
        if gone.is_empty() {
            return Arc::clone(file);
        }
        let mut file = File::clone(file);
        let mut changes = changes.into_iter();
        visit_mut(&mut file, &mut |options| match changes.next().flatten() {
            Some(bytes) if bytes.is_empty() => *options = None,
            Some(bytes) => options.iter_mut().for_each(|options| options.set_bytes(bytes.clone())),
            None => {}
        });
        gone.sort_unstable();
        let is_gone = |path: &[i32]| {
            (0..=path.len())
                .any(|end| gone.binary_search_by(|one| one[..].cmp(&path[..end])).is_ok())
        };
        let kept: Vec<_> =
            file.locations.iter().filter(|location| !is_gone(&location.path)).collect();
        file.locations = Locations::from_entries(&kept);
        Arc::new(file)
    }

    /// The message without what is for the source only, if there is such. What is deeper than any source can
    /// write it stays.
    fn stripped(
        &self,
        type_name: &str,
        bytes: &[u8],
        depth: usize,
        path: &mut Vec<i32>,
        gone: &mut Vec<Vec<i32>>,
    ) -> Option<Vec<u8>> {
        if depth > MAX_OPTION_DEPTH {
            return None;
        }
        let message = *self.messages.get(type_name)?;
        // Grows from the first change on: of what is deep and stays, there is no copy at every depth.
        let mut stripped: Option<Vec<u8>> = None;
        let mut seen = 0;
        let mut counts: HashMap<u32, i32> = HashMap::new();
        for part in Fields::new(bytes).filter_map(Result::ok) {
            let before = &bytes[..seen];
            seen += part.whole.len();
            let number = part.number as i32;
            let Some(field) = self.declared(message, type_name, number) else {
                stripped.iter_mut().for_each(|kept| kept.extend_from_slice(part.whole));
                continue;
            };
            path.push(number);
            let options = field.options.as_deref();
            if options.and_then(|options| options.number(RETENTION)) == Some(SOURCE) {
                stripped.get_or_insert_with(|| before.to_vec());
                gone.push(path.clone());
                path.pop();
                continue;
            }
            let length = path.len();
            if field.label == Label::Repeated {
                let count = counts.entry(part.number).or_default();
                path.push(*count);
                *count += 1;
            }
            let inner = match (field.kind, part.value, field.type_name.as_deref()) {
                (Some(Kind::Message), Value::Bytes(inner), Some(name)) => {
                    self.stripped(name.trim_start_matches('.'), inner, depth + 1, path, gone)
                }
                _ => None,
            };
            match inner {
                Some(inner) => {
                    let kept = stripped.get_or_insert_with(|| before.to_vec());
                    put_bytes(kept, part.number, &inner);
                }
                None => {
                    stripped.iter_mut().for_each(|kept| kept.extend_from_slice(part.whole));
                }
            }
            path.truncate(length);
            path.pop();
        }
        stripped
    }

    fn declared(&self, message: &'a Message, type_name: &str, number: i32) -> Option<&'a Field> {
        let own = message.fields.iter().find(|field| field.number == number);
        own.or_else(|| self.extensions.get(&(type_name, number)).copied())
    }
}

/// The options that every compiler knows.
fn built_in() -> &'static [Arc<File>] {
    static FILES: OnceLock<Vec<Arc<File>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let text = format!("import public \"{DESCRIPTOR}\";");
        compile_with(&Sources::from([("built-in".to_owned(), text.into())]), 1).files
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;

    #[test]
    fn options_for_the_source_are_left_out_with_their_places() {
        let text = r#"
            syntax = "proto2";
            import "google/protobuf/descriptor.proto";
            message Note { optional string kept = 1; optional string left = 2 [retention = RETENTION_SOURCE]; }
            extend google.protobuf.MessageOptions {
              optional string source = 50000 [retention = RETENTION_SOURCE];
              optional Note note = 50001;
            }
            message Only { option (source) = "x"; }
            message Both { option (source) = "x"; option (note) = { kept: "k" left: "l" }; }
            message None { option deprecated = true; }
        "#;
        let compiled = compile(&Sources::from([("a.proto".to_owned(), text.into())]));
        assert_eq!(compiled.diagnostics, []);
        let file =
            compiled.files.iter().find(|file| *file.name == *"a.proto").expect("it compiles");
        let stripped = Retention::new(&compiled.files).strip(file);
        let options =
            |at: usize| stripped.messages[at].options.as_deref().map(|one| one.bytes().to_vec());
        assert_eq!(options(1), None, "nothing is left of Only");
        assert_eq!(options(2), Some(vec![0x8a, 0xb5, 0x18, 3, 0x0a, 1, b'k']));
        assert_eq!(options(3), Some(vec![0x18, 1]));
        assert_eq!(stripped.locations.find(&[4, 1, 7]), None);
        assert_eq!(stripped.locations.find(&[4, 2, 7, 50000]), None);
        assert!(stripped.locations.find(&[4, 2, 7, 50001]).is_some());
        assert!(file.locations.find(&[4, 1, 7, 50000]).is_some(), "the original stays");
    }

    /// A field 1 around the field 2 with a letter, so many times.
    fn nested(depth: usize) -> Vec<u8> {
        let mut backwards = vec![b'x', 1, 0x12];
        for _ in 0..depth {
            let mut head = vec![0x0a];
            crate::wire::put_varint(&mut head, backwards.len() as u64);
            backwards.extend(head.iter().rev());
        }
        backwards.reverse();
        backwards
    }

    #[test]
    fn options_of_an_image_are_searched_no_deeper_than_sources_nest_them() {
        let text = r#"
            syntax = "proto2";
            import "google/protobuf/descriptor.proto";
            message Deep { optional Deep deep = 1; optional string left = 2 [retention = RETENTION_SOURCE]; }
            extend google.protobuf.MessageOptions { optional Deep deep = 50000; }
            message Holder { option (deep).left = "x"; }
        "#;
        let compiled = compile(&Sources::from([("a.proto".to_owned(), text.into())]));
        assert_eq!(compiled.diagnostics, []);
        let file =
            compiled.files.iter().find(|file| *file.name == *"a.proto").expect("it is there");
        let retention = Retention::new(&compiled.files);
        for (depth, is_left) in [(0, false), (MAX_OPTION_DEPTH - 1, false), (200_000, true)] {
            let mut options = Vec::new();
            put_bytes(&mut options, 50000, &nested(depth));
            let mut file = File::clone(file);
            let holder = file.messages[1].options.as_deref_mut().expect("it has an option");
            holder.set_bytes(options.clone());
            let stripped = retention.strip(&Arc::new(file));
            let stripped = stripped.messages[1].options.as_deref().map(|one| one.bytes());
            assert_eq!(stripped == Some(&options[..]), is_left, "{depth} deep");
        }
    }
}

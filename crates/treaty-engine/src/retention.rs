//! Takes the options off that are for those who read sources: `retention = RETENTION_SOURCE`. —
//! *Does not* look into the values of options. — *Source*: protoc's and buf's requests to plugins.

use std::collections::BTreeSet;
use std::sync::Arc;

use treaty_compiler::descriptor::{Enum, Field, File, Message, Options};
use treaty_compiler::wire::Fields;

use crate::Descriptors;
use crate::filter::paths::Moves;

/// `FieldOptions.retention`, and `RETENTION_SOURCE` in it.
const RETENTION: u32 = 17;
const SOURCE: i32 = 2;
/// `declaration` and `verification` of extension ranges are built in and for sources only.
const BUILT_IN: [(&str, u32); 2] = [("ExtensionRangeOptions", 2), ("ExtensionRangeOptions", 3)];

/// The options of some descriptors that only sources keep.
#[derive(Debug, Clone, Default)]
pub struct SourceRetention {
    /// The options message and the number in it.
    options: BTreeSet<(String, u32)>,
}

impl SourceRetention {
    /// Looks through all extensions.
    #[must_use]
    pub fn of(descriptors: &Descriptors) -> Self {
        let mut this = Self::default();
        this.options.extend(BUILT_IN.map(|(holder, number)| (holder.to_owned(), number)));
        for file in descriptors.files() {
            this.add(&file.extensions);
            let mut open: Vec<&Message> = file.messages.iter().collect();
            while let Some(message) = open.pop() {
                this.add(&message.extensions);
                open.extend(&message.messages);
            }
        }
        this
    }

    fn add(&mut self, extensions: &[Field]) {
        for field in extensions {
            let is_source =
                field.options.as_ref().is_some_and(|one| one.number(RETENTION) == Some(SOURCE));
            let extendee = field.extendee.as_deref().unwrap_or_default();
            let holder = extendee.trim_start_matches('.').strip_prefix("google.protobuf.");
            if let (true, Some(holder), Ok(number)) =
                (is_source, holder, u32::try_from(field.number))
            {
                self.options.insert((holder.to_owned(), number));
            }
        }
    }

    /// The file without these options and their places; the same file where it has none.
    #[must_use]
    pub fn strip(&self, file: &Arc<File>) -> Arc<File> {
        let mut strip = Strip { retention: self, moves: Moves::default() };
        let mut new = File::clone(file);
        strip.options(&[8], "FileOptions", &mut new.options);
        strip.messages(&[4], &mut new.messages);
        strip.enums(&[5], &mut new.enums);
        strip.fields(&[7], &mut new.extensions);
        for (index, service) in (0..).zip(&mut new.services) {
            strip.options(&[6, index, 3], "ServiceOptions", &mut service.options);
            for (inner, method) in (0..).zip(&mut service.methods) {
                strip.options(&[6, index, 2, inner, 4], "MethodOptions", &mut method.options);
            }
        }
        if strip.moves.is_empty() {
            return Arc::clone(file);
        }
        new.locations = strip.moves.apply(&file.locations);
        Arc::new(new)
    }
}

struct Strip<'a> {
    retention: &'a SourceRetention,
    moves: Moves,
}

impl Strip<'_> {
    fn options(&mut self, path: &[i32], holder: &str, options: &mut Option<Box<Options>>) {
        let Some(old) = options else { return };
        let is_source = |number: u32| {
            self.retention.options.iter().any(|(one, at)| *at == number && one == holder)
        };
        let (mut bytes, mut gone) = (Vec::new(), Vec::new());
        for field in Fields::new(old.bytes()).filter_map(Result::ok) {
            if is_source(field.number) {
                gone.extend(i32::try_from(field.number));
            } else {
                bytes.extend_from_slice(field.whole);
            }
        }
        if gone.is_empty() {
            return;
        }
        if bytes.is_empty() {
            self.moves.gone(path);
            *options = None;
            return;
        }
        for number in gone {
            self.moves.gone(&[path, &[number]].concat());
        }
        *options = Some(Box::new(Options::new(bytes)));
    }

    fn messages(&mut self, path: &[i32], messages: &mut [Message]) {
        for (index, message) in (0..).zip(messages) {
            let at = |part: i32| [path, &[index, part]].concat();
            self.options(&at(7), "MessageOptions", &mut message.options);
            self.fields(&at(2), &mut message.fields);
            for (inner, oneof) in (0..).zip(&mut message.oneofs) {
                let path = [path, &[index, 8, inner, 2]].concat();
                self.options(&path, "OneofOptions", &mut oneof.options);
            }
            for (inner, range) in (0..).zip(&mut message.extension_ranges) {
                let path = [path, &[index, 5, inner, 3]].concat();
                self.options(&path, "ExtensionRangeOptions", &mut range.options);
            }
            self.messages(&at(3), &mut message.messages);
            self.enums(&at(4), &mut message.enums);
            self.fields(&at(6), &mut message.extensions);
        }
    }

    fn fields(&mut self, path: &[i32], fields: &mut [Field]) {
        for (index, field) in (0..).zip(fields) {
            self.options(&[path, &[index, 8]].concat(), "FieldOptions", &mut field.options);
        }
    }

    fn enums(&mut self, path: &[i32], enums: &mut [Enum]) {
        for (index, one) in (0..).zip(enums) {
            self.options(&[path, &[index, 3]].concat(), "EnumOptions", &mut one.options);
            for (inner, value) in (0..).zip(&mut one.values) {
                let path = [path, &[index, 2, inner, 3]].concat();
                self.options(&path, "EnumValueOptions", &mut value.options);
            }
        }
    }
}

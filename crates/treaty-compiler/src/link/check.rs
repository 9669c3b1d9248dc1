//! Checks a linked file against the rules of the language. — *Does not* check names and options, which
//! are wrong before this. — *Source*: protoc's `DescriptorBuilder::Validate…`, and buf, where it is stricter.

mod enumeration;
mod extension;
mod feature;
mod field;
mod file;
mod json;
mod limit;
mod message;
mod number;
mod service;
mod style;
mod visibility;

use super::names::Names;
use super::report::Report;
use crate::Diagnostic;
use crate::compile::Places;
use crate::descriptor::{File, Message, Syntax};
pub(crate) use extension::duplicate_numbers;

/// What is wrong with the file that `names` looks from.
pub(crate) fn check(names: Names<'_>) -> Vec<Diagnostic> {
    let file = &names.files[names.here as usize];
    let mut check = Check { names, file, report: Report::new(file), path: Vec::new() };
    check.file();
    check.report.faults
}

struct Check<'a> {
    names: Names<'a>,
    file: &'a File,
    report: Report<'a>,
    path: Vec<i32>,
}

impl<'a> Check<'a> {
    /// Whether what buf takes and protoc does not is refused.
    fn is_protoc(&self) -> bool {
        self.names.places == Places::Protoc
    }

    fn under(&mut self, number: i32, index: i32, go: impl FnOnce(&mut Self)) {
        self.path.extend([number, index]);
        go(self);
        self.path.truncate(self.path.len() - 2);
    }

    /// A fault of the element that is being checked, at a part of it.
    fn fault(&mut self, part: i32, message: impl Into<String>) {
        self.path.push(part);
        self.report.at(&self.path, message);
        self.path.pop();
    }

    fn fault_with_help(&mut self, part: i32, message: impl Into<String>, help: impl Into<String>) {
        self.path.push(part);
        self.report.at_with_help(&self.path, message, help);
        self.path.pop();
    }

    /// A fault of a part of a part.
    fn fault_within(&mut self, part: &[i32], message: impl Into<String>) {
        self.path.extend(part);
        self.report.at(&self.path, message);
        self.path.truncate(self.path.len() - part.len());
    }

    /// A fault of a part in words that tell the place of another one. There may be as many as there are
    /// elements, so the words are asked for only where they are reported.
    fn clash(&mut self, part: &[i32], other: &[i32], words: impl FnOnce(&str) -> String) {
        self.clash_with_help(part, other, |place| (words(place), None));
    }

    fn clash_with_help(
        &mut self,
        part: &[i32],
        other: &[i32],
        words: impl FnOnce(&str) -> (String, Option<String>),
    ) {
        if !self.report.has_room() {
            return;
        }
        let place = self.report.place(&[&self.path, other].concat());
        let (path, (message, help)) = ([&self.path, part].concat(), words(&place));
        match help {
            Some(help) => self.report.at_with_help(&path, message, help),
            None => self.report.at(&path, message),
        }
    }

    fn is_proto3(&self) -> bool {
        self.file.syntax == Syntax::Proto3
    }

    /// The message with a resolved name.
    fn message_named(&self, type_name: Option<&str>) -> Option<&'a Message> {
        match self.names.table.by_type_name(type_name?)? {
            super::table::Symbol::Message(id) => {
                Some(self.names.table.message(self.names.files, id))
            }
            _ => None,
        }
    }
}

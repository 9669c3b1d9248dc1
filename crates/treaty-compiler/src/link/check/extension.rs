//! What holds for extensions: the numbers that they may have, and the declarations of their ranges.

use std::collections::{HashMap, HashSet};

use super::Check;
use crate::Diagnostic;
use crate::descriptor::{
    ExtensionRange, Field, File, Kind, Label, Message, Options, default_json_name,
};
use crate::link::report::Report;
use crate::link::semantics::is_message_set;
use crate::link::table::{Symbol, Table};
use crate::wire::{Fields, Value};
use crate::{Features, Holder};

/// `ExtensionRangeOptions.declaration` and `.verification`, of which 0 is `DECLARATION`.
const DECLARATION: u32 = 2;
const VERIFICATION: u32 = 3;
const UNVERIFIED: i32 = 1;

/// `ExtensionRangeOptions.Declaration`
#[derive(Default)]
struct Declaration<'a> {
    number: Option<i32>,
    full_name: Option<&'a str>,
    type_name: Option<&'a str>,
    is_reserved: bool,
    is_repeated: bool,
}

impl Check<'_> {
    pub(super) fn extensions(&mut self, number: i32, extensions: &[Field], around: Features) {
        for (index, field) in (0..).zip(extensions) {
            self.under(number, index, |this| this.extension(field, around));
        }
    }

    fn extension(&mut self, field: &Field, around: Features) {
        let features = around.below(field.options.as_deref(), Holder::Field);
        self.style(features, "field", &field.name, super::style::lower_snake);
        self.field_kind(field, features, false);
        self.feature(field, features, true, false);
        self.is_visible(field.extendee.as_deref(), 2);
        if field.label == Label::Required {
            self.fault(4, "an extension cannot be required");
        }
        if field.json_name.as_deref() != Some(&default_json_name(&field.name)) {
            self.fault(10, "an extension cannot have a JSON name of its own");
        }
        let Some(extendee) = self.message_named(field.extendee.as_deref()) else { return };
        let is_lite = super::file::is_lite(self.file);
        if self.is_protoc()
            && is_lite
            && !self.extendee_file(field).is_some_and(super::file::is_lite)
        {
            self.fault(2, "a file for the lite runtime cannot extend messages of one that is not");
        }
        let is_options = is_options_message(&extendee.full_name);
        if self.is_proto3() && !is_options {
            self.fault(2, "proto3 can extend options only, such as `google.protobuf.FieldOptions`");
        }
        self.extension_number(field, extendee);
    }

    fn extendee_file(&self, field: &Field) -> Option<&File> {
        let table = self.names.table;
        let file = table.file(table.by_type_name(field.extendee.as_deref()?)?)?;
        self.names.files.get(file as usize)
    }

    fn extension_number(&mut self, field: &Field, extendee: &Message) {
        let is_set = is_message_set(extendee);
        let is_message = matches!(field.kind, Some(Kind::Message));
        if is_set && (field.label != Label::Optional || !is_message) {
            self.fault(5, "an extension of a message set must be one message, not repeated");
        }
        let number = field.number;
        let range = extendee.extension_ranges.iter();
        let range = range.clone().find(|range| range.start <= number && number < range.end);
        let Some(range) = range else {
            let (name, number) = (&extendee.full_name, field.number);
            return self
                .fault(3, format!("`{name}` does not declare {number} as an extension's number"));
        };
        if !is_set {
            self.number(&[3], number, crate::descriptor::MAX_FIELD_NUMBER);
        }
        if let Some(options) = range.options.as_deref() {
            self.declared(field, extendee, options);
        }
    }

    /// Whether the extension is as its range declares it.
    fn declared(&mut self, field: &Field, extendee: &Message, options: &Options) {
        let declarations: Vec<_> = declarations(options).collect();
        let (name, number) = (&extendee.full_name, field.number);
        let Some(one) = declarations.iter().find(|one| one.number == Some(number)) else {
            let is_undeclared = self.is_protoc() && !declarations.is_empty();
            if is_undeclared || options.number(VERIFICATION) == Some(0) && declarations.is_empty() {
                let text =
                    format!("`{name}` does not declare the extension with the number {number}");
                self.fault(3, text);
            }
            return;
        };
        if one.is_reserved {
            return self.fault(3, format!("`{name}` reserves the extension number {number}"));
        }
        if let Some(expected) =
            one.full_name.filter(|full| full.strip_prefix('.') != Some(&field.full_name))
        {
            self.fault(1, format!("`{name}` declares extension {number} as `{expected}`"));
        }
        if let Some(expected) = one.type_name {
            let actual = match &field.type_name {
                Some(type_name) => type_name.trim_start_matches('.'),
                None => field.kind.map_or("", Kind::name),
            };
            if expected.trim_start_matches('.') != actual {
                let text = format!(
                    "`{name}` declares extension {number} with the type `{expected}`, not `{actual}`"
                );
                self.fault(5, text);
            }
        }
        if one.is_repeated != (field.label == Label::Repeated) {
            let word = if one.is_repeated { "repeated" } else { "not repeated" };
            self.fault(4, format!("`{name}` declares extension {number} as {word}"));
        }
    }

    /// The declarations of a message's extension ranges.
    pub(super) fn declarations(&mut self, message: &Message) {
        let mut names = HashSet::new();
        for (index, range) in (0..).zip(&message.extension_ranges) {
            let Some(options) = range.options.as_deref() else { continue };
            let verification = options.number(VERIFICATION);
            let mut numbers = HashSet::new();
            let mut is_empty = true;
            for one in declarations(options) {
                is_empty = false;
                if !self.is_protoc() {
                    // To buf it is all the same how often one is declared.
                    numbers.clear();
                    names.clear();
                }
                if let Some(fault) = fault_of(&one, range, &mut numbers, &mut names) {
                    self.fault_within(&[5, index, 3, DECLARATION as i32], fault);
                }
            }
            if is_empty && verification == Some(0) {
                self.fault_within(
                    &[5, index],
                    "the range must declare its extensions, and declares none",
                );
            } else if !is_empty && verification == Some(UNVERIFIED) {
                self.fault_within(
                    &[5, index],
                    "a range that declares extensions cannot be `UNVERIFIED`",
                );
            }
        }
    }
}

fn declarations(options: &Options) -> impl Iterator<Item = Declaration<'_>> {
    options.all(DECLARATION).filter_map(Value::bytes).map(|bytes| {
        let mut one = Declaration::default();
        for field in Fields::new(bytes).filter_map(Result::ok) {
            match field.number {
                1 => one.number = field.value.int32(),
                2 => one.full_name = field.value.text(),
                3 => one.type_name = field.value.text(),
                5 => one.is_reserved = field.value.truth().unwrap_or_default(),
                6 => one.is_repeated = field.value.truth().unwrap_or_default(),
                _ => {}
            }
        }
        one
    })
}

fn fault_of<'a>(
    one: &Declaration<'a>,
    range: &ExtensionRange,
    numbers: &mut HashSet<i32>,
    names: &mut HashSet<&'a str>,
) -> Option<String> {
    let Some(number) = one.number else {
        return Some("the declaration of an extension must say its number".to_owned());
    };
    if !(range.start..range.end).contains(&number) {
        return Some(format!("the declared extension number {number} is not in the range"));
    }
    if !numbers.insert(number) {
        return Some(format!("the extension number {number} is declared twice"));
    }
    let (full_name, type_name) = match (one.full_name, one.type_name) {
        (None, None) if one.is_reserved => return None,
        (Some(full_name), Some(type_name)) => (full_name, type_name),
        _ => {
            return Some(format!("the declaration of extension {number} must say name and type"));
        }
    };
    if !names.insert(full_name) {
        return Some(format!("extension `{full_name}` is declared twice"));
    }
    let is_scalar = Kind::ALL.iter().any(|kind| !kind.is_named() && kind.name() == type_name);
    let checked = [full_name, type_name];
    let checked = &checked[..if is_scalar { 1 } else { 2 }];
    let bad = checked.iter().find(|name| !is_absolute_name(name))?;
    Some(format!("`{bad}` must be a full name that begins with a dot"))
}

fn is_absolute_name(name: &str) -> bool {
    let is_identifier = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    name.strip_prefix('.').is_some_and(|rest| rest.split('.').all(is_identifier))
}

/// Whether proto3 can extend a message.
fn is_options_message(full_name: &str) -> bool {
    let holders = [
        Holder::File,
        Holder::Message,
        Holder::Field,
        Holder::Oneof,
        Holder::ExtensionRange,
        Holder::Enum,
        Holder::EnumValue,
        Holder::Service,
        Holder::Method,
    ];
    holders.into_iter().any(|holder| holder.options_name() == full_name)
}

/// Extensions of one message with one number, wherever they are declared: what is wrong, by file.
pub(crate) fn duplicate_numbers(files: &[File], table: &Table) -> Vec<Vec<Diagnostic>> {
    let mut reports = Report::of_each(files);
    let mut seen: HashMap<(&str, i32), u32> = HashMap::new();
    for id in 0..table.extension_count() {
        let field = table.extension(files, id);
        let extendee = field.extendee.as_deref().unwrap_or_default();
        if table.by_type_name(extendee).is_none() {
            continue;
        }
        let Some(&first) = seen.get(&(extendee, field.number)) else {
            seen.insert((extendee, field.number), id);
            continue;
        };
        let here = table.extension_entry(id).file as usize;
        if !reports[here].has_room() {
            continue;
        }
        let part = |id| [table.path(Symbol::Extension(id)), vec![3]].concat();
        let (other, of) =
            (table.extension(files, first), table.extension_entry(first).file as usize);
        let text = format!(
            "`{}` has the number {} of `{}` among the extensions of `{}`, at {}",
            field.full_name,
            field.number,
            other.full_name,
            extendee.trim_start_matches('.'),
            reports[of].place(&part(first)),
        );
        reports[here].at(&part(id), text);
    }
    reports.into_iter().map(|report| report.faults).collect()
}

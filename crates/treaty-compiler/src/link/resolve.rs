//! Finds the types that fields, extensions and methods name, and fills in what follows from the source:
//! kinds and JSON names. — *Holds*: what is found and what is filled in go through a file in one order.

use std::cell::{LazyCell, RefCell};
use std::sync::Arc;

use super::locals;
use super::names::{MAX_SUGGESTIONS, Miss, Names, Wanted};
use super::report::Report;
use super::semantics::is_map_entry;
use super::table::{Id, Symbol};
use crate::Diagnostic;
use crate::compile::Places;
use crate::descriptor::{Field, File, Kind, Label, Message, Service, default_json_name};
use crate::lexer::number;

/// What a name means.
pub(crate) struct Found {
    kind: Kind,
    type_name: Arc<str>,
    /// The default of the field as it is to be written, where that is another way.
    default: Option<Box<str>>,
}

impl Found {
    fn new(kind: Kind, type_name: Arc<str>) -> Self {
        Self { kind, type_name, default: None }
    }
}

/// What the names of a file mean.
pub(crate) struct Resolved {
    /// In the order in which they stand; `None` where one means nothing.
    found: Vec<Option<Found>>,
    pub(crate) faults: Vec<Diagnostic>,
    /// Files that types were found in.
    pub(crate) used: Vec<u32>,
}

/// Resolves the names of the file that `names` looks from.
pub(crate) fn resolve(names: Names<'_>) -> Resolved {
    let file = &names.files[names.here as usize];
    let mut resolve = Resolve {
        names,
        report: Report::new(file),
        found: Vec::new(),
        used: Vec::new(),
        suggestions: MAX_SUGGESTIONS,
        path: Vec::new(),
    };
    for (index, message) in (0..).zip(&file.messages) {
        resolve.under(4, index, |this| this.message(message));
    }
    resolve.extensions(7, &file.package, None, &file.extensions);
    for (index, service) in (0..).zip(&file.services) {
        resolve.under(6, index, |this| this.service(service));
    }
    let Resolve { report, found, used, .. } = resolve;
    Resolved { found, faults: report.faults, used }
}

struct Resolve<'a> {
    names: Names<'a>,
    report: Report<'a>,
    found: Vec<Option<Found>>,
    used: Vec<u32>,
    suggestions: usize,
    path: Vec<i32>,
}

impl Resolve<'_> {
    fn under(&mut self, number: i32, index: i32, go: impl FnOnce(&mut Self)) {
        self.path.extend([number, index]);
        go(self);
        self.path.truncate(self.path.len() - 2);
    }

    fn message(&mut self, message: &Message) {
        for (index, field) in (0..).zip(&message.fields) {
            if field.type_name.is_some() {
                self.under(2, index, |this| this.field(&message.full_name, field));
            }
        }
        self.extensions(6, &message.full_name, Some(message), &message.extensions);
        for (index, nested) in (0..).zip(&message.messages) {
            self.under(3, index, |this| this.message(nested));
        }
    }

    fn extensions(
        &mut self,
        number: i32,
        scope: &str,
        message: Option<&Message>,
        fields: &[Field],
    ) {
        let locals = LazyCell::new(|| message.map(locals::of_message).unwrap_or_default());
        let is_local = |at: &str, name: &str| at == scope && locals.contains(name);
        for (index, field) in (0..).zip(fields) {
            self.under(number, index, |this| {
                let extendee = field.extendee.as_deref().unwrap_or_default();
                this.message_type(2, scope, extendee, &is_local);
                if field.type_name.is_some() {
                    this.field(scope, field);
                }
            });
        }
    }

    fn field(&mut self, scope: &str, field: &Field) {
        let name = field.type_name.as_deref().unwrap_or_default();
        // A field that two elements declare, as a group does, has its place at its type's name.
        let found = match self.names.resolve(scope, name, &Wanted::Type) {
            Ok(Symbol::Enum(id)) if field.kind.is_none_or(|kind| kind == Kind::Enum) => {
                let default = self.default(id, field);
                Some(Found { default, ..Found::new(Kind::Enum, self.enumeration(id)) })
            }
            Ok(Symbol::Message(id)) if self.is_entry_of_another(id, scope, field) => {
                self.fault(
                    6,
                    format!("`{name}` stands for the entries of a map, and is no type"),
                    None,
                );
                None
            }
            Ok(Symbol::Message(id)) if field.kind.is_none_or(|kind| kind != Kind::Enum) => {
                Some(Found::new(field.kind.unwrap_or(Kind::Message), self.message_name(id)))
            }
            Ok(symbol) => {
                let what = self.what(symbol, name);
                self.fault(6, format!("{what} not a type"), None);
                None
            }
            Err(miss) => {
                self.miss(6, name, &miss);
                None
            }
        };
        self.found.push(found);
    }

    /// buf takes a number for a default too, and of several names of one number writes the first.
    fn default(&self, id: Id, field: &Field) -> Option<Box<str>> {
        let written = field.default_value.as_deref()?;
        if self.names.places == Places::Protoc {
            return None;
        }
        let values = &self.names.table.enumeration(self.names.files, id).values;
        let named = values.iter().find(|value| *value.name == *written);
        let number = named.map_or_else(|| number::signed(written), |value| Some(value.number))?;
        let first = values.iter().find(|value| value.number == number);
        Some(first.map_or_else(|| number.to_string().into(), |value| value.name.clone()))
    }

    /// Whether a message is the entry of a map, but not of the one that the field is.
    fn is_entry_of_another(&self, id: Id, scope: &str, field: &Field) -> bool {
        let message = self.names.table.message(self.names.files, id);
        if !is_map_entry(message) {
            return false;
        }
        if self.names.places == Places::Buf {
            return field.kind != Some(Kind::Message);
        }
        // protoc asks whether it has the names that a map would have.
        let outer = message.full_name.rfind('.').map_or("", |end| &message.full_name[..end]);
        let letters = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let is_its = message
            .name
            .strip_suffix("Entry")
            .is_some_and(|name| letters(name) == letters(&field.name));
        !(outer == scope && is_its && field.label == Label::Repeated && field.extendee.is_none())
    }

    /// A name that must be a message's: of an extendee, a request or a response.
    fn message_type(
        &mut self,
        number: i32,
        scope: &str,
        name: &str,
        is_local: &dyn Fn(&str, &str) -> bool,
    ) {
        let found = match self.names.resolve(scope, name, &Wanted::Any(is_local)) {
            Ok(Symbol::Message(id)) => Some(Found::new(Kind::Message, self.message_name(id))),
            Ok(symbol) => {
                let what = self.what(symbol, name);
                self.fault(number, format!("{what} not a message"), None);
                None
            }
            Err(miss) => {
                self.miss(number, name, &miss);
                None
            }
        };
        self.found.push(found);
    }

    fn service(&mut self, service: &Service) {
        let locals = LazyCell::new(|| locals::of_service(service));
        let is_local = |at: &str, name: &str| *at == *service.full_name && locals.contains(name);
        for (index, method) in (0..).zip(&service.methods) {
            self.under(2, index, |this| {
                this.message_type(2, &service.full_name, &method.input, &is_local);
                this.message_type(3, &service.full_name, &method.output, &is_local);
            });
        }
    }

    fn message_name(&mut self, id: Id) -> Arc<str> {
        let entry = self.names.table.message_entry(id);
        self.use_of(entry.file);
        entry.type_name.clone()
    }

    fn enumeration(&mut self, id: Id) -> Arc<str> {
        let entry = self.names.table.enum_entry(id);
        self.use_of(entry.file);
        entry.type_name.clone()
    }

    fn use_of(&mut self, file: u32) {
        if file != self.names.here && self.used.last() != Some(&file) && !self.used.contains(&file)
        {
            self.used.push(file);
        }
    }

    fn what(&self, symbol: Symbol, name: &str) -> String {
        let table = self.names.table;
        let full_name = match symbol {
            Symbol::Message(id) => table.message_entry(id).type_name.as_ref(),
            Symbol::Enum(id) => table.enum_entry(id).type_name.as_ref(),
            Symbol::Extension(id) => table.extension_entry(id).type_name.as_ref(),
            Symbol::Package | Symbol::Other(_) => name,
        };
        match full_name.trim_start_matches('.') {
            same if same == name.trim_start_matches('.') => format!("`{name}` is"),
            full_name => format!("`{name}` resolves to `{full_name}`, which is"),
        }
    }

    fn miss(&mut self, number: i32, name: &str, miss: &Miss) {
        let is_undefined = matches!(miss, Miss::Undefined | Miss::Shadowed(_));
        if is_undefined && self.names.graph.tainted[self.names.here as usize] {
            // It may well be in a file that cannot be read.
            return;
        }
        let (message, help) = self.names.explain(name, miss, &mut self.suggestions);
        self.fault(number, message, help);
    }

    fn fault(&mut self, number: i32, message: String, help: Option<String>) {
        self.path.push(number);
        match help {
            Some(help) => self.report.at_with_help(&self.path, message, help),
            None => self.report.at(&self.path, message),
        }
        self.path.pop();
    }
}

/// Writes what was found into the file.
pub(crate) fn apply(file: &mut File, resolved: Vec<Option<Found>>) {
    let found = RefCell::new(resolved.into_iter());
    let next = || found.borrow_mut().next().flatten();
    file.messages.iter_mut().for_each(|message| apply_message(message, &next));
    apply_extensions(&mut file.extensions, &next);
    for method in file.services.iter_mut().flat_map(|service| &mut service.methods) {
        for place in [&mut method.input, &mut method.output] {
            if let Some(found) = next() {
                *place = found.type_name;
            }
        }
    }
}

impl Resolved {
    pub(crate) fn take(&mut self) -> Vec<Option<Found>> {
        std::mem::take(&mut self.found)
    }
}

type Next<'n> = dyn Fn() -> Option<Found> + 'n;

fn apply_message(message: &mut Message, next: &Next<'_>) {
    message.fields.iter_mut().for_each(|field| apply_field(field, next));
    apply_extensions(&mut message.extensions, next);
    message.messages.iter_mut().for_each(|nested| apply_message(nested, next));
}

fn apply_extensions(fields: &mut [Field], next: &Next<'_>) {
    for field in fields {
        if let Some(found) = next() {
            field.extendee = Some(found.type_name);
        }
        apply_field(field, next);
    }
}

fn apply_field(field: &mut Field, next: &Next<'_>) {
    if field.type_name.is_some()
        && let Some(Found { kind, type_name, default }) = next()
    {
        (field.kind, field.type_name) = (Some(kind), Some(type_name));
        if default.is_some() {
            field.default_value = default;
        }
    }
    if field.json_name.is_none() {
        field.json_name = Some(default_json_name(&field.name).into());
    }
}

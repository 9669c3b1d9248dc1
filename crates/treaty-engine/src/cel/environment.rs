//! What names stand for: variables, messages with their fields, values of enums.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use treaty_compiler::descriptor::{Enum, Field, File, Kind, Label, Message};
use treaty_compiler::wellknown;

use super::library;
use super::types::Type;
use super::value::Value;
use crate::Descriptors;

/// Expressions may name what is built in without an import.
static WELL_KNOWN: LazyLock<Vec<Arc<File>>> = LazyLock::new(|| {
    let source = |name: &str| Some((name.to_owned(), wellknown::source(name)?.into()));
    let compiled = treaty_compiler::compile(&wellknown::names().filter_map(source).collect());
    compiled.files
});

/// The messages and enums of all linked files, by full name.
#[derive(Default)]
pub(crate) struct Symbols<'d> {
    messages: BTreeMap<&'d str, &'d Message>,
    enums: BTreeMap<&'d str, &'d Enum>,
    extensions: BTreeMap<(&'d str, i32), &'d Field>,
}

impl<'d> Symbols<'d> {
    pub(crate) fn new(descriptors: &'d Descriptors) -> Self {
        let mut symbols = Self::default();
        for file in WELL_KNOWN.iter().chain(descriptors.files()) {
            symbols.enums.extend(file.enums.iter().map(|one| (&*one.full_name, one)));
            file.messages.iter().for_each(|one| symbols.add(one));
            symbols.extend(&file.extensions);
        }
        symbols
    }

    fn add(&mut self, message: &'d Message) {
        self.messages.insert(&message.full_name, message);
        self.enums.extend(message.enums.iter().map(|one| (&*one.full_name, one)));
        message.messages.iter().for_each(|one| self.add(one));
        self.extend(&message.extensions);
    }

    fn extend(&mut self, extensions: &'d [Field]) {
        let key = |one: &'d Field| {
            let extended = one.extendee.as_deref().unwrap_or_default();
            ((extended.strip_prefix('.').unwrap_or(extended), one.number), one)
        };
        self.extensions.extend(extensions.iter().map(key));
    }

    /// The extensions of a message.
    pub(crate) fn extensions_of(&self, message: &str) -> impl Iterator<Item = &'d Field> {
        let of = self.extensions.iter().filter(move |((extended, _), _)| *extended == message);
        of.map(|(_, field)| *field)
    }

    pub(crate) fn message(&self, full_name: &str) -> Option<&'d Message> {
        self.messages.get(full_name).copied()
    }

    pub(crate) fn enumeration(&self, full_name: &str) -> Option<&'d Enum> {
        self.enums.get(full_name).copied()
    }

    /// The key and value of a map field.
    pub(crate) fn map_entry(&self, field: &Field) -> Option<(&'d Field, &'d Field)> {
        let name = field.type_name.as_deref().filter(|_| field.label == Label::Repeated)?;
        let entry = self.message(name.strip_prefix('.').unwrap_or(name))?;
        let is_entry = entry.options.as_deref().is_some_and(|options| options.flag(7));
        let part = |number| entry.fields.iter().find(|field| field.number == number);
        if is_entry { Some((part(1)?, part(2)?)) } else { None }
    }

    /// The type of a field, or of one of its items.
    pub(crate) fn field_type(&self, field: &Field, items: bool) -> Type {
        if field.label == Label::Repeated && !items {
            if let Some((key, value)) = self.map_entry(field) {
                return Type::map(self.field_type(key, true), self.field_type(value, true));
            }
            return Type::list(self.field_type(field, true));
        }
        match field.kind.unwrap_or(Kind::Message) {
            Kind::Double | Kind::Float => Type::Double,
            Kind::Int32
            | Kind::Int64
            | Kind::Sint32
            | Kind::Sint64
            | Kind::Sfixed32
            | Kind::Sfixed64
            | Kind::Enum => Type::Int,
            Kind::Uint32 | Kind::Uint64 | Kind::Fixed32 | Kind::Fixed64 => Type::Uint,
            Kind::Bool => Type::Bool,
            Kind::String => Type::Text,
            Kind::Bytes => Type::Bytes,
            Kind::Message | Kind::Group => {
                let name = field.type_name.as_deref().unwrap_or_default();
                Type::message(name.strip_prefix('.').unwrap_or(name))
            }
        }
    }
}

/// What an expression may name.
pub(crate) struct Environment<'d> {
    pub(crate) symbols: &'d Symbols<'d>,
    /// `this`, `rule` and `rules`, as far as they are there.
    pub(crate) variables: Vec<(&'static str, Type)>,
}

impl<'d> Environment<'d> {
    /// The type and, of a constant, the value of a name with dots.
    pub(super) fn name(&self, name: &str) -> Option<(Type, Option<Value>)> {
        let name = name.strip_prefix('.').unwrap_or(name);
        if let Some((_, of)) = self.variables.iter().find(|(variable, _)| *variable == name) {
            return Some((of.clone(), None));
        }
        if name == "now" {
            return Some((Type::Timestamp, None));
        }
        let of = |of: Type| (Type::Meta(Box::new(of)), Some(Value::Type(name.to_owned())));
        match name {
            "list" => return Some(of(Type::list(Type::Dyn))),
            "map" => return Some(of(Type::map(Type::Dyn, Type::Dyn))),
            "type" => return Some(of(Type::Meta(Box::new(Type::Dyn)))),
            "duration" | "timestamp" => return None,
            _ => {}
        }
        if let Some(known) = library::named(name) {
            return Some(of(known));
        }
        if self.symbols.message(name).is_some() {
            return Some(of(Type::message(name)));
        }
        let (enumeration, value) = name.rsplit_once('.')?;
        let values = &self.symbols.enumeration(enumeration)?.values;
        let value = values.iter().find(|one| *one.name == *value)?;
        Some((Type::Int, Some(Value::Int(i64::from(value.number)))))
    }

    /// The type of a message's field; none where it has no such field.
    pub(super) fn field(&self, message: &str, field: &str) -> Option<Type> {
        let message = self.symbols.message(message)?;
        let field = message.fields.iter().find(|one| *one.name == *field)?;
        Some(self.symbols.field_type(field, false))
    }
}

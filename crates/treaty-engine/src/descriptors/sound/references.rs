//! What fields, extensions and methods of decoded files name, and where it is.

use std::collections::{BTreeSet, HashMap};

use treaty_compiler::descriptor::{Enum, Field, File, Kind, Message};

use super::Files;

/// What a full name stands for.
#[derive(Clone, Copy)]
enum Symbol<'a> {
    Message(&'a Message),
    Enum(&'a Enum),
}

/// The messages and enums of all files, each with the file that it is in.
pub(super) struct Symbols<'a>(HashMap<&'a str, (Symbol<'a>, &'a str)>);

/// What one file may name.
struct Seen<'a> {
    symbols: &'a Symbols<'a>,
    visible: &'a BTreeSet<&'a str>,
}

impl<'a> Symbols<'a> {
    pub(super) fn of(files: &'a Files) -> Result<Self, String> {
        let mut symbols = Self(HashMap::new());
        for file in files.values() {
            symbols.add(&file.messages, &file.enums, &file.name)?;
        }
        Ok(symbols)
    }

    /// Whether everything that a file names is there for it.
    pub(super) fn check(&self, file: &File, visible: &BTreeSet<&str>) -> Result<(), String> {
        let seen = Seen { symbols: self, visible };
        seen.extensions(&file.extensions)?;
        seen.messages(&file.messages)?;
        for method in file.services.iter().flat_map(|service| &service.methods) {
            seen.message(&method.input)?;
            seen.message(&method.output)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        messages: &'a [Message],
        enums: &'a [Enum],
        file: &'a str,
    ) -> Result<(), String> {
        for message in messages {
            self.insert(&message.full_name, Symbol::Message(message), file)?;
            self.add(&message.messages, &message.enums, file)?;
        }
        enums.iter().try_for_each(|one| self.insert(&one.full_name, Symbol::Enum(one), file))
    }

    fn insert(&mut self, name: &'a str, symbol: Symbol<'a>, file: &'a str) -> Result<(), String> {
        match self.0.insert(name, (symbol, file)) {
            None => Ok(()),
            Some(_) => Err(format!("{name} is there twice")),
        }
    }
}

impl<'a> Seen<'a> {
    fn messages(&self, messages: &[Message]) -> Result<(), String> {
        for message in messages {
            for field in &message.fields {
                if field.extendee.is_some() {
                    return Err(format!("the field {} extends a message", field.name));
                }
                self.type_of(field)?;
            }
            self.extensions(&message.extensions)?;
            self.messages(&message.messages)?;
        }
        Ok(())
    }

    fn extensions(&self, extensions: &[Field]) -> Result<(), String> {
        for extension in extensions {
            let (name, number) = (&extension.full_name, extension.number);
            let extendee = extension.extendee.as_deref();
            let extendee = extendee.ok_or_else(|| format!("{name} extends no message"))?;
            let ranges = &self.message(extendee)?.extension_ranges;
            if !ranges.iter().any(|range| (range.start..range.end).contains(&number)) {
                return Err(format!(
                    "{extendee} has no extension number {number}, which {name} has"
                ));
            }
            self.type_of(extension)?;
        }
        Ok(())
    }

    fn type_of(&self, field: &Field) -> Result<(), String> {
        match (field.kind, &field.type_name) {
            (Some(Kind::Message | Kind::Group), Some(name)) => {
                self.message(name)?;
                if field.default_value.is_some() {
                    return Err(format!("the field {} is a message and has a default", field.name));
                }
                Ok(())
            }
            (Some(Kind::Enum), Some(name)) => {
                let values = &self.enumeration(name)?.values;
                let is_value = |default: &str| values.iter().any(|value| *value.name == *default);
                match field.default_value.as_deref() {
                    Some(default) if !is_value(default) => {
                        Err(format!("the default of {} is no value of {name}", field.name))
                    }
                    _ => Ok(()),
                }
            }
            (Some(kind), None) if !kind.is_named() => Ok(()),
            _ => Err(format!("the type of the field {} is not said", field.name)),
        }
    }

    fn message(&self, name: &str) -> Result<&'a Message, String> {
        match self.find(name)? {
            Some(Symbol::Message(message)) => Ok(message),
            _ => Err(format!("there is no message {name}")),
        }
    }

    fn enumeration(&self, name: &str) -> Result<&'a Enum, String> {
        match self.find(name)? {
            Some(Symbol::Enum(one)) => Ok(one),
            _ => Err(format!("there is no enum {name}")),
        }
    }

    fn find(&self, name: &str) -> Result<Option<Symbol<'a>>, String> {
        match name.strip_prefix('.').and_then(|name| self.symbols.0.get(name)) {
            Some((_, file)) if !self.visible.contains(file) => {
                Err(format!("{name} is in {file}, which is not imported where it is used"))
            }
            known => Ok(known.map(|(symbol, _)| *symbol)),
        }
    }
}

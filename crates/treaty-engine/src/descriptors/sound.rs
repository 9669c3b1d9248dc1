//! Whether decoded files refer to nothing that is not there. A compiler's files do; a hostile
//! set's need not.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use treaty_compiler::descriptor::{Enum, Field, File, Kind, Message};

type Files = BTreeMap<Box<str>, Arc<File>>;

/// What a full name stands for.
#[derive(Clone, Copy, PartialEq)]
enum Symbol {
    Message,
    Enum,
}

/// Nothing, or what is wrong.
pub(super) fn check(files: &Files) -> Result<(), String> {
    for file in files.values() {
        for import in &file.imports {
            if !files.contains_key(&import.path) {
                return Err(format!(
                    "{} imports {}, which is not there: build it with its imports",
                    file.name, import.path
                ));
            }
        }
    }
    if let Some(name) = imports_itself(files) {
        return Err(format!("{name} imports itself, if only around others"));
    }
    let mut symbols = Symbols::default();
    for file in files.values() {
        symbols.add(&file.messages, &file.enums)?;
    }
    for file in files.values() {
        symbols.fields(&file.extensions)?;
        symbols.messages(&file.messages)?;
        for method in file.services.iter().flat_map(|service| &service.methods) {
            symbols.find(&method.input, Symbol::Message)?;
            symbols.find(&method.output, Symbol::Message)?;
        }
    }
    Ok(())
}

/// Of two fields with one number nobody could tell which is meant.
fn numbered_once(message: &Message) -> Result<(), String> {
    let mut numbers: Vec<i32> = message.fields.iter().map(|field| field.number).collect();
    numbers.sort_unstable();
    match numbers.windows(2).find(|two| two[0] == two[1]) {
        Some(two) => {
            Err(format!("{} has two fields with the number {}", message.full_name, two[0]))
        }
        None => Ok(()),
    }
}

#[derive(Default)]
struct Symbols<'a>(HashMap<&'a str, Symbol>);

impl<'a> Symbols<'a> {
    fn add(&mut self, messages: &'a [Message], enums: &'a [Enum]) -> Result<(), String> {
        for message in messages {
            self.insert(&message.full_name, Symbol::Message)?;
            self.add(&message.messages, &message.enums)?;
        }
        enums.iter().try_for_each(|one| self.insert(&one.full_name, Symbol::Enum))
    }

    fn insert(&mut self, name: &'a str, symbol: Symbol) -> Result<(), String> {
        match self.0.insert(name, symbol) {
            None => Ok(()),
            Some(_) => Err(format!("{name} is there twice")),
        }
    }

    fn messages(&self, messages: &[Message]) -> Result<(), String> {
        for message in messages {
            self.fields(&message.fields)?;
            numbered_once(message)?;
            self.fields(&message.extensions)?;
            self.messages(&message.messages)?;
        }
        Ok(())
    }

    fn fields(&self, fields: &[Field]) -> Result<(), String> {
        for field in fields {
            if let Some(extendee) = &field.extendee {
                self.find(extendee, Symbol::Message)?;
            }
            match (field.kind, &field.type_name) {
                (Some(Kind::Message | Kind::Group), Some(name)) => {
                    self.find(name, Symbol::Message)?;
                }
                (Some(Kind::Enum), Some(name)) => self.find(name, Symbol::Enum)?,
                (Some(kind), None) if !kind.is_named() => {}
                _ => return Err(format!("the type of the field {} is not said", field.name)),
            }
        }
        Ok(())
    }

    fn find(&self, name: &str, symbol: Symbol) -> Result<(), String> {
        let known = name.strip_prefix('.').and_then(|name| self.0.get(name));
        if known == Some(&symbol) {
            return Ok(());
        }
        let what = if symbol == Symbol::Message { "message" } else { "enum" };
        Err(format!("there is no {what} {name}"))
    }
}

/// A file of a circle of imports, if there is one.
fn imports_itself(files: &Files) -> Option<&str> {
    let mut waiting: BTreeMap<&str, usize> =
        files.iter().map(|(name, file)| (&**name, file.imports.len())).collect();
    let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, file) in files {
        for import in &file.imports {
            importers.entry(&import.path).or_default().push(name);
        }
    }
    let mut ready: Vec<&str> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = ready.pop() {
        waiting.remove(name);
        for importer in importers.get(name).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(importer) {
                *count -= 1;
                if *count == 0 {
                    ready.push(importer);
                }
            }
        }
    }
    waiting.into_keys().next()
}

#[cfg(test)]
mod tests {
    use crate::Descriptors;

    #[test]
    fn a_message_has_a_number_once() {
        // FileDescriptorSet { file { name: "a" message_type { name: "M" field { .. } .. } } }
        let set = |second: u8| {
            let field =
                |name: u8, number: u8| [0x12, 9, 0x0a, 1, name, 0x18, number, 0x20, 1, 0x28, 5];
            let message = [&[0x0a, 1, b'M'][..], &field(b'a', 1), &field(b'b', second)].concat();
            let length = u8::try_from(message.len()).unwrap();
            let file = [&[0x0a, 1, b'a', 0x22, length][..], &message].concat();
            [&[0x0a, u8::try_from(file.len()).unwrap()][..], &file].concat()
        };
        assert!(Descriptors::decode(&set(2)).is_ok());
        let error = Descriptors::decode(&set(1)).unwrap_err().to_string();
        assert!(error.ends_with("M has two fields with the number 1"), "{error}");
    }
}

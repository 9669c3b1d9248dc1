//! The names of decoded files: each is one, and stands for one element of its scope.

use std::collections::HashSet;

use treaty_compiler::descriptor::{Enum, File, Message};

/// Package and name of what stands in packages, over all files. A package may be called as an
/// element is: compilers take that.
#[derive(Default)]
pub(super) struct Names<'a>(HashSet<(&'a str, &'a str)>);

impl<'a> Names<'a> {
    /// Takes the names that a file has outside of messages.
    pub(super) fn add(&mut self, file: &'a File) -> Result<(), String> {
        if !file.package.is_empty() && !file.package.split('.').all(is_name) {
            return Err(format!("{} is in `{}`, which is no package", file.name, file.package));
        }
        let messages = file.messages.iter().map(|one| &*one.name);
        let services = file.services.iter().map(|one| &*one.name);
        let extensions = file.extensions.iter().map(|one| &*one.name);
        for name in messages.chain(services).chain(extensions).chain(of_enums(&file.enums)) {
            is_valid(name, &file.name)?;
            if !self.0.insert((&file.package, name)) {
                let dot = if file.package.is_empty() { "" } else { "." };
                return Err(format!("{}{dot}{name} is there twice", file.package));
            }
        }
        for service in &file.services {
            once(service.methods.iter().map(|method| &*method.name), &service.full_name)?;
        }
        Ok(())
    }
}

/// Checks the names in a message, but not in messages in it.
pub(super) fn of_message(message: &Message) -> Result<(), String> {
    let fields = message.fields.iter().chain(&message.extensions).map(|one| &*one.name);
    let oneofs = message.oneofs.iter().map(|one| &*one.name);
    let messages = message.messages.iter().map(|one| &*one.name);
    let all = fields.chain(oneofs).chain(messages).chain(of_enums(&message.enums));
    once(all, &message.full_name)
}

/// Enums and their values, which stand beside them.
fn of_enums(enums: &[Enum]) -> impl Iterator<Item = &str> {
    enums.iter().flat_map(of_enum)
}

fn of_enum(one: &Enum) -> impl Iterator<Item = &str> {
    [&*one.name].into_iter().chain(one.values.iter().map(|value| &*value.name))
}

fn once<'n>(names: impl Iterator<Item = &'n str>, scope: &str) -> Result<(), String> {
    let mut seen = HashSet::new();
    for name in names {
        is_valid(name, scope)?;
        if !seen.insert(name) {
            return Err(format!("{scope}.{name} is there twice"));
        }
    }
    Ok(())
}

fn is_valid(name: &str, scope: &str) -> Result<(), String> {
    if is_name(name) { Ok(()) } else { Err(format!("`{name}` in {scope} is no name")) }
}

fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.bytes().next().is_some_and(is_letter)
        && text.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

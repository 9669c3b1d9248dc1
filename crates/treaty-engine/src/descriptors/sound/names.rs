//! The names of decoded files: each is one, and stands for one element of its scope.

use std::collections::{BTreeSet, HashSet};

use treaty_compiler::descriptor::{Enum, File, Message};

use super::Files;

/// What stands in packages, over all files.
pub(super) struct Names<'a> {
    /// Package and name.
    seen: HashSet<(&'a str, &'a str)>,
    /// With the packages around them.
    packages: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Nothing yet but the packages.
    pub(super) fn of_packages(files: &'a Files) -> Result<Self, String> {
        let mut packages = BTreeSet::new();
        for file in files.values() {
            let mut package = &*file.package;
            if !package.is_empty() && !package.split('.').all(is_name) {
                return Err(format!("{} is in `{package}`, which is no package", file.name));
            }
            while !package.is_empty() && packages.insert(package) {
                package = package.rsplit_once('.').map_or("", |(outer, _)| outer);
            }
        }
        Ok(Self { seen: HashSet::new(), packages })
    }

    /// Takes the names that a file has outside of messages.
    pub(super) fn add(&mut self, file: &'a File) -> Result<(), String> {
        let messages = file.messages.iter().map(|one| &*one.name);
        let services = file.services.iter().map(|one| &*one.name);
        let extensions = file.extensions.iter().map(|one| &*one.name);
        for name in messages.chain(services).chain(extensions).chain(of_enums(&file.enums)) {
            let dot = if file.package.is_empty() { "" } else { "." };
            let full = || format!("{}{dot}{name}", file.package);
            is_valid(name, &file.name)?;
            if !self.seen.insert((&file.package, name)) {
                return Err(format!("{} is there twice", full()));
            }
            if self.packages.contains(&*full()) {
                return Err(format!("{} is both a package and an element", full()));
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

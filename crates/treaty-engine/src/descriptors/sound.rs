//! Whether decoded files are what a compiler makes: they refer to nothing that is not there, and no
//! element contradicts itself or another. A hostile set's need not, and nobody could judge it.
//! — *Does not* resolve features, or look into options. — *Holds*: nothing is refused that our
//! compiler takes. — *Source*: `protodesc` of Go's protobuf, which buf reads images with.

mod enumeration;
mod imports;
mod message;
mod names;
mod ranges;
mod references;

use std::collections::BTreeMap;
use std::sync::Arc;

use treaty_compiler::descriptor::{Enum, File, Message, Syntax};

use names::Names;
use references::Symbols;

type Files = BTreeMap<Box<str>, Arc<File>>;

/// Nothing, or what is wrong.
pub(super) fn check(files: &Files) -> Result<(), String> {
    imports::check(files)?;
    let symbols = Symbols::of(files)?;
    let mut names = Names::default();
    for file in files.values() {
        is_known(file)?;
        names.add(file)?;
        messages(&file.messages, file)?;
        enums(&file.enums, file)?;
        symbols.check(file, &imports::visible(file, files))?;
    }
    Ok(())
}

fn messages(messages: &[Message], file: &File) -> Result<(), String> {
    for message in messages {
        names::of_message(message)?;
        message::check(message, file.syntax)?;
        self::messages(&message.messages, file)?;
        enums(&message.enums, file)?;
    }
    Ok(())
}

fn enums(enums: &[Enum], file: &File) -> Result<(), String> {
    enums.iter().try_for_each(|one| enumeration::check(one, file.syntax))
}

/// What an edition means that nobody knows yet, nobody can tell.
fn is_known(file: &File) -> Result<(), String> {
    match file.syntax {
        Syntax::Edition(1000..=1002 | 9999) | Syntax::Proto2 | Syntax::Proto3 => Ok(()),
        Syntax::Edition(other) => Err(format!("{} has the unknown edition {other}", file.name)),
    }
}

#[cfg(test)]
mod tests;

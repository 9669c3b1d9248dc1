//! Finds the messages in which an element of a contract can be seen.

use treaty_compiler::Pool;
use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{FieldRef, MessageRef};

use super::focus::Focus;
use super::meaning::Pair;
use super::{NoWitness, Side, Witness, rank, search};
use crate::Subject;

type Found = Result<Witness, NoWitness>;

/// How many messages of a file, or users of an enum, are searched.
const MAX_PLACES: usize = 32;

/// The smallest witness about a subject, written by `from` and read by `to`.
pub(super) fn find(from: &Pool, to: &Pool, subject: &Subject, side: Side) -> Found {
    match subject {
        Subject::Field { message, number, .. } | Subject::Extension { message, number, .. } => {
            let pair = pair(from, to, message, message, side)?;
            let number = u32::try_from(*number).map_err(|_| NoWitness::NeverWritten)?;
            search::search(pair, &Focus::Fields(vec![number]))
        }
        Subject::Oneof { message, name } => {
            let pair = pair(from, to, message, message, side)?;
            let mut members = members(pair.writer, name);
            members.extend(self::members(pair.reader, name));
            members.sort_unstable();
            members.dedup();
            search::search(pair, &Focus::Fields(members))
        }
        Subject::Message(message) => {
            search::search(pair(from, to, message, message, side)?, &Focus::All)
        }
        Subject::Enum(name) => enumeration(from, to, name, None, side),
        Subject::Value { of, number, .. } => enumeration(from, to, of, Some(*number), side),
        Subject::Method { service, name } => method(from, to, service, name, side),
        Subject::File(name) => file(from, to, name, side),
        Subject::Package(_) | Subject::Service(_) => Err(NoWitness::NotInBytes),
    }
}

fn pair<'p>(
    from: &'p Pool,
    to: &'p Pool,
    written: &str,
    read: &str,
    side: Side,
) -> Result<Pair<'p>, NoWitness> {
    let (writer, reader) = (from.message(written), to.message(read));
    match (writer, reader) {
        (Some(writer), Some(reader)) => Ok(Pair { writer, reader, side }),
        _ => Err(NoWitness::NoReader),
    }
}

fn members(of: MessageRef<'_>, oneof: &str) -> Vec<u32> {
    let index = of.declared().oneofs.iter().position(|one| *one.name == *oneof);
    let index = index.and_then(|index| u32::try_from(index).ok());
    let is_member = |field: &FieldRef<'_>| index.is_some() && field.oneof() == index;
    of.fields().filter(is_member).map(FieldRef::number).collect()
}

/// The worst, then the smallest.
fn best(found: impl Iterator<Item = Found>) -> Option<Found> {
    found.reduce(|one, other| match (&one, &other) {
        (Ok(a), Ok(b)) => {
            let key = |one: &Witness| (2 - rank(one.effect), one.form, one.bytes.len());
            if key(b) < key(a) { other } else { one }
        }
        (Ok(_), Err(_)) => one,
        (Err(_), Ok(_)) => other,
        // That something was tried says more than that nothing could be.
        (Err(a), Err(b)) => {
            if b > a {
                other
            } else {
                one
            }
        }
    })
}

fn enumeration(from: &Pool, to: &Pool, name: &str, number: Option<i32>, side: Side) -> Found {
    let Some(written) = from.enumeration(name) else { return Err(NoWitness::NoReader) };
    let is_written =
        number.is_none_or(|number| !written.is_closed() || written.value(number).is_some());
    let uses = |field: &FieldRef<'_>| {
        field.kind() == Kind::Enum && field.enum_type().is_ok_and(|of| of.full_name() == name)
    };
    let users = from.messages().filter(|message| !message.is_map_entry()).flat_map(|message| {
        message.fields().filter_map(move |field| {
            let of_map = field.message_type().ok().filter(|of| of.is_map_entry());
            let value = of_map.and_then(|entry| entry.field(2));
            (uses(&field) || value.as_ref().is_some_and(uses)).then_some((message, field))
        })
    });
    let found = users.filter_map(|(message, field)| {
        let pair = pair(from, to, message.full_name(), message.full_name(), side).ok()?;
        pair.reader.field(field.number())?;
        let field = field.number();
        let focus = match number {
            Some(number) => Focus::Number { field, number },
            None => Focus::Fields(vec![field]),
        };
        Some(search::search(pair, &focus))
    });
    match best(found.take(MAX_PLACES)) {
        None => Err(NoWitness::Unused),
        Some(Err(NoWitness::ReadAlike)) if !is_written => Err(NoWitness::NeverWritten),
        // An open writer may still send the number, but has no name for it.
        Some(Err(NoWitness::ReadAlike))
            if number.is_some_and(|number| written.value(number).is_none()) =>
        {
            Err(NoWitness::NeverWritten)
        }
        Some(found) => found,
    }
}

fn method(from: &Pool, to: &Pool, service: &str, name: &str, side: Side) -> Found {
    let of = |pool: &Pool| {
        let service = pool.service(service)?;
        let method = service.declared().methods.iter().find(|one| *one.name == *name)?;
        let bare = |name: &str| name.trim_start_matches('.').to_owned();
        Some((bare(&method.input), bare(&method.output)))
    };
    let (Some(written), Some(read)) = (of(from), of(to)) else {
        return Err(NoWitness::NotInBytes);
    };
    let messages = [(written.0, read.0), (written.1, read.1)];
    let changed = messages.iter().filter(|(written, read)| written != read);
    let found = changed
        .map(|(written, read)| search::search(pair(from, to, written, read, side)?, &Focus::All));
    best(found).unwrap_or(Err(NoWitness::NotInBytes))
}

fn file(from: &Pool, to: &Pool, name: &str, side: Side) -> Found {
    let of_file = from.messages().filter(|one| *one.file().name == *name && !one.is_map_entry());
    let found = of_file.take(MAX_PLACES).map(|message| {
        let pair = pair(from, to, message.full_name(), message.full_name(), side)?;
        search::search(pair, &Focus::All)
    });
    best(found).unwrap_or(Err(NoWitness::NoReader))
}

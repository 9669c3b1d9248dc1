//! Writes under one version, reads under the other, and says what the reader misses: fields that it
//! does not know, knows by another name or reads as another value, numbers that it cannot name,
//! methods that are not there.

use std::fmt;

use prost::Message as _;
use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
    Value,
};
use treaty_engine::{Descriptors, Subject};

/// Who wrote and who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    OldToNew,
    NewToOld,
}

/// What a reader misses; no subject where a whole message cannot be read.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) direction: Direction,
    pub(super) subject: Option<Subject>,
    what: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject =
            self.subject.as_ref().map_or_else(String::new, |subject| format!("{subject}: "));
        write!(f, "{:?}: {subject}{}", self.direction, self.what)
    }
}

/// The services, methods and messages of the writer that the reader does not have.
pub(super) fn calls(writer: &Descriptors, reader: &Descriptors, direction: Direction) -> Vec<Loss> {
    let loss =
        |subject, what: &str| Loss { direction, subject: Some(subject), what: what.to_owned() };
    let own: Vec<_> = writer.own().collect();
    let (writer, reader) = (super::pool(writer), super::pool(reader));
    let mut losses = Vec::new();
    for service in writer.services().filter(|one| own.contains(&one.parent_file().name())) {
        let full_name = service.full_name().to_owned();
        let Some(other) = reader.get_service_by_name(&full_name) else {
            losses.push(loss(Subject::Service(full_name), "the reader has no such service"));
            continue;
        };
        for method in service.methods() {
            let shape = |one: &prost_reflect::MethodDescriptor| {
                let (input, output) =
                    (one.input().full_name().to_owned(), one.output().full_name().to_owned());
                (input, output, one.is_client_streaming(), one.is_server_streaming())
            };
            let twin = other.methods().find(|one| one.name() == method.name());
            if twin.map(|twin| shape(&twin)) != Some(shape(&method)) {
                let (service, name) = (full_name.clone(), method.name().to_owned());
                losses
                    .push(loss(Subject::Method { service, name }, "the reader has no such method"));
            }
        }
    }
    if direction == Direction::OldToNew {
        let messages = writer.all_messages().filter(|one| own.contains(&one.parent_file().name()));
        for message in messages.filter(|one| reader.get_message_by_name(one.full_name()).is_none())
        {
            let subject = Subject::Message(message.full_name().to_owned());
            losses.push(loss(subject, "the reader has no such message"));
        }
    }
    losses
}

/// What a reader misses of a message, and what is missing when the reader passes it on again.
pub(super) fn over(
    written: &DynamicMessage,
    reader: &MessageDescriptor,
    direction: Direction,
) -> Vec<Loss> {
    let whole = |what: String| vec![Loss { direction, subject: None, what }];
    let bytes = written.encode_to_vec();
    let read = match DynamicMessage::decode(reader.clone(), &bytes[..]) {
        Ok(read) => read,
        Err(error) => return whole(format!("the reader refuses it: {error}")),
    };
    let mut losses = Vec::new();
    compare(written, &read, direction, &mut losses);
    // As it is on the wire: a zero without presence is not written.
    let start = DynamicMessage::decode(written.descriptor(), &bytes[..]).expect("its own bytes");
    match DynamicMessage::decode(written.descriptor(), &read.encode_to_vec()[..]) {
        Ok(again) if again == start => {}
        Ok(_) => losses.extend(whole("passed on by the reader, it is another message".to_owned())),
        Err(error) => {
            losses.extend(whole(format!("passed on by the reader, it is refused: {error}")))
        }
    }
    losses
}

fn compare(
    written: &DynamicMessage,
    read: &DynamicMessage,
    direction: Direction,
    losses: &mut Vec<Loss>,
) {
    for (field, value) in written.fields() {
        let what = match read.descriptor().get_field(field.number()) {
            None => Some("the reader does not know it".to_owned()),
            Some(twin) if twin.name() != field.name() => {
                Some(format!("the reader knows it as `{}`", twin.name()))
            }
            Some(twin) if field.supports_presence() && !read.has_field(&twin) => {
                Some("the reader finds it unset".to_owned())
            }
            Some(twin) => {
                let there = read.get_field(&twin);
                (!same((&field, value), (&twin, &there), direction, losses))
                    .then(|| format!("{value} is read as {there}"))
            }
        };
        if let Some(what) = what {
            losses.push(Loss { direction, subject: Some(subject(&field)), what });
        }
    }
}

/// Whether a value is read as it was written; what is wrong inside a message is added by itself.
fn same(
    (field, value): (&FieldDescriptor, &Value),
    (twin, there): (&FieldDescriptor, &Value),
    direction: Direction,
    losses: &mut Vec<Loss>,
) -> bool {
    match (value, there) {
        (Value::Message(value), Value::Message(there)) => {
            compare(value, there, direction, losses);
            true
        }
        (Value::EnumNumber(number), Value::EnumNumber(there)) => {
            if let (Kind::Enum(one), Kind::Enum(other)) = (field.kind(), twin.kind()) {
                losses.extend(unnamed(*number, &one, &other, direction));
            }
            number == there
        }
        (Value::List(values), Value::List(there)) => {
            values.len() == there.len()
                && values
                    .iter()
                    .zip(there)
                    .all(|(one, other)| same((field, one), (twin, other), direction, losses))
        }
        (Value::Map(values), Value::Map(there)) => {
            let (Kind::Message(one), Kind::Message(other)) = (field.kind(), twin.kind()) else {
                return false;
            };
            let (one, other) = (one.map_entry_value_field(), other.map_entry_value_field());
            values.len() == there.len()
                && values.iter().all(|(key, value)| {
                    there.get(key).is_some_and(|there| {
                        same((&one, value), (&other, there), direction, losses)
                    })
                })
        }
        (value, there) => value == there,
    }
}

/// A number that has other names for the reader, or none.
fn unnamed(
    number: i32,
    one: &EnumDescriptor,
    other: &EnumDescriptor,
    direction: Direction,
) -> Option<Loss> {
    let names = |of: &EnumDescriptor| -> Vec<String> {
        of.values()
            .filter(|value| value.number() == number)
            .map(|value| value.name().to_owned())
            .collect()
    };
    let (here, there) = (names(one), names(other));
    let name = here.iter().find(|name| !there.contains(name))?.clone();
    let subject = Subject::Value { of: one.full_name().to_owned(), number, name };
    Some(Loss { direction, subject: Some(subject), what: "the reader cannot name it".to_owned() })
}

fn subject(field: &FieldDescriptor) -> Subject {
    Subject::Field {
        message: field.parent_message().full_name().to_owned(),
        number: i32::try_from(field.number()).expect("field numbers have 29 bits"),
        name: field.name().to_owned(),
    }
}

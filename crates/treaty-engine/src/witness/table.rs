//! What every kind of field makes of every other: all pairs, over values at the bounds.
//!
//! Computed by the same readers and writers as every witness. — *Holds*: no file of the user is
//! needed; the answer is for one field of that kind alone.

use std::fmt;
use std::sync::Arc;

use treaty_compiler::Pool;
use treaty_compiler::descriptor::{
    Enum, EnumValue, Field, File, Kind, Label, Message, Options, Syntax,
};
use treaty_compiler::wire::{put_int32, put_message};

use super::focus::Focus;
use super::meaning::Pair;
use super::{Form, Side, search};
use crate::Effect;

/// What a field holds, for the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// A kind; an enum is open.
    Kind(Kind),
    /// A closed enum.
    ClosedEnum,
}

impl Holds {
    /// All kinds, then the closed enum.
    pub fn all() -> impl Iterator<Item = Self> {
        Kind::ALL.into_iter().map(Self::Kind).chain([Self::ClosedEnum])
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => f.pad(kind.name()),
            Self::ClosedEnum => f.pad("closed"),
        }
    }
}

/// How often a field is there, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the presence or encoding of that name")]
pub enum Shape {
    Implicit,
    Explicit,
    Required,
    Packed,
    Expanded,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Implicit, Self::Explicit, Self::Required, Self::Packed, Self::Expanded];
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Implicit => "implicit",
            Self::Explicit => "explicit",
            Self::Required => "required",
            Self::Packed => "packed",
            Self::Expanded => "expanded",
        })
    }
}

/// What a conformant reader makes of the worst that a writer of the other kind can write.
///
/// `side` is the writer's: whether unset and zero differ is for the old one to say.
#[must_use]
pub fn effect(writer: (Holds, Shape), reader: (Holds, Shape), side: Side, form: Form) -> Effect {
    let (written, read) = (pool(writer), pool(reader));
    match (written.message("M"), read.message("M")) {
        (Some(writer), Some(reader)) => {
            search::worst(Pair { writer, reader, side }, &Focus::All, form)
        }
        _ => Effect::Kept,
    }
}

/// A message of one field.
fn pool((holds, shape): (Holds, Shape)) -> Pool {
    let (kind, closed) = match holds {
        Holds::Kind(kind) => (kind, false),
        Holds::ClosedEnum => (Kind::Enum, true),
    };
    let type_name = match kind {
        Kind::Enum => Some(".E".into()),
        Kind::Message | Kind::Group => Some(".Inner".into()),
        _ => None,
    };
    let repeated = matches!(shape, Shape::Packed | Shape::Expanded);
    let field = Field {
        label: if repeated { Label::Repeated } else { Label::Optional },
        type_name,
        options: feature(
            21,
            match shape {
                Shape::Implicit => (1, 2),
                Shape::Explicit => (1, 1),
                Shape::Required => (1, 3),
                Shape::Packed => (3, 1),
                Shape::Expanded => (3, 2),
            },
        ),
        ..number_field("field", kind)
    };
    let value = |name: &str, number| EnumValue { name: name.into(), number, options: None };
    let choice = Enum {
        name: "E".into(),
        full_name: "E".into(),
        values: vec![value("ZERO", 0), value("ONE", 1)],
        options: feature(7, (2, if closed { 2 } else { 1 })),
        ..Enum::default()
    };
    let file = File {
        messages: vec![message("M", field), message("Inner", number_field("value", Kind::Int32))],
        enums: vec![choice],
        syntax: Syntax::EDITION_2023,
        ..File::default()
    };
    Pool::new(vec![Arc::new(file)])
}

fn number_field(name: &str, kind: Kind) -> Field {
    Field { name: name.into(), number: 1, kind: Some(kind), ..Field::default() }
}

fn message(name: &str, field: Field) -> Message {
    let full_name = name.into();
    Message { name: name.into(), full_name, fields: vec![field], ..Message::default() }
}

fn feature(holder: u32, (feature, value): (u32, i32)) -> Option<Box<Options>> {
    let mut bytes = Vec::new();
    put_message(&mut bytes, holder, |into| put_int32(into, feature, value));
    Some(Box::new(Options::new(bytes)))
}

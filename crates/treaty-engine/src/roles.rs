//! Follows which types the methods of a contract reach, and in which direction they travel.
//! — *Does not* see beyond the contract: the requests and answers of another one that carry its types
//! say nothing here, so that a contract without methods holds nothing but events and records.
//! — *Holds*: a type has the roles it has in either version; what extends a message travels with it.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::{Field, Message, Schema};

/// In which direction a message, or an enum in it, travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// From clients to servers.
    Request,
    /// From servers to clients.
    Response,
    /// In requests and in responses.
    Both,
    /// No method reaches it: an event or a stored record, written and read at any time by any
    /// version.
    Stored,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Request, Self::Response, Self::Both, Self::Stored];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "request and response",
            Self::Stored => "event or stored",
        })
    }
}

/// The roles of all types of two versions.
#[derive(Debug)]
pub(crate) struct Roles<'a> {
    old: Reached<'a>,
    new: Reached<'a>,
}

impl<'a> Roles<'a> {
    pub(crate) fn new(old: &'a Schema<'a>, new: &'a Schema<'a>) -> Self {
        Self { old: Reached::new(old), new: Reached::new(new) }
    }

    pub(crate) fn of(&self, type_name: &str) -> Role {
        match self.old.of(type_name) | self.new.of(type_name) {
            REQUEST => Role::Request,
            RESPONSE => Role::Response,
            0 => Role::Stored,
            _ => Role::Both,
        }
    }
}

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;

/// The directions in which the types of one version travel.
#[derive(Debug)]
struct Reached<'a> {
    /// Messages and enums, numbered, so that a walk compares no names.
    numbers: HashMap<&'a str, u32>,
    directions: Vec<u8>,
}

impl<'a> Reached<'a> {
    fn new(schema: &'a Schema<'a>) -> Self {
        let messages = || schema.messages.values().chain(schema.imported_messages.values());
        let enums = schema.enums.keys().chain(schema.imported_enums.keys());
        let names = messages().map(|message| message.full_name).chain(enums.copied());
        let numbers: HashMap<_, _> = names.zip(0..).collect();
        let mut reached = Self { directions: vec![0; numbers.len()], numbers };
        let methods = || schema.services.values().flat_map(|service| &service.methods);
        if methods().next().is_none() {
            return reached;
        }
        let uses = Uses::new(messages(), schema.extensions.values(), &reached.numbers);
        for method in methods() {
            reached.walk(&uses, method.input, REQUEST);
            reached.walk(&uses, method.output, RESPONSE);
        }
        reached
    }

    fn of(&self, type_name: &str) -> u8 {
        let number = self.numbers.get(type_name);
        number.and_then(|&number| self.directions.get(number as usize)).copied().unwrap_or_default()
    }

    /// Adds the direction to the type and all that it is made of.
    fn walk(&mut self, uses: &Uses, start: &str, direction: u8) {
        let mut open: Vec<u32> = self.numbers.get(start).copied().into_iter().collect();
        while let Some(number) = open.pop() {
            let Some(known) = self.directions.get_mut(number as usize) else { continue };
            if *known & direction == 0 {
                *known |= direction;
                open.extend(uses.of(number));
            }
        }
    }
}

/// The types of the fields and extensions of every message, all in one list.
struct Uses {
    types: Vec<u32>,
    /// Where the types of each message end; those of the next one follow.
    ends: Vec<usize>,
}

impl Uses {
    fn new<'a>(
        messages: impl Iterator<Item = &'a Message<'a>>,
        extensions: impl Iterator<Item = &'a Field<'a>>,
        numbers: &HashMap<&str, u32>,
    ) -> Self {
        let mut extending: HashMap<&str, Vec<&str>> = HashMap::new();
        for extension in extensions {
            extending.entry(extension.message).or_default().extend(extension.type_name);
        }
        let mut uses = Self { types: Vec::new(), ends: Vec::new() };
        for message in messages {
            let extensions = extending.get(message.full_name).into_iter().flatten().copied();
            let types = message.fields.iter().filter_map(|field| field.type_name);
            let types = types.chain(extensions);
            uses.types.extend(types.filter_map(|name| numbers.get(name)));
            uses.ends.push(uses.types.len());
        }
        uses
    }

    /// None for an enum.
    fn of(&self, number: u32) -> &[u32] {
        let number = number as usize;
        let start = if number == 0 { Some(0) } else { self.ends.get(number - 1).copied() };
        let range = start.zip(self.ends.get(number).copied());
        range.and_then(|(start, end)| self.types.get(start..end)).unwrap_or_default()
    }
}

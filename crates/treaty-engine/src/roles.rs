//! Follows which types the methods of a contract reach, and in which direction they travel.
//! — *Holds*: a type has the roles it has in either version.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::Schema;

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
    request: HashSet<&'a str>,
    response: HashSet<&'a str>,
}

impl<'a> Roles<'a> {
    pub(crate) fn new(old: &'a Schema<'a>, new: &'a Schema<'a>) -> Self {
        let mut roles = Self { request: HashSet::new(), response: HashSet::new() };
        for schema in [old, new] {
            let uses = uses(schema);
            // What was reached in this version; the other version's types are made of other parts.
            let (mut request, mut response) = (HashSet::new(), HashSet::new());
            for method in schema.services.values().flat_map(|service| &service.methods) {
                reach(&uses, method.input, &mut request);
                reach(&uses, method.output, &mut response);
            }
            roles.request.extend(request);
            roles.response.extend(response);
        }
        roles
    }

    pub(crate) fn of(&self, type_name: &str) -> Role {
        match (self.request.contains(type_name), self.response.contains(type_name)) {
            (true, true) => Role::Both,
            (true, false) => Role::Request,
            (false, true) => Role::Response,
            (false, false) => Role::Stored,
        }
    }
}

type Uses<'a> = HashMap<&'a str, Vec<&'a str>>;

fn uses<'a>(schema: &'a Schema<'a>) -> Uses<'a> {
    let messages = schema.messages.iter().chain(&schema.imported_messages);
    messages
        .map(|(name, message)| {
            let types = message.fields.iter().filter_map(|field| field.type_name);
            (*name, types.collect())
        })
        .collect()
}

/// Adds the type and all that it is made of.
fn reach<'a>(uses: &Uses<'a>, start: &'a str, into: &mut HashSet<&'a str>) {
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        if into.insert(name) {
            open.extend(uses.get(name).into_iter().flatten());
        }
    }
}

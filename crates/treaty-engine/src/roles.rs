//! Follows which types the methods of a contract reach, and in which direction they travel.
//! — *Holds*: a type has the roles it has in either version.

use std::collections::{BTreeMap, BTreeSet};
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
pub(crate) struct Roles {
    request: BTreeSet<String>,
    response: BTreeSet<String>,
}

impl Roles {
    pub(crate) fn new(old: &Schema, new: &Schema) -> Self {
        let mut roles = Self { request: BTreeSet::new(), response: BTreeSet::new() };
        for schema in [old, new] {
            let uses = uses(schema);
            for method in schema.services.values().flat_map(|service| service.methods.values()) {
                reach(&uses, &method.input, &mut BTreeSet::new(), &mut roles.request);
                reach(&uses, &method.output, &mut BTreeSet::new(), &mut roles.response);
            }
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

type Uses<'a> = BTreeMap<&'a str, Vec<&'a str>>;

fn uses(schema: &Schema) -> Uses<'_> {
    let messages = schema.messages.iter().chain(&schema.imported_messages);
    messages
        .map(|(name, message)| {
            let types = message.fields.values().filter_map(|field| field.type_name.as_deref());
            (name.as_str(), types.collect())
        })
        .collect()
}

/// Adds the type and all that it is made of; `seen` ends recursion within one version.
fn reach<'a>(
    uses: &Uses<'a>,
    start: &'a str,
    seen: &mut BTreeSet<&'a str>,
    into: &mut BTreeSet<String>,
) {
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        if seen.insert(name) {
            into.insert(name.to_owned());
            open.extend(uses.get(name).into_iter().flatten());
        }
    }
}

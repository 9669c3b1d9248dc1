//! Names that only their own scope knows: fields, oneofs, values of enums, methods. — *Holds*: however many a
//! scope has, each is looked up and not searched for.

use std::collections::{HashMap, HashSet};

use super::hash::FastHash;
use super::table::Symbol;
use crate::descriptor::{Message, Service};

/// The names of one scope.
pub(crate) type Locals<'a> = HashSet<&'a str, FastHash>;

/// Of a message: its fields, oneofs and values of enums.
pub(crate) fn of_message(message: &Message) -> Locals<'_> {
    let fields = message.fields.iter().map(|one| &*one.name);
    let oneofs = message.oneofs.iter().map(|one| &*one.name);
    let values = message.enums.iter().flat_map(|one| &one.values).map(|value| &*value.name);
    fields.chain(oneofs).chain(values).collect()
}

/// Of a service: its methods.
pub(crate) fn of_service(service: &Service) -> Locals<'_> {
    service.methods.iter().map(|one| &*one.name).collect()
}

/// Those of the scopes that were asked for so far.
pub(crate) type Known<'a> = HashMap<Symbol, Locals<'a>, FastHash>;

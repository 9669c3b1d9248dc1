//! What protovalidate lets through, as far as it can be told without running expressions: reads the
//! constraints of a field, and finds a value that one version accepts and the other refuses.
//!
//! *Does not* evaluate CEL, patterns or well-known formats: of these it only sees whether they are
//! the same. — *Holds*: an example is accepted by every check that is understood on one side, and
//! refused by one on the other; it is the first of a fixed list, so equal input gives equal output.
//! — *Source*: `buf/validate/validate.proto` of protovalidate 1.0.

mod candidates;
mod check;
mod example;
mod read;
pub(crate) mod schema;
mod zero;

use check::{Check, Number, Scalar};
pub(crate) use example::Difference;
use example::{Example, Shape};

use treaty_compiler::descriptor::Kind;

use crate::pairing::Pairing;
use crate::schema::{Cardinality, Field, Message};

/// The constraints of a field, or of the items, keys or values in it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Rules<'d> {
    required: bool,
    ignore: Ignore,
    checks: Vec<Check<'d>>,
    /// The kind of the values that the checks are made for; none of messages, lists and no checks.
    checked: Option<Kind>,
    /// What is only compared: expressions, patterns, formats; by their encoding, sorted.
    opaque: Vec<Opaque<'d>>,
    items: Option<Box<Rules<'d>>>,
    keys: Option<Box<Rules<'d>>>,
    values: Option<Box<Rules<'d>>>,
}

/// A check that is not understood: what it is called, and what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Opaque<'d> {
    name: &'static str,
    encoded: &'d [u8],
}

/// When the checks are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Ignore {
    #[default]
    Unset,
    ZeroValue,
    Always,
}

/// How the constraints of a field changed, if values show it.
pub(crate) fn of_field(pairing: &Pairing<'_>, old: &Field<'_>, new: &Field<'_>) -> Vec<Difference> {
    if old.options().is_none() && new.options().is_none() || old.in_map_entry {
        return Vec::new();
    }
    let (was, is) = (read::rules(old.options()), read::rules(new.options()));
    if was == is {
        return Vec::new();
    }
    let shape = shape(new);
    let entry = match new.cardinality {
        Cardinality::Map => new.type_name.and_then(|name| pairing.new.message(name)),
        _ => None,
    };
    let kind = |number| Some(entry?.field(number)?.kind);
    let entry = kind(1).zip(kind(2));
    example::differences(&was.unwrap_or_default(), &is.unwrap_or_default(), shape, entry)
}

/// What those meet who do not know a field that was added, and so never set it.
pub(crate) fn of_added(field: &Field<'_>) -> Option<Difference> {
    // Extensions are not validated.
    let rules = read::rules(field.options().filter(|_| !field.is_extension()))?;
    let example = zero::refused(&rules, shape(field), field.cardinality == Cardinality::Map)?;
    Some(Difference { tightened: true, of: "", example })
}

/// Whether two fields are asked the same, whatever they are called and of.
pub(crate) fn same_of_fields(old: &Field<'_>, new: &Field<'_>) -> bool {
    let (was, is) = (read::rules(old.options()), read::rules(new.options()));
    was.unwrap_or_default() == is.unwrap_or_default()
}

fn shape(field: &Field<'_>) -> Shape {
    Shape {
        kind: field.kind,
        many: !field.is_single(),
        presence: field.cardinality != Cardinality::Implicit,
    }
}

/// How what is asked of a message as a whole, or of its oneofs, changed.
pub(crate) fn of_message(old: &Message<'_>, new: &Message<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    let (was, is) = (&old.proto.options, &new.proto.options);
    if was.is_some() || is.is_some() {
        let (was, is) = (read::message_rules(was.as_deref()), read::message_rules(is.as_deref()));
        for (wide, narrow, tightened) in [(&was, &is, true), (&is, &was, false)] {
            let only = narrow.iter().find(|one| !wide.contains(one));
            let example = only.map(|one| Example::Unrun(one.name));
            found.extend(example.map(|example| Difference { tightened, of: "", example }));
        }
    }
    let required = |message: &Message<'_>, name: &str| {
        let mut oneofs = message.proto.oneofs.iter();
        let oneof = oneofs.find(|oneof| *oneof.name == *name);
        oneof.is_some_and(|oneof| read::oneof_is_required(oneof.options.as_deref()))
    };
    for one in &new.oneofs {
        let was = before(old, new, one.name).is_some_and(|name| required(old, name));
        let is = required(new, one.name);
        if was != is {
            found.push(Difference { tightened: is, of: " in a oneof", example: Example::Unset });
        }
    }
    found
}

/// The name that a oneof had: its own, or that of the oneof that all its older fields were in.
fn before<'d>(old: &Message<'d>, new: &Message<'_>, oneof: &str) -> Option<&'d str> {
    if let Some(same) = old.oneofs.iter().find(|known| known.name == oneof) {
        return Some(same.name);
    }
    let members = new.fields.iter().filter(|field| field.oneof == Some(oneof));
    let mut names = members.filter_map(|field| old.field(field.number)).map(|field| field.oneof);
    let first = names.next()??;
    names.all(|name| name == Some(first)).then_some(first)
}

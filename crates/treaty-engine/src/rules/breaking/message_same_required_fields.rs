//! A required field was added to a message or removed from it.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::schema::Cardinality;

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_SAME_REQUIRED_FIELDS",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A required field was added to a message or removed from it",
    why: "A reader that requires the field refuses every message of a writer that does not \
           know it.",
    remedy: "never add or remove `required`; use `optional` and check in code",
    check,
};

/// Why, as buf says it.
const BECAUSE: &str = "Required fields must always be sent, so if one side does not know about the \
    required field, this will result in a breakage.";

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.messages.both {
        let required = |field: &&crate::schema::Field| field.cardinality == Cardinality::Required;
        for field in old.fields.iter().filter(required) {
            if !new.field(field.number).is_some_and(|new| required(&new)) {
                let (name, number) = (&old.name, field.number);
                let text = format!(
                    "Message \"{name}\" had required field \"{number}\" deleted. {BECAUSE}"
                );
                let subject = new.subject();
                hits.add(subject, At::place(&new.place), old.place.file, text);
            }
        }
        for field in new.fields.iter().filter(required) {
            if !old.field(field.number).is_some_and(|old| required(&old)) {
                let (name, number) = (&new.name, field.number);
                let text =
                    format!("Message \"{name}\" had required field \"{number}\" added. {BECAUSE}");
                hits.add(field.subject(), At::place(&field.place), old.place.file, text);
            }
        }
    }
}

//! A field has another name.

use super::Category::{Csr, File, Package, WireJson};
use super::{Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_NAME",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A field has another name",
    why: "The bytes are the same, but JSON, field masks and generated code know fields by \
           name.",
    remedy: "restore the name; a better name is a new field beside it, the old one deprecated",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        // Of an extension the name is the full one, and so is that of what it extends.
        let (sort, on, from, to) = if new.is_extension() {
            ("Extension", new.message, old.full_name(), new.full_name())
        } else {
            ("Field", new.parent, old.name, new.name)
        };
        if from != to {
            let message = format!(
                "{sort} \"{}\" on message \"{on}\" changed name from \"{from}\" to \"{to}\".",
                new.number
            );
            hits.add(new.subject(), new.at_first_of(&[&[1]]), old.place.file, message);
        }
    }
}

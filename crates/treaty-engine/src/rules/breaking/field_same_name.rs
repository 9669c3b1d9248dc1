//! A field has another name.

use super::Category::{Csr, File, Package, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
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
        if old.name != new.name {
            let message = format!(
                "Field \"{}\" on message \"{}\" changed name from \"{}\" to \"{}\".",
                new.number, new.parent, old.name, new.name
            );
            hits.add(new.subject(), At::part(&new.place, &[1]), old.place.file, message);
        }
    }
}

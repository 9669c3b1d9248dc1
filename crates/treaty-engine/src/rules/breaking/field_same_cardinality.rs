//! A field is optional, required, repeated or a map in another way.

use super::Category::{File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_CARDINALITY",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A field is optional, required, repeated or a map in another way",
    why: "An optional field read from `08 01 08 02` is the last of them, 2; a required one \
           refuses a message without it; generated code has another type.",
    remedy: "restore the cardinality; many values are a new repeated field beside the old one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if old.in_map_entry && new.in_map_entry {
            continue;
        }
        if old.cardinality != new.cardinality {
            let message = format!(
                "{} changed cardinality from \"{}\" to \"{}\".",
                new.description(),
                old.cardinality,
                new.cardinality
            );
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

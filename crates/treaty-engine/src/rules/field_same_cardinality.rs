//! A field is optional, required, repeated or a map in another way.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_CARDINALITY",
    categories: &[Category::File, Category::Package],
    finds: "A field is optional, required, repeated or a map in another way",
    why: "An optional field read from `08 01 08 02` is the last of them, 2; a required one \
           refuses a message without it; generated code has another type.",
    remedy: "restore the cardinality; many values are a new repeated field beside the old one",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
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
            hits.add(new.subject(), At::place(&new.place), &old.place.file, message);
        }
    }
}

//! A field moved into, out of or between oneofs.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_ONEOF",
    categories: &[Category::File, Category::Package, Category::WireJson, Category::Wire],
    finds: "A field moved into, out of or between oneofs",
    why: "Setting one member of a oneof clears the others: old bytes with both fields set are \
           read with the last one only.",
    remedy: "restore the field to where it was; a new oneof takes new fields with new numbers",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in pairing.field_pairs() {
        let message = match (&old.oneof, &new.oneof) {
            (Some(from), Some(to)) if from != to => {
                let what = new.description();
                format!("{what} moved from oneof \"{from}\" to oneof \"{to}\".")
            }
            (Some(_), None) => {
                format!("{} moved from inside to outside a oneof.", new.description())
            }
            (None, Some(_)) => {
                format!("{} moved from outside to inside a oneof.", new.description())
            }
            _ => continue,
        };
        hits.add(new.subject(), At::place(&new.place), &old.place.file, message);
    }
}

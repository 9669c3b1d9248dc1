//! A field has another name.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_NAME",
    categories: &[Category::File, Category::Package, Category::WireJson],
    finds: "A field has another name",
    why: "The bytes are the same, but JSON, field masks and generated code know fields by \
           name.",
    remedy: "restore the name; a better name is a new field beside it, the old one deprecated",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in pairing.field_pairs() {
        if old.name != new.name {
            let message = format!(
                "Field \"{}\" on message \"{}\" changed name from \"{}\" to \"{}\".",
                new.number, new.parent, old.name, new.name
            );
            hits.add(new.subject(), At::part(&new.place, &[1]), &old.place.file, message);
        }
    }
}

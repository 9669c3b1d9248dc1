//! A number of an enum lost one of its names.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_SAME_NAME",
    categories: &[Category::File, Category::Package, Category::WireJson],
    finds: "A number of an enum lost one of its names",
    why: "The bytes are the same, but JSON writes values by name: a new reader refuses \
           `\"STATE_OPEN\"`, and generated code does not compile.",
    remedy: "restore the name; with `option allow_alias` a number can have an old and a new one",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in pairing.value_pairs() {
        if old.names.keys().all(|name| new.names.contains_key(name)) {
            continue;
        }
        let plural = if old.names.len() > 1 && new.names.len() > 1 { "s" } else { "" };
        for place in new.names.values() {
            let message = format!(
                "Enum value \"{}\" on enum \"{}\" changed name{plural} from {} to {}.",
                new.number,
                new.parent,
                old.quoted(),
                new.quoted()
            );
            hits.add(new.subject(), At::part(place, &[2]), &place.file, message);
        }
    }
}

//! A number of an enum lost one of its names.

use super::Category::{Csr, File, Package, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_SAME_NAME",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A number of an enum lost one of its names",
    why: "The bytes are the same, but JSON writes values by name: a new reader refuses \
           `\"STATE_OPEN\"`, and generated code does not compile.",
    remedy: "restore the name; with `option allow_alias` a number can have an old and a new one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.value_pairs() {
        if new.has_all_of(old) {
            continue;
        }
        let plural = if old.names.len() > 1 && new.names.len() > 1 { "s" } else { "" };
        let old_file = old.names.first().map_or("", |one| one.place.file);
        for one in &new.names {
            let message = format!(
                "Enum value \"{}\" on enum \"{}\" changed name{plural} from {} to {}.",
                new.number,
                new.parent,
                old.quoted(),
                new.quoted()
            );
            hits.add(new.subject(), At::part(&one.place, &[2]), old_file, message);
        }
    }
}

//! A value is gone and one of its names is not reserved.

use super::Category::{Csr, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson]),
        v1: Some(&[WireJson]),
        v2: Some(&[WireJson, Csr]),
    },
    finds: "A value is gone and one of its names is not reserved",
    why: "JSON writes values by name: a later value of the same name reads old JSON as \
           something that it is not.",
    remedy: "add every name of the value to `reserved` in the enum",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for of in &pairing.values {
        for value in &of.parts.deleted {
            if value.names.iter().all(|one| of.new.reserved.has_name(one.name)) {
                continue;
            }
            let message = format!(
                "Previously present enum value \"{}\" on enum \"{}\" was deleted without reserving the name{} {}.",
                value.number,
                of.new.name,
                if value.names.len() > 1 { "s" } else { "" },
                value.quoted()
            );
            hits.add(value.subject(), At::place(&of.new.place), of.old.place.file, message);
        }
    }
}

//! A value is gone and its number is not reserved.

use super::Category::{Csr, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson, Wire]),
        v1: Some(&[WireJson, Wire]),
        v2: Some(&[WireJson, Wire, Csr]),
    },
    finds: "A value is gone and its number is not reserved",
    why: "Nothing stops a later version from giving the number to another value, and then old \
           bytes such as `28 02` name something that they do not mean.",
    remedy: "add the number to `reserved` in the enum",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for of in &pairing.values {
        for value in &of.parts.deleted {
            if of.new.reserved.has_number(value.number) {
                continue;
            }
            let message = format!(
                "Previously present enum value \"{}\" on enum \"{}\" was deleted without reserving the number \"{}\".",
                value.number, of.new.name, value.number
            );
            hits.add(value.subject(), At::place(&of.new.place), of.old.place.file, message);
        }
    }
}

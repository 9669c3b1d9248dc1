//! A value is gone from its enum, reserved or not.

use super::Category::{Csr, File, Package};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A value is gone from its enum, reserved or not",
    why: "The number is still sent and stored: an open enum keeps it without a name, a closed \
           one reads the default instead, and JSON readers refuse the name.",
    remedy: "restore the value and mark it `[deprecated = true]`",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for of in &pairing.values {
        for value in &of.parts.deleted {
            let message = format!(
                "Previously present enum value \"{}\" on enum \"{}\" was deleted.",
                value.number, of.new.name
            );
            hits.add(value.subject(), At::place(&of.new.place), of.old.place.file, message);
        }
    }
}

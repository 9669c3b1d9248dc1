//! A field is gone and its number is not reserved.

use super::Category::{Csr, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
    categories: Categories {
        v1beta1: Some(&[WireJson, Wire]),
        v1: Some(&[WireJson, Wire]),
        v2: Some(&[WireJson, Wire, Csr]),
    },
    finds: "A field is gone and its number is not reserved",
    why: "Nothing stops a later version from giving the number to another field, and then old \
           bytes such as `38 2a` read as something that they are not.",
    remedy: "add the number to `reserved` in the message",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for message in &pairing.fields {
        for field in &message.parts.deleted {
            if message.new.reserved.has_number(field.number) {
                continue;
            }
            let what = field.description().replacen("Field", "field", 1);
            let text = format!(
                "Previously present {what} was deleted without reserving the number \"{}\".",
                field.number
            );
            hits.add(field.subject(), At::place(&message.new.place), field.place.file, text);
        }
    }
}

//! A field is gone from its message, reserved or not.

use super::Category::{Csr, File, Package};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A field is gone from its message, reserved or not",
    why: "Field 7 written as `3a 03 61 62 63` is skipped by a new reader, and an old reader of \
           new bytes finds the default; code that uses the field does not compile.",
    remedy: "restore the field and mark it `[deprecated = true]`; delete it only with its \
           package, in a new package (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for message in &pairing.fields {
        for field in &message.parts.deleted {
            let what = field.description().replacen("Field", "field", 1);
            let text = format!("Previously present {what} was deleted.");
            hits.add(field.subject(), At::place(&message.new.place), field.place.file, text);
        }
    }
}

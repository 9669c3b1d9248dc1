//! A field is gone from its message, reserved or not.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DELETE",
    categories: &[Category::File, Category::Package],
    finds: "A field is gone from its message, reserved or not",
    why: "Field 7 written as `3a 03 61 62 63` is skipped by a new reader, and an old reader of \
           new bytes finds the default; code that uses the field does not compile.",
    remedy: "restore the field and mark it `[deprecated = true]`; delete it only with its \
           package, in a new package (v2)",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for message in &pairing.fields {
        for field in &message.parts.deleted {
            let what = field.description().replacen("Field", "field", 1);
            let text = format!("Previously present {what} was deleted.");
            hits.add(field.subject(), At::place(&message.new.place), &field.place.file, text);
        }
    }
}

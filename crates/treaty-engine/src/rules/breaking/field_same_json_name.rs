//! A field has another name in JSON.

use super::Category::{Csr, File, Package, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_JSON_NAME",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A field has another name in JSON",
    why: "A JSON reader takes `{\"unitPrice\": 5}` for an unknown field and refuses or drops \
           it.",
    remedy: "restore the name, or write the old one as `[json_name = \"...\"]`",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if old.json_name != new.json_name {
            let message = format!(
                "{} changed option \"json_name\" from \"{}\" to \"{}\".",
                new.description(),
                old.json_name,
                new.json_name
            );
            let at = At::part_or_whole(&new.place, &[10]);
            hits.add(new.subject(), at, old.place.file, message);
        }
    }
}

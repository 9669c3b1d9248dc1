//! A field has another name in JSON.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_JSON_NAME",
    categories: &[Category::File, Category::Package, Category::WireJson],
    finds: "A field has another name in JSON",
    why: "A JSON reader takes `{\"unitPrice\": 5}` for an unknown field and refuses or drops \
           it.",
    remedy: "restore the name, or write the old one as `[json_name = \"...\"]`",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in pairing.field_pairs() {
        if old.json_name != new.json_name {
            let message = format!(
                "{} changed option \"json_name\" from \"{}\" to \"{}\".",
                new.description(),
                old.json_name,
                new.json_name
            );
            let at = At::part_or_whole(&new.place, &[10]);
            hits.add(new.subject(), at, &old.place.file, message);
        }
    }
}

//! A field is single, required or repeated in another way.

use super::Category::{Wire};
use super::{Breaks, Categories, Rule};
use crate::compat::wire_cardinality;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_WIRE_COMPATIBLE_CARDINALITY",
    categories: Categories {
        v1beta1: Some(&[Wire]),
        v1: Some(&[Wire]),
        v2: Some(&[Wire]),
    },
    finds: "A field is single, required or repeated in another way",
    breaks: &[Breaks::Bytes],
    why: "A single field that reads `0a 01 61 0a 01 62` takes the last value and forgets the \
           first; one that is required refuses every message of those who may leave it out.",
    remedy: "restore the cardinality; many values are a new repeated field beside the old one",
    example: r#"
  message Order {
-   repeated string notes = 1;
+   string notes = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if old.in_map_entry && new.in_map_entry {
            continue;
        }
        if wire_cardinality(old.cardinality) != wire_cardinality(new.cardinality) {
            let message = format!(
                "{} changed cardinality from \"{}\" to \"{}\".",
                new.description(),
                old.cardinality,
                new.cardinality
            );
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

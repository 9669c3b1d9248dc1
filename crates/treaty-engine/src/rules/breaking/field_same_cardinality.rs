//! A field is optional, required, repeated or a map in another way.

use super::Category::{File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_CARDINALITY",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A field is optional, required, repeated or a map in another way",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "Whether a field is single, repeated, a map or required decides how often its bytes may \
           stand there, what JSON it is, and what type generated code has. A single field that \
           reads `08 01 08 02` takes the last of them, 2, and forgets the first; a reader that \
           requires the field refuses every message without it; a change between implicit and \
           explicit presence only changes generated code, which is why the WIRE rules let it pass.",
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
        if old.cardinality != new.cardinality {
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

//! A field is single, required, repeated or a map in another way.

use super::Category::{Csr, WireJson};
use super::{Breaks, Categories, Rule};
use crate::compat::wire_json_cardinality;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
    categories: Categories {
        v1beta1: Some(&[WireJson]),
        v1: Some(&[WireJson]),
        v2: Some(&[WireJson, Csr]),
    },
    finds: "A field is single, required, repeated or a map in another way",
    breaks: &[Breaks::Bytes, Breaks::Json],
    why: "A map has the bytes of a repeated message of key and value, but in JSON it is an object \
           where the other is an array: each side refuses the JSON of the other. Between single \
           and repeated the bytes are misread too.",
    remedy: "restore the cardinality; many values are a new repeated field beside the old one",
    example: r#"
  message Order {
-   repeated Label labels = 1;
+   map<string, string> labels = 1;
  }

  message Label {
    string key = 1;
    string value = 2;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if old.in_map_entry && new.in_map_entry {
            continue;
        }
        if wire_json_cardinality(old.cardinality) != wire_json_cardinality(new.cardinality) {
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

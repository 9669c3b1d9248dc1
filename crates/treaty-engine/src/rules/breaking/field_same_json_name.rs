//! A field has another name in JSON.

use super::Category::{Csr, File, Package, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::quote::quoted;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_JSON_NAME",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A field has another name in JSON",
    breaks: &[Breaks::Json],
    why: "Bytes hold the number and stay as they are. A JSON reader takes `{\"unitPrice\": 5}` for \
           an unknown field: strict ones refuse the message, lenient ones, such as browsers, see \
           no price.",
    remedy: "restore the name, or write the old one as `[json_name = \"...\"]`",
    example: r#"
  message Item {
-   int64 price = 1 [json_name = "unitPrice"];
+   int64 price = 1 [json_name = "amount"];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if old.json_name != new.json_name && !new.is_extension() {
            let message = format!(
                "{} changed option \"json_name\" from {} to {}.",
                new.description(),
                quoted(&old.json_name),
                quoted(&new.json_name)
            );
            hits.add(new.subject(), new.at_first_of(&[&[10]]), old.place.file, message);
        }
    }
}

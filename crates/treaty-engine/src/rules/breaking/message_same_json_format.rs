//! A message no longer promises sound JSON.

use treaty_compiler::JsonFormat;

use super::Category::{Csr, File, Package, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_SAME_JSON_FORMAT",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A message no longer promises sound JSON",
    breaks: &[Breaks::Json],
    why: "With `json_format = ALLOW` the compiler makes sure that every field has one JSON name of \
           its own. LEGACY_BEST_EFFORT drops that promise: `order_id` and `orderId` may stand side \
           by side, and a JSON reader that meets `{\"orderId\": 1}` takes one for the other.",
    remedy: "restore the syntax of the file, or `features.json_format = ALLOW`",
    example: r#"
  edition = "2023";

  message Order {
+   option features.json_format = LEGACY_BEST_EFFORT;
    string order_id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.messages.both {
        let (from, to) = (old.features.json_format, new.features.json_format);
        if (from, to) == (JsonFormat::Allow, JsonFormat::LegacyBestEffort) {
            let message = format!(
                "Message \"{}\" JSON format support changed from ALLOW to LEGACY_BEST_EFFORT.",
                new.name
            );
            let at = At::part_or_whole(&new.place, &[7, 12, 6]);
            hits.add(new.subject(), at, old.place.file, message);
        }
    }
}

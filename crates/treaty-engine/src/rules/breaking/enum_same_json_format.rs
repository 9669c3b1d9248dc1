//! An enum no longer promises sound JSON.

use treaty_compiler::JsonFormat;

use super::Category::{Csr, File, Package, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_SAME_JSON_FORMAT",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "An enum no longer promises sound JSON",
    breaks: &[Breaks::Json],
    why: "With `json_format = ALLOW` the compiler makes sure that every value has one JSON name of \
           its own. LEGACY_BEST_EFFORT drops that promise: two values may come to share a name, \
           and a JSON reader then takes one for the other.",
    remedy: "restore the syntax of the file, or `features.json_format = ALLOW`",
    example: r#"
  edition = "2023";

  message Order {
    State state = 1;
  }

  enum State {
+   option features.json_format = LEGACY_BEST_EFFORT;
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.enums.both {
        let (from, to) = (old.features.json_format, new.features.json_format);
        if (from, to) == (JsonFormat::Allow, JsonFormat::LegacyBestEffort) {
            let message = format!(
                "Enum \"{}\" JSON format support changed from ALLOW to LEGACY_BEST_EFFORT.",
                new.name
            );
            let at = At::part_or_whole(&new.place, &[3, 7, 6]);
            hits.add(new.subject(), at, old.place.file, message);
        }
    }
}

//! A field has another name.

use super::Category::{Csr, File, Package, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_NAME",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A field has another name",
    breaks: &[Breaks::Json, Breaks::Source],
    why: "The bytes are the same, for they hold only the number. But JSON, field masks, text \
           formats and generated code know fields by name: strict JSON readers refuse the other \
           name, lenient ones see no value, and callers do not compile.",
    remedy: "restore the name; a better name is a new field beside it, the old one deprecated",
    example: r#"
  message Order {
-   string tracking_code = 1;
+   string tracking = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        // Of an extension the name is the full one, and so is that of what it extends.
        let (sort, on, from, to) = if new.is_extension() {
            ("Extension", new.message, old.full_name(), new.full_name())
        } else {
            ("Field", new.parent, old.name, new.name)
        };
        if from != to {
            let message = format!(
                "{sort} \"{}\" on message \"{on}\" changed name from \"{from}\" to \"{to}\".",
                new.number
            );
            hits.add(new.subject(), new.at_first_of(&[&[1]]), old.place.file, message);
        }
    }
}

//! A field was added that an edition's feature makes required.

use treaty_compiler::descriptor::Label;

use super::{Breaks, NONE, Rule};
use crate::hits::Hits;
use crate::pairing::{Pairing, Part};
use crate::schema::Cardinality;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_NEW_LEGACY_REQUIRED",
    categories: NONE,
    finds: "A field was added that an edition's feature makes required",
    breaks: &[Breaks::Bytes],
    why: "It is `required` by another name: a new reader refuses every message of a writer that \
           does not know the field, an empty message, no bytes at all, among them. buf looks for \
           the word `required` only.",
    remedy: "add the field with `features.field_presence = EXPLICIT`, and check in code that it \
           is set",
    example: r#"
  edition = "2023";

  message Order {
    string id = 1;
+   string customer_id = 2 [features.field_presence = LEGACY_REQUIRED];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { old, part: field, .. } in &pairing.fields.added {
        let by_feature = field.proto.label != Label::Required;
        if by_feature && field.cardinality == Cardinality::Required {
            let message = format!("{} was added and is required.", field.description());
            hits.add(field.subject(), field.at_first_of(&[&[8, 21, 1], &[8, 21]]), old.place.file, message);
        }
    }
}

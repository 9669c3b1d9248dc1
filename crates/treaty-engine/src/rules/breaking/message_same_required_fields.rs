//! A required field was added to a message or removed from it. — *Does not* see what is required by
//! the feature of an edition, as buf does not.

use treaty_compiler::descriptor::Label;

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_SAME_REQUIRED_FIELDS",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A required field was added to a message or removed from it",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "A reader that requires a field refuses every message without it, as a whole: all those \
           of writers that do not know the field yet, and of writers that no longer do. No order \
           of rollout helps a store that holds old messages.",
    remedy: "never add or remove `required`; use `optional` and check in code",
    example: r#"
  syntax = "proto2";

  message Order {
    optional string id = 1;
+   required string customer_id = 2;
  }
"#,
    check,
};

/// Why, as buf says it.
const BECAUSE: &str = "Required fields must always be sent, so if one side does not know about the \
    required field, this will result in a breakage.";

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.messages.both {
        let required = |field: &&crate::schema::Field| field.proto.label == Label::Required;
        for field in old.fields.iter().filter(required) {
            if !new.field(field.number).is_some_and(|new| required(&new)) {
                let (name, number) = (&old.name, field.number);
                let text = format!(
                    "Message \"{name}\" had required field \"{number}\" deleted. {BECAUSE}"
                );
                hits.add(field.subject(), At::place(&new.place), old.place.file, text);
            }
        }
        for field in new.fields.iter().filter(required) {
            if !old.field(field.number).is_some_and(|old| required(&old)) {
                let (name, number) = (&new.name, field.number);
                let text =
                    format!("Message \"{name}\" had required field \"{number}\" added. {BECAUSE}");
                hits.add(field.subject(), field.at_first_of(&[]), old.place.file, text);
            }
        }
    }
}

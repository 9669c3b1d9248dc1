//! An extension has another number, or extends something else.

use std::collections::HashMap;

use super::{Breaks, NONE, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "EXTENSION_SAME_NUMBER",
    categories: NONE,
    finds: "An extension has another number, or extends something else",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "The name is the same and callers compile, but what was written under the old number is \
           an unknown field to new readers: a custom option of that name says nothing, and `a2 06 \
           01 78` is skipped. buf pairs extensions by number and sees one deleted and one added, \
           or nothing.",
    remedy: "restore the number; another number is for a new extension beside it",
    example: r#"
  syntax = "proto2";

  message Order {
    extensions 100 to 199;
  }

  extend Order {
-   optional string gift_note = 100;
+   optional string gift_note = 101;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    if pairing.extensions.deleted.is_empty() || pairing.extensions.added.is_empty() {
        return;
    }
    let added = pairing.extensions.added.iter().map(|new| (new.full_name(), *new));
    let added: HashMap<_, _> = added.collect();
    for old in &pairing.extensions.deleted {
        let name = old.full_name();
        let Some(new) = added.get(name) else { continue };
        let message = if old.message == new.message {
            format!("Extension \"{name}\" changed number from {} to {}.", old.number, new.number)
        } else {
            format!(
                "Extension \"{name}\" extended \"{}\" as {} and extends \"{}\" as {} now.",
                old.message, old.number, new.message, new.number
            )
        };
        hits.add(old.subject(), new.at_first_of(&[&[3]]), old.place.file, message);
    }
}

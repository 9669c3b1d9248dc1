//! A message is gone from its file.

use super::Category::{Csr, File};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File]),
        v2: Some(&[File, Csr]),
    },
    finds: "A message is gone from its file",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "Bytes of the message are still sent and stored, and nobody on the new side can name \
           their fields; an `Any` that holds one cannot be opened; code that uses the generated \
           type does not compile. It does not help that the message lives on in another file: \
           generators find it by file.",
    remedy: "restore the message and mark it `deprecated`; leave it in its file until the package \
           is retired",
    example: r#"
  message Order {
    string id = 1;
  }
-
- message Item {
-   string sku = 1;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    // Most are where they were, and need not be looked up.
    let moved = pairing.messages.both.iter().filter(|(old, new)| {
        old.place.file != new.place.file || old.nested_name != new.nested_name
    });
    let moved = moved.map(|(old, _)| old);
    for old in pairing.messages.deleted.iter().chain(moved) {
        let Some(file) = pairing.surviving_file(old.place.file) else { continue };
        let name = old.nested_name;
        if pairing.new.message_nested(file.name, name).is_none() {
            let at = pairing.deleted_from_file(file.name, name);
            let message = format!("Previously present message \"{name}\" was deleted from file.");
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

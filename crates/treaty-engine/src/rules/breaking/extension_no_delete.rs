//! An extension is gone from its file.

use super::Category::File;
use super::{Breaks, Categories, Rule};
use super::extension_names::{Declared, nested_name};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "EXTENSION_NO_DELETE",
    categories: Categories {
        v1beta1: None,
        v1: None,
        v2: Some(&[File]),
    },
    finds: "An extension is gone from its file",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "What was written under its number is an unknown field to new readers: `a2 06 03 61 62 \
           63` is skipped, a custom option says nothing any more; code that uses the generated \
           extension does not compile.",
    remedy: "restore the extension and mark it `[deprecated = true]`; leave it in its file until \
           the package is retired",
    example: r#"
  syntax = "proto2";

  message Order {
    optional string id = 1;
    extensions 100 to 199;
  }
-
- extend Order {
-   optional string gift_note = 100;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let left = Declared::new(pairing);
    for old in pairing.old.extensions.values() {
        let Some(file) = pairing.surviving_file(old.place.file) else { continue };
        let name = nested_name(pairing.old, old);
        if !left.in_file(file, name) {
            let at = pairing.deleted_from_file(file.name, name);
            let message = format!("Previously present extension \"{name}\" was deleted from file.");
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

//! An enum is gone from its file.

use super::Category::{Csr, File};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File]),
        v2: Some(&[File, Csr]),
    },
    finds: "An enum is gone from its file",
    breaks: &[Breaks::Json, Breaks::Source],
    why: "Its numbers are still sent and stored, but nobody on the new side can name them: JSON \
           readers refuse `\"STATE_OPEN\"`, and code that uses the generated type does not \
           compile. It does not help that the enum lives on in another file: generators find it by \
           file.",
    remedy: "restore the enum and mark it `deprecated`; leave it in its file until the package is \
           retired",
    example: r#"
  message Order {
-   State state = 1;
+   int32 state = 1;
  }
-
- enum State {
-   STATE_UNSPECIFIED = 0;
-   STATE_OPEN = 1;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    // Most are where they were, and need not be looked up.
    let moved = pairing.enums.both.iter().filter(|(old, new)| {
        old.place.file != new.place.file || old.nested_name != new.nested_name
    });
    let moved = moved.map(|(old, _)| old);
    for old in pairing.enums.deleted.iter().chain(moved) {
        let Some(file) = pairing.surviving_file(old.place.file) else { continue };
        let name = old.nested_name;
        if pairing.new.enum_nested(file.name, name).is_none() {
            let at = pairing.deleted_from_file(file.name, name);
            let message = format!("Previously present enum \"{name}\" was deleted from file.");
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

//! An enum is gone from its package, which still has others. — *Does not* find the
//! last one of a package, as buf does not.

use std::collections::HashSet;

use super::Category::{Package};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_ENUM_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[Package]),
        v1: Some(&[Package]),
        v2: Some(&[Package]),
    },
    finds: "An enum is gone from its package, which still has others",
    breaks: &[Breaks::Json, Breaks::Source],
    why: "As ENUM_NO_DELETE, but by package: the enum may move to another file of it. Its numbers \
           are still sent and stored, and nobody on the new side can name them.",
    remedy: "restore the enum and mark it `deprecated`; it may stand in another file of the \
           package",
    example: r#"
  message Order {
    State state = 1;
-   Color color = 2;
+   int32 color = 2;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
  }
-
- enum Color {
-   COLOR_UNSPECIFIED = 0;
-   COLOR_RED = 1;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    if pairing.enums.deleted.is_empty() {
        return;
    }
    let left: HashSet<_> = pairing.new.enums.values().map(|one| one.package).collect();
    for old in &pairing.enums.deleted {
        if left.contains(old.package) {
            let message = format!(
                "Previously present enum \"{}\" was deleted from package \"{}\".",
                old.nested_name, old.package
            );
            let at = pairing.deleted_from_package(old.place.file, old.nested_name);
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

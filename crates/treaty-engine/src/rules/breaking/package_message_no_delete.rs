//! A message is gone from its package, which still has others. — *Does not* find the
//! last one of a package, as buf does not.

use std::collections::HashSet;

use super::Category::Package;
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_MESSAGE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[Package]),
        v1: Some(&[Package]),
        v2: Some(&[Package]),
    },
    finds: "A message is gone from its package, which still has others",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "As MESSAGE_NO_DELETE, but by package: the message may move to another file of it. Its \
           bytes are still sent and stored, an `Any` may hold one, and nobody on the new side can \
           name what is in them.",
    remedy: "restore the message and mark it `deprecated`; it may stand in another file of the \
           package",
    example: r#"
  // shop/v1/order.proto
  message Order {
    string id = 1;
  }
- // shop/v1/item.proto
- message Item {
-   string sku = 1;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    if pairing.messages.deleted.is_empty() {
        return;
    }
    let left: HashSet<_> = pairing.new.messages.values().map(|one| one.package).collect();
    for old in &pairing.messages.deleted {
        if left.contains(old.package) {
            let message = format!(
                "Previously present message \"{}\" was deleted from package \"{}\".",
                old.nested_name, old.package
            );
            let at = pairing.message_deleted_from_package(old);
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

//! An extension is gone from its package, which still has others.

use super::Category::Package;
use super::{Breaks, Categories, Rule};
use super::extension_names::{Declared, nested_name, package};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_EXTENSION_NO_DELETE",
    categories: Categories {
        v1beta1: None,
        v1: None,
        v2: Some(&[Package]),
    },
    finds: "An extension is gone from its package, which still has others",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "As EXTENSION_NO_DELETE, but by package: the extension may move to another file of it. \
           What was written under its number, such as `a2 06 03 61 62 63`, is skipped by new \
           readers, and a custom option says nothing any more.",
    remedy: "restore the extension and mark it `[deprecated = true]`; it may stand in another \
           file of the package",
    example: r#"
  syntax = "proto2";

  message Order {
    extensions 100 to 199;
  }

  extend Order {
-   optional string gift_note = 100;
    optional string color = 101;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let left = Declared::new(pairing);
    for old in pairing.old.extensions.values() {
        let package = package(pairing.old, old);
        if left.by_name(old.full_name()) || !left.in_package(package) {
            continue;
        }
        let name = nested_name(pairing.old, old);
        let at = pairing.deleted_from_package(old.place.file, name);
        let message = format!(
            "Previously present extension \"{name}\" was deleted from package \"{package}\"."
        );
        hits.add(old.subject(), at, old.place.file, message);
    }
}

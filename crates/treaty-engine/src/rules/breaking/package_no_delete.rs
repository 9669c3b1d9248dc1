//! A package is gone.

use super::Category::{Package};
use super::{Breaks, Categories, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[Package]),
        v1: Some(&[Package]),
        v2: Some(&[Package]),
    },
    finds: "A package is gone",
    breaks: &[Breaks::Json, Breaks::Calls, Breaks::Source],
    why: "Nothing of it is left: old clients call `/<package>.<Service>/<Method>` and get \
           UNIMPLEMENTED, stored messages and `Any` have no reader, and code that uses any of it \
           does not compile.",
    remedy: "restore the package and mark its services `deprecated`; retire it when its last \
           caller has moved",
    example: r#"
- // billing/v1/bill.proto
- package billing.v1;
-
- message Bill {
-   string id = 1;
- }
  // shop/v1/order.proto
  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let left = pairing.new.packages();
    for package in pairing.old.packages() {
        if !left.contains(package) {
            let mut files = pairing.old.files.values().filter(|file| file.package == package);
            let file = files.next().map_or("", |file| file.name);
            let message = format!("Previously present package \"{package}\" was deleted.");
            hits.add(Subject::Package(package.to_owned()), At::Gone, file, message);
        }
    }
}

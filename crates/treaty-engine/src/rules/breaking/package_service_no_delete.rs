//! A service is gone from its package, which still exists.

use super::Category::{Package};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SERVICE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[Package]),
        v1: Some(&[Package]),
        v2: Some(&[Package]),
    },
    finds: "A service is gone from its package, which still exists",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "As SERVICE_NO_DELETE, but by package: the service may move to another file of it, for \
           callers know only `/<package>.<Service>/<Method>`. Those who call that get \
           UNIMPLEMENTED.",
    remedy: "restore the service and mark it `deprecated`; it may stand in another file of the \
           package",
    example: r#"
  service Orders {
    rpc GetOrder(Order) returns (Order);
  }
-
- service Refunds {
-   rpc GetRefund(Order) returns (Order);
- }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let left = pairing.new.packages();
    for old in &pairing.services.deleted {
        if left.contains(old.package) {
            let message = format!(
                "Previously present service \"{}\" was deleted from package \"{}\".",
                old.name, old.package
            );
            let at = pairing.deleted_from_package(old.place.file, old.name);
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

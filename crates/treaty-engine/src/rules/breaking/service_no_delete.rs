//! A service is gone from its file.

use super::Category::{File};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "SERVICE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File]),
        v2: Some(&[File]),
    },
    finds: "A service is gone from its file",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "Clients are not rolled out with the server. Those that are out there still call \
           `/<package>.<Service>/<Method>` and get UNIMPLEMENTED; code that uses the generated \
           client or server does not compile. That the service lives on in another file helps \
           callers, but not that code.",
    remedy: "restore the service and mark it `deprecated`; serve it until its last caller has \
           moved",
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
    // Most are where they were, and need not be looked up.
    let moved = pairing.services.both.iter().filter(|(old, new)| {
        old.place.file != new.place.file || old.package != new.package
    });
    let moved = moved.map(|(old, _)| old);
    for old in pairing.services.deleted.iter().chain(moved) {
        let Some(file) = pairing.surviving_file(old.place.file) else { continue };
        let name = old.name;
        if pairing.new.service_in(file.name, name).is_none() {
            let at = At::File(file.name.to_owned());
            let message = format!("Previously present service \"{name}\" was deleted from file.");
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

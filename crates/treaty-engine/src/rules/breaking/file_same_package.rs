//! A file declares another package.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A file declares another package",
    breaks: &[Breaks::Json, Breaks::Calls, Breaks::Source],
    why: "Every full name in the file is another one. Old clients call `/shop.v1.Orders/GetOrder` \
           and get UNIMPLEMENTED; `Any`, which holds the full name of what is in it, is not \
           understood; and generated code moves. It is a rename of everything at once.",
    remedy: "restore the package; a new package is a new file beside the old one",
    example: r#"
- package shop.v1;
+ package store.v1;

  service Orders {
    rpc GetOrder(Order) returns (Order);
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.files.both {
        if old.package != new.package {
            let (from, to) = (&old.package, &new.package);
            let message = format!("File package changed from \"{from}\" to \"{to}\".");
            let at = At::token(new.name, &[2]);
            hits.add(old.subject(), at, old.name, message);
        }
    }
}

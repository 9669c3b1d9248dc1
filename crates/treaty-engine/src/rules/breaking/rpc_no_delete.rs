//! A method is gone from its service.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A method is gone from its service",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "Clients are not rolled out with the server. Those that are out there still call \
           `/shop.v1.Orders/CancelOrder`, and the new server answers UNIMPLEMENTED; code that uses \
           the generated method does not compile.",
    remedy: "restore the method and mark it `deprecated`; serve it until its last caller has \
           moved",
    example: r#"
  service Orders {
    rpc GetOrder(Order) returns (Order);
-   rpc CancelOrder(Order) returns (Order);
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { new, part: method, .. } in &pairing.methods.deleted {
        let message = format!(
            "Previously present RPC \"{}\" on service \"{}\" was deleted.",
            method.name, new.name
        );
        let at = At::place(&new.place);
        hits.add(method.subject(), at, method.place.file, message);
    }
}

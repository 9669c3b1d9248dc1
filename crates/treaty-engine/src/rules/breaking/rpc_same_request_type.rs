//! A method has another request type.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_REQUEST_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A method has another request type",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "The server reads the bytes of one message as another: fields of the same number are \
           misread, the rest is skipped, and mostly without an error. That both types look alike \
           today does not keep them alike.",
    remedy: "restore the type; a method with another type is a new method",
    example: r#"
  service Orders {
-   rpc GetOrder(GetOrderRequest) returns (Order);
+   rpc GetOrder(FindOrderRequest) returns (Order);
  }

  message GetOrderRequest {
    string id = 1;
  }

  message FindOrderRequest {
    string customer_id = 1;
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.input != new.input {
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed request type from \"{}\" to \"{}\".",
                new.name, new.parent, old.input, new.input
            );
            hits.add(new.subject(), At::part(&new.place, &[2]), old.place.file, message);
        }
    }
}

//! A method has another response type.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_RESPONSE_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A method has another response type",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "The client reads the bytes of one message as another: fields of the same number are \
           misread, the rest is skipped, and mostly without an error. That both types look alike \
           today does not keep them alike.",
    remedy: "restore the type; a method with another type is a new method",
    example: r#"
  service Orders {
-   rpc GetOrder(GetOrderRequest) returns (Order);
+   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
  }

  message GetOrderRequest {
    string id = 1;
  }

  message Order {
    string id = 1;
  }

  message GetOrderResponse {
    Order order = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.output != new.output {
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed response type from \"{}\" to \"{}\".",
                new.name, new.parent, old.output, new.output
            );
            hits.add(new.subject(), At::part(&new.place, &[3]), old.place.file, message);
        }
    }
}

//! The client of a method sends one message instead of many, or many instead of one.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_CLIENT_STREAMING",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "The client of a method sends one message instead of many, or many instead of one",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "One side waits for a message or for the end of the stream that the other does not send: \
           a server that expects one request refuses the second with INTERNAL or UNIMPLEMENTED, \
           and generated clients have another signature.",
    remedy: "restore the method; the other kind of stream is a new method",
    example: r#"
  service Orders {
-   rpc ImportOrders(Order) returns (Order);
+   rpc ImportOrders(stream Order) returns (Order);
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.client_streaming != new.client_streaming {
            let kind = |streaming| if streaming { "streaming" } else { "unary" };
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed from client {} to client {}.",
                new.name,
                new.parent,
                kind(old.client_streaming),
                kind(new.client_streaming)
            );
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

//! The server of a method sends one message instead of many, or many instead of one.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_SERVER_STREAMING",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "The server of a method sends one message instead of many, or many instead of one",
    breaks: &[Breaks::Calls, Breaks::Source],
    why: "One side waits for a message or for the end of the stream that the other does not send: \
           a client that expects one answer fails at the second with INTERNAL, and generated \
           servers have another signature.",
    remedy: "restore the method; the other kind of stream is a new method",
    example: r#"
  service Orders {
-   rpc ListOrders(Order) returns (Order);
+   rpc ListOrders(Order) returns (stream Order);
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.server_streaming != new.server_streaming {
            let kind = |streaming| if streaming { "streaming" } else { "unary" };
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed from server {} to server {}.",
                new.name,
                new.parent,
                kind(old.server_streaming),
                kind(new.server_streaming)
            );
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

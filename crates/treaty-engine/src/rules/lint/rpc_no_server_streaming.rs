//! The server of a method sends a stream.

use super::Category::{UnaryRpc};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_NO_SERVER_STREAMING",
    categories: Categories {
        v1beta1: Some(&[UnaryRpc]),
        v1: Some(&[UnaryRpc]),
        v2: Some(&[UnaryRpc]),
    },
    deprecated: false,
    finds: "The server of a method sends a stream",
    why: "A stream of answers is tied to one connection and one server: when it breaks, the client \
           has to know where to go on, caches keep nothing of it, and not every proxy lets it stay \
           open.",
    remedy: "answer in pages, each with a token for the next",
    example: r#"
  service OrderService {
-   rpc ListOrders(ListOrdersRequest) returns (stream ListOrdersResponse);
+   rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);
  }

  message ListOrdersRequest {}
  message ListOrdersResponse {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (service, method, path) in file.methods() {
            if method.server_streaming {
                let message = format!("RPC \"{}\" is server streaming.", method.name);
                hits.add(file, path, format!("{}/{}", service.full_name, method.name), message);
            }
        }
    }
}

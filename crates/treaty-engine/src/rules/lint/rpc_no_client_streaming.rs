//! The client of a method sends a stream.

use super::Category::{UnaryRpc};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_NO_CLIENT_STREAMING",
    categories: Categories {
        v1beta1: Some(&[UnaryRpc]),
        v1: Some(&[UnaryRpc]),
        v2: Some(&[UnaryRpc]),
    },
    deprecated: false,
    finds: "The client of a method sends a stream",
    why: "A stream of requests is tied to one connection and one server: it is not retried, not \
           balanced and not passed on by every proxy, and browsers cannot send one at all.",
    remedy: "send the requests one by one, or many of them in one message",
    example: r#"
  service OrderService {
-   rpc ImportOrders(stream ImportOrdersRequest) returns (ImportOrdersResponse);
+   rpc ImportOrders(ImportOrdersRequest) returns (ImportOrdersResponse);
  }

  message ImportOrdersRequest {}
  message ImportOrdersResponse {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (service, method, path) in file.methods() {
            if method.client_streaming {
                let message = format!("RPC \"{}\" is client streaming.", method.name);
                hits.add(file, path, format!("{}/{}", service.full_name, method.name), message);
            }
        }
    }
}

//! A new HTTP route takes calls of an older method.

use super::{Breaks, NONE, Rule};
use super::http::{Known, place, routes};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "HTTP_ROUTE_NO_SHADOW",
    categories: NONE,
    finds: "A new HTTP route takes calls of an older method",
    breaks: &[Breaks::Calls],
    why: "The same verb and path now fits two methods, and which of them a gateway calls depends \
           on its order: a call that an old client makes for the one can end in the other.",
    remedy: "give the new method a path that no older one fits",
    example: r#"
  import "google/api/annotations.proto";

  service Orders {
    rpc GetOrder(GetOrderRequest) returns (Order) {
      option (google.api.http) = { get: "/v1/orders/{id}" };
    }
+   rpc GetLatestOrder(GetLatestOrderRequest) returns (Order) {
+     option (google.api.http) = { get: "/v1/orders/latest" };
+   }
  }

  message GetOrderRequest {
    string id = 1;
  }
+
+ message GetLatestOrderRequest {}

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let mut older = Known::default();
    for (old, new) in &pairing.methods.both {
        let now = routes(new);
        let kept = routes(old).into_iter().filter(|route| now.iter().any(|one| one.takes(route)));
        kept.for_each(|route| older.add(new, route));
    }
    if older.is_empty() {
        return;
    }
    let whole = pairing.services.added.iter().flat_map(|service| &service.methods);
    let added = whole.chain(pairing.methods.added.iter().map(|one| one.part)).map(|one| (one, Vec::new()));
    let changed = pairing.methods.both.iter().map(|(old, new)| (*new, routes(old)));
    for (method, before) in added.chain(changed) {
        for route in routes(method) {
            if before.iter().any(|one| one.takes(&route)) {
                continue;
            }
            for (other, example) in older.clashes(method, &route) {
                let message = format!(
                    "RPC \"{}\" on service \"{}\" takes {route}, which also fits \"{}/{}\": {example}.",
                    method.name, method.parent, other.service, other.name
                );
                hits.add(other.subject(), place(method), other.place.file, message);
            }
        }
    }
}

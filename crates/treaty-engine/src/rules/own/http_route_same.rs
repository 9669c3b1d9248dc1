//! A method is no longer reached by one of its HTTP routes.

use super::{Breaks, NONE, Rule};
use super::http::{place, routes};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "HTTP_ROUTE_SAME",
    categories: NONE,
    finds: "A method is no longer reached by one of its HTTP routes",
    breaks: &[Breaks::Calls],
    why: "Callers over HTTP know the verb and the path, not the method: they get 404 or 405, or \
           reach another method. Another `body` or `response_body` has them send and read other \
           JSON under the same path.",
    remedy: "keep the old route as one of `additional_bindings` beside the new one",
    example: r#"
  import "google/api/annotations.proto";

  service Orders {
    rpc GetOrder(GetOrderRequest) returns (Order) {
-     option (google.api.http) = { get: "/v1/orders/{id}" };
+     option (google.api.http) = { get: "/v1/order/{id}" };
    }
  }

  message GetOrderRequest {
    string id = 1;
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.proto.options.is_none() {
            continue;
        }
        let (was, is) = (routes(old), routes(new));
        let now = || match &is[..] {
            [] => "it has none now".to_owned(),
            all => {
                let all: Vec<_> = all.iter().map(ToString::to_string).collect();
                format!("it has {} now", all.join(", "))
            }
        };
        for route in was.iter().filter(|route| !is.iter().any(|one| one.serves(route))) {
            let message = format!(
                "RPC \"{}\" on service \"{}\" lost the HTTP route {route}; {}.",
                new.name,
                new.parent,
                now()
            );
            hits.add(new.subject(), place(new), old.place.file, message);
        }
    }
}

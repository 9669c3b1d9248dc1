//! A method's response is not named after the method.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, bare, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_RESPONSE_STANDARD_NAME",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "A method's response is not named after the method",
    why: "A method that answers with `Order` itself can never tell more than the order: no page \
           token, no warning. A response of its own has room, and nobody else depends on it.",
    remedy: "name it after the method, with the suffix Response",
    example: r#"
  service OrderService {
-   rpc GetOrder(GetOrderRequest) returns (Order);
+   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
  }

  message GetOrderRequest {}
+ message GetOrderResponse {
+   Order order = 1;
+ }
  message Order {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let allowed = view.options.rpc_allow_google_protobuf_empty_responses;
    for file in &view.files {
        for (service, method, path) in file.methods() {
            let full_name = bare(&method.output);
            if allowed && full_name == "google.protobuf.Empty" {
                continue;
            }
            let name = full_name.rsplit('.').next().unwrap_or(full_name);
            let short = format!("{}Response", pascal_case(&method.name));
            let long = format!("{}{short}", pascal_case(&service.name));
            if name != short && name != long {
                let message = format!(
                    "RPC response type \"{name}\" should be named \"{short}\" or \"{long}\"."
                );
                let subject = format!("{}/{}", service.full_name, method.name);
                hits.add(file, [&path[..], &[3]].concat(), subject, message);
            }
        }
    }
}

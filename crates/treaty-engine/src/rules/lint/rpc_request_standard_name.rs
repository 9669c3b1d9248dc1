//! A method's request is not named after the method.

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, bare, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_REQUEST_STANDARD_NAME",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "A method's request is not named after the method",
    why: "A request with a general name invites a second method to use it, and then neither can \
           change alone; one named after its method also tells readers where it belongs.",
    remedy: "name it after the method, with the suffix Request",
    example: r#"
  service OrderService {
-   rpc GetOrder(OrderId) returns (GetOrderResponse);
+   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
  }

- message OrderId {}
+ message GetOrderRequest {}
  message GetOrderResponse {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let allowed = view.options.rpc_allow_google_protobuf_empty_requests;
    for file in &view.files {
        for (service, method, path) in file.methods() {
            let full_name = bare(&method.input);
            if allowed && full_name == "google.protobuf.Empty" {
                continue;
            }
            let name = full_name.rsplit('.').next().unwrap_or(full_name);
            let short = format!("{}Request", pascal_case(&method.name));
            let long = format!("{}{short}", pascal_case(&service.name));
            if name != short && name != long {
                let message = format!(
                    "RPC request type \"{name}\" should be named \"{short}\" or \"{long}\"."
                );
                let subject = format!("{}/{}", service.full_name, method.name);
                hits.add(file, [&path[..], &[2]].concat(), subject, message);
            }
        }
    }
}

//! A method is not named in PascalCase.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_PASCAL_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A method is not named in PascalCase",
    why: "The name is part of the path of every call, `/shop.v1.OrderService/GetOrder`, and \
           becomes `getOrder`, `get_order` or `GetOrder` by its words, which generators find by \
           case.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
  service OrderService {
-   rpc get_order(GetOrderRequest) returns (GetOrderResponse);
+   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
  }

  message GetOrderRequest {}
  message GetOrderResponse {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (service, method, path) in file.methods() {
            let (name, expected) = (&*method.name, pascal_case(&method.name));
            if name != expected {
                let message =
                    format!("RPC name \"{name}\" should be PascalCase, such as \"{expected}\".");
                hits.add(file, [&path[..], &[1]].concat(), format!("{}/{}", service.full_name, method.name), message);
            }
        }
    }
}

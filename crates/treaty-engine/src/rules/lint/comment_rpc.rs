//! A method has no comment.

use super::comment_missing::Required;
use super::Category::{Comments};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "COMMENT_RPC",
    categories: Categories {
        v1beta1: Some(&[Comments]),
        v1: Some(&[Comments]),
        v2: Some(&[Comments]),
    },
    deprecated: false,
    finds: "A method has no comment",
    why: "The signature does not tell what a call does, whether it may be repeated, or which \
           errors are to be expected. Generated clients show the comment to whoever is about to \
           call.",
    remedy: "say before the method what it does, and when it fails",
    example: r#"
  service OrderService {
+   // Finds an order; NOT_FOUND if there is none of that id.
    rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
  }

  message GetOrderRequest {}
  message GetOrderResponse {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let required = Required::new(file);
        for (service, method, path) in file.methods() {
            required.comment(hits, path.to_vec(), "RPC", &method.name, format!("{}/{}", service.full_name, method.name));
        }
    }
}

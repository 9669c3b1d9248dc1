//! A message is the request or response of more than one method.

use std::collections::BTreeMap;

use super::Category::{Default, Standard, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{FileView, Hits, View, bare};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_REQUEST_RESPONSE_UNIQUE",
    categories: Categories {
        v1beta1: Some(&[Default, Standard, StyleDefault, StyleStandard]),
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "A message is the request or response of more than one method",
    why: "A field that one method needs is then a field of all that share the message: callers of \
           the others see it and wonder, and none of the methods can change alone.",
    remedy: "give each method a request and a response of its own",
    example: r#"
  service OrderService {
    rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
-   rpc CancelOrder(GetOrderRequest) returns (CancelOrderResponse);
+   rpc CancelOrder(CancelOrderRequest) returns (CancelOrderResponse);
  }

  message GetOrderRequest {}
  message GetOrderResponse {}
  message CancelOrderRequest {}
  message CancelOrderResponse {}
"#,
    check,
};

/// The message without fields.
const EMPTY: &str = "google.protobuf.Empty";

/// A method with its place.
struct Method<'v, 'd> {
    file: &'v FileView<'d>,
    path: [i32; 4],
    name: &'d str,
    subject: String,
    input: &'d str,
    output: &'d str,
}

impl<'d> Method<'_, 'd> {
    fn report(&self, hits: &mut Hits<'d>, message: String) {
        hits.add(self.file, self.path, self.subject.clone(), message);
    }
}

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let options = view.options;
    let empty_requests = options.rpc_allow_google_protobuf_empty_requests;
    let empty_responses = options.rpc_allow_google_protobuf_empty_responses;
    let methods = methods(view);
    if !options.rpc_allow_same_request_response {
        for method in methods.iter().filter(|method| method.input == method.output) {
            if !(method.input == EMPTY && empty_requests && empty_responses) {
                let (name, both) = (method.name, method.input);
                let message = format!(
                    "RPC \"{name}\" has the same type \"{both}\" for the request and response."
                );
                method.report(hits, message);
            }
        }
    }
    let mut users: BTreeMap<&str, Vec<&Method<'_, 'd>>> = BTreeMap::new();
    for method in &methods {
        users.entry(method.input).or_default().push(method);
        if method.output != method.input {
            users.entry(method.output).or_default().push(method);
        }
    }
    for (name, users) in users.into_iter().filter(|(_, users)| users.len() > 1) {
        if name == EMPTY && (empty_requests || empty_responses) {
            one_side(hits, &users, empty_requests, ("request", |method| method.input));
            one_side(hits, &users, empty_responses, ("response", |method| method.output));
            continue;
        }
        for method in users {
            let message =
                format!("\"{name}\" is used as the request or response type for multiple RPCs.");
            method.report(hits, message);
        }
    }
}

/// Where Empty is allowed on the other side only.
fn one_side<'v, 'd>(
    hits: &mut Hits<'d>,
    users: &[&Method<'v, 'd>],
    allowed: bool,
    (side, of): (&str, fn(&Method<'v, 'd>) -> &'d str),
) {
    let users: Vec<_> = users.iter().filter(|method| of(method) == EMPTY).collect();
    if !allowed && users.len() > 1 {
        for method in users {
            let message = format!("\"{EMPTY}\" is used as the {side} for multiple RPCs.");
            method.report(hits, message);
        }
    }
}

fn methods<'v, 'd>(view: &'v View<'d>) -> Vec<Method<'v, 'd>> {
    let mut all = Vec::new();
    for file in &view.files {
        all.extend(file.methods().map(|(service, method, path)| Method {
            file,
            path,
            name: &method.name,
            subject: format!("{}/{}", service.full_name, method.name),
            input: bare(&method.input),
            output: bare(&method.output),
        }));
    }
    all
}

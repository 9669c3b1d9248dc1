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
    why: "Streams are not retried, not cached, and not passed by every proxy; browsers have no \
           streams of requests at all.",
    remedy: "send pages, each in a call of its own",
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

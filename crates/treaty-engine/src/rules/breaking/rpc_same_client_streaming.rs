//! The client of a method sends one message instead of many, or many instead of one.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_CLIENT_STREAMING",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "The client of a method sends one message instead of many, or many instead of one",
    why: "One side waits for a message or an end of stream that the other does not send, and \
           answers INTERNAL or UNIMPLEMENTED.",
    remedy: "restore the method; the other kind of stream is a new method",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.method_pairs() {
        if old.client_streaming != new.client_streaming {
            let kind = |streaming| if streaming { "streaming" } else { "unary" };
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed from client {} to client {}.",
                new.name,
                new.parent,
                kind(old.client_streaming),
                kind(new.client_streaming)
            );
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

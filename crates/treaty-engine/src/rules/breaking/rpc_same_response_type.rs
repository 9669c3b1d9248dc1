//! A method has another response type.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_RESPONSE_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A method has another response type",
    why: "The client reads the bytes of one message as another: fields of the same number are \
           misread, the rest is skipped.",
    remedy: "restore the type; a method with another type is a new method",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.method_pairs() {
        if old.output != new.output {
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed response type from \"{}\" to \"{}\".",
                new.name, new.parent, old.output, new.output
            );
            hits.add(new.subject(), At::part(&new.place, &[3]), old.place.file, message);
        }
    }
}

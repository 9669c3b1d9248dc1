//! A oneof is gone from its message.

use super::Category::{Csr, File, Package};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ONEOF_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A oneof is gone from its message",
    why: "Its members no longer clear each other: a reader may meet two of them at once, and \
           generated code that matches on the oneof does not compile.",
    remedy: "restore the oneof; deprecate its members one by one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for message in &pairing.oneofs {
        for oneof in &message.parts.deleted {
            let text = format!(
                "Previously present oneof \"{}\" on message \"{}\" was deleted.",
                oneof.name, message.new.name
            );
            let at = At::place(&message.new.place);
            hits.add(oneof.subject(), at, message.old.place.file, text);
        }
    }
}

//! A reserved number or name of a message is free again.

use super::reserved_change::{deleted_names, deleted_ranges};
use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RESERVED_MESSAGE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A reserved number or name of a message is free again",
    why: "What is reserved was used once: given to something new, it reads old bytes or JSON \
           as something that they are not.",
    remedy: "restore the `reserved` statement",
    check,
};

/// What protoc reads `max` as.
const MAX: i32 = 536_870_911;

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.messages.both {
        let on = format!("on message \"{}\"", new.name);
        let ranges = deleted_ranges(&old.reserved, &new.reserved, &on, MAX);
        let names = deleted_names(&old.reserved, &new.reserved, &on);
        for message in ranges.into_iter().chain(names) {
            let subject = new.subject();
            hits.add(subject, At::place(&new.place), old.place.file, message);
        }
    }
}

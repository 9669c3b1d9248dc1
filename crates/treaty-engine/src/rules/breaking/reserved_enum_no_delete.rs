//! A reserved number or name of an enum is free again.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use super::range_change::unreserved;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RESERVED_ENUM_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A reserved number or name of an enum is free again",
    why: "What is reserved was used once: given to something new, it reads old bytes or JSON as \
           something that they are not.",
    remedy: "restore the `reserved` statement",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.enums.both {
        if old.reserved.is_empty() {
            continue;
        }
        let on = format!("on enum \"{}\"", new.name);
        for message in unreserved(&old.reserved, &new.reserved, &on, (i32::MAX, i32::MAX)) {
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

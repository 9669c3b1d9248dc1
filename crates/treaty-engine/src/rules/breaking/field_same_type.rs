//! A field has another type.

use super::type_change::{place, report};
use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A field has another type",
    why: "The same bytes mean something else: `08 03` is 3 as int32 and -2 as sint32; another \
           wire type is not read at all, and generated code does not compile.",
    remedy: "restore the type; the new type is a new field with a new number beside it, the old \
           one deprecated",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let at = || place(new);
        if old.kind != new.kind {
            report(hits, at(), old, new, (old.kind.name(), new.kind.name()), "");
        } else if new.kind.is_named() && old.type_name != new.type_name {
            report(hits, at(), old, new, (old.type_text(), new.type_text()), "");
        }
    }
}

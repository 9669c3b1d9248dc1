//! A field that is not set reads as another value.

use treaty_compiler::descriptor::Kind;

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::schema::{Cardinality, Default, Field};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_DEFAULT",
    categories: Categories {
        v1beta1: None,
        v1: None,
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A field that is not set reads as another value",
    why: "No bytes at all are 10 to an old reader and 20 to a new one; a writer that means 10 \
           leaves the field out.",
    remedy: "restore the default; the other default is for a new field with a new number",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        // Where neither writes a default, only the first value of an enum can be another one.
        let written = old.proto.default_value.is_some() || new.proto.default_value.is_some();
        let may_differ = written || old.kind == Kind::Enum || new.kind == Kind::Enum;
        if !may_differ || !is_single(old) || !is_single(new) {
            continue;
        }
        let from = Default::of(pairing.old, old);
        let to = Default::of(pairing.new, new);
        let (Some(from), Some(to)) = (from, to) else { continue };
        if from.is_zero() && to.is_zero() || from.same(&to) {
            continue;
        }
        let message =
            format!("{} changed default value from {from} to {to}.", new.description());
        hits.add(new.subject(), new.at_first_of(&[&[7]]), old.place.file, message);
    }
}

fn is_single(field: &Field<'_>) -> bool {
    !matches!(field.cardinality, Cardinality::Repeated | Cardinality::Map)
        && !matches!(field.kind, Kind::Message | Kind::Group)
}

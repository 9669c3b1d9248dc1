//! A file declares another syntax.

use super::Category::{Csr, File, Package};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_SYNTAX",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A file declares another syntax",
    why: "Field presence, packing of repeated numbers, closed enums and UTF-8 checks follow \
           the syntax: a proto2 reader drops an unknown number that a proto3 reader keeps.",
    remedy: "restore the syntax; a new package can be written in the new one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.files.both {
        if old.syntax != new.syntax {
            let (from, to) = (old.syntax, new.syntax);
            let message = format!("File syntax changed from \"{from}\" to \"{to}\".");
            let at = At::token(new.name, &[12]);
            hits.add(old.subject(), at, old.name, message);
        }
    }
}

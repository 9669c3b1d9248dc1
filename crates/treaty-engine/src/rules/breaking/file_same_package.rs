//! A file declares another package.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A file declares another package",
    why: "Every full name in it is another one: old clients call `/<old \
           package>.<Service>/<Method>` and get UNIMPLEMENTED, and `Any` holds types by their \
           full name.",
    remedy: "restore the package; a new package is a new file beside the old one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.files.both {
        if old.package != new.package {
            let (from, to) = (&old.package, &new.package);
            let message = format!("File package changed from \"{from}\" to \"{to}\".");
            let at = At::token(new.name, &[2]);
            hits.add(old.subject(), at, old.name, message);
        }
    }
}

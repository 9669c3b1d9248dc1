//! A file declares another package.

use super::{Category, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PACKAGE",
    categories: &[Category::File, Category::Package, Category::WireJson, Category::Wire],
    finds: "A file declares another package",
    why: "Every full name in it is another one: old clients call `/<old \
           package>.<Service>/<Method>` and get UNIMPLEMENTED, and `Any` holds types by their \
           full name.",
    remedy: "restore the package; a new package is a new file beside the old one",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in &pairing.files.both {
        if old.package != new.package {
            let (from, to) = (&old.package, &new.package);
            let message = format!("File package changed from \"{from}\" to \"{to}\".");
            let at = At::token(&new.name, &[2]);
            hits.add(Subject::File(old.name.clone()), at, &old.name, message);
        }
    }
}

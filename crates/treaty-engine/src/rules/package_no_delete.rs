//! A package is gone.

use super::{Category, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_NO_DELETE",
    categories: &[Category::Package],
    finds: "A package is gone",
    why: "Old clients call `/<package>.<Service>/<Method>` and get UNIMPLEMENTED; its messages \
           have no reader.",
    remedy: "restore the package and mark its services `deprecated`; retire it when its last \
           caller has moved",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    let left = pairing.new.packages();
    for package in pairing.old.packages() {
        if !left.contains(package) {
            let mut files = pairing.old.files.values().filter(|file| file.package == package);
            let file = files.next().map_or("", |file| &file.name);
            let message = format!("Previously present package \"{package}\" was deleted.");
            hits.add(Subject::Package(package.to_owned()), At::Gone, file, message);
        }
    }
}

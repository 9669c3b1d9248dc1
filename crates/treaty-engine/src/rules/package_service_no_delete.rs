//! A service is gone from its package, which still exists.

use super::{Category, Rule};
use crate::Subject;
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SERVICE_NO_DELETE",
    categories: &[Category::Package],
    finds: "A service is gone from its package, which still exists",
    why: "Old clients still call `/<package>.<Service>/<Method>` and get UNIMPLEMENTED.",
    remedy: "restore the service and mark it `deprecated`; it may stand in another file of the \
           package",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    let left = pairing.new.packages();
    for old in &pairing.services.deleted {
        if left.contains(old.package.as_str()) {
            let message = format!(
                "Previously present service \"{}\" was deleted from package \"{}\".",
                old.name, old.package
            );
            let at = pairing.deleted_from_package(&old.place.file, &old.name);
            hits.add(Subject::Service(old.full_name.clone()), at, &old.place.file, message);
        }
    }
}

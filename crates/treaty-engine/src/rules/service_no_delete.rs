//! A service is gone from its file.

use super::{Category, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "SERVICE_NO_DELETE",
    categories: &[Category::File],
    finds: "A service is gone from its file",
    why: "Old clients still call `/<package>.<Service>/<Method>` and get UNIMPLEMENTED; \
           generated clients and servers do not compile.",
    remedy: "restore the service and mark it `deprecated`; serve it until its last caller has \
           moved",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old_file, new_file) in &pairing.files.both {
        for old in pairing.old.services.values().filter(|one| one.place.file == old_file.name) {
            let left = pairing.new.services.values();
            if !left.into_iter().any(|new| new.place.file == new_file.name && new.name == old.name)
            {
                let at = At::File(new_file.name.clone());
                let name = &old.name;
                let message =
                    format!("Previously present service \"{name}\" was deleted from file.");
                hits.add(Subject::Service(old.full_name.clone()), at, &old_file.name, message);
            }
        }
    }
}

//! A service is gone from its file.

use super::Category::{File};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "SERVICE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File]),
        v2: Some(&[File]),
    },
    finds: "A service is gone from its file",
    why: "Old clients still call `/<package>.<Service>/<Method>` and get UNIMPLEMENTED; \
           generated clients and servers do not compile.",
    remedy: "restore the service and mark it `deprecated`; serve it until its last caller has \
           moved",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    // Most are where they were, and need not be looked up.
    let moved = pairing.services.both.iter().filter(|(old, new)| {
        old.place.file != new.place.file || old.package != new.package
    });
    let moved = moved.map(|(old, _)| old);
    for old in pairing.services.deleted.iter().chain(moved) {
        let Some(file) = pairing.surviving_file(old.place.file) else { continue };
        let name = old.name;
        if pairing.new.service_in(file.name, name).is_none() {
            let at = At::File(file.name.to_owned());
            let message = format!("Previously present service \"{name}\" was deleted from file.");
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

//! A method is gone from its service.

use super::Category::{File, Package};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A method is gone from its service",
    why: "Old clients still call `/<package>.<Service>/<Method>` and get UNIMPLEMENTED.",
    remedy: "restore the method and mark it `deprecated`; serve it until its last caller has \
           moved",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for service in &pairing.methods {
        for method in &service.parts.deleted {
            let message = format!(
                "Previously present RPC \"{}\" on service \"{}\" was deleted.",
                method.name, service.new.name
            );
            let at = At::place(&service.new.place);
            hits.add(method.subject(), at, method.place.file, message);
        }
    }
}

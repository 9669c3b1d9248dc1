//! A method promises less about being called twice.

use super::{NONE, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_IDEMPOTENCY_NO_LOWER",
    categories: NONE,
    finds: "A method promises less about being called twice",
    why: "Old clients and meshes still retry and hedge by the promise they were built with: what \
           was safe to repeat is done twice, an order is placed twice.",
    remedy: "restore `idempotency_level`; a method with a weaker promise is a new method",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.idempotency > new.idempotency {
            let message = format!(
                "RPC \"{}\" on service \"{}\" lowered its idempotency from {} to {}.",
                new.name, new.parent, old.idempotency, new.idempotency
            );
            hits.add(new.subject(), At::part_or_whole(&new.place, &[4, 34]), old.place.file, message);
        }
    }
}

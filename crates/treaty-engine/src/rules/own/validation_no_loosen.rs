//! A validation accepts what was refused.

use super::{NONE, Rule};
use super::validation::report;
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "VALIDATION_NO_LOOSEN",
    categories: NONE,
    finds: "A validation accepts what was refused",
    why: "A client that validates answers by the old constraints refuses a new server's answer; \
           what was stored by the old ones met them, what is stored now may not.",
    remedy: "restore the constraint, or let those who validate answers move first",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    report(pairing, hits, false);
}

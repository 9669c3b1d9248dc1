//! A validation refuses what was valid.

use super::{NONE, Rule};
use super::validation::report;
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "VALIDATION_NO_TIGHTEN",
    categories: NONE,
    finds: "A validation refuses what was valid",
    why: "An old client still sends what was valid, and is answered INVALID_ARGUMENT.",
    remedy: "restore the constraint; ask for more in a new field or a new method, or let clients \
           move first",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    report(pairing, hits, true);
}

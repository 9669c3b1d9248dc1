//! A method has another response type.

use super::{Category, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_RESPONSE_TYPE",
    categories: &[Category::File, Category::Package, Category::WireJson, Category::Wire],
    finds: "A method has another response type",
    why: "The client reads the bytes of one message as another: fields of the same number are \
           misread, the rest is skipped.",
    remedy: "restore the type; a method with another type is a new method",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in pairing.method_pairs() {
        if old.output != new.output {
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed response type from \"{}\" to \"{}\".",
                new.name, new.parent, old.output, new.output
            );
            hits.add(new.subject(), At::part(&new.place, &[3]), &old.place.file, message);
        }
    }
}

//! An enum became open or closed.

use super::{Category, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_SAME_TYPE",
    categories: &[Category::File, Category::Package],
    finds: "An enum became open or closed",
    why: "A reader of a closed enum drops a number that it does not know and shows the \
           default; a reader of an open one keeps it.",
    remedy: "restore the syntax of the file that declares it",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in &pairing.enums.both {
        if old.closed != new.closed {
            let state = |closed| if closed { "closed" } else { "open" };
            let message = format!(
                "Enum \"{}\" changed from {} to {}.",
                new.name,
                state(old.closed),
                state(new.closed)
            );
            let subject = Subject::Enum(new.full_name.clone());
            hits.add(subject, At::place(&new.place), &old.place.file, message);
        }
    }
}

//! An enum became open or closed.

use super::Category::{File, Package};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_SAME_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "An enum became open or closed",
    why: "A reader of a closed enum drops a number that it does not know and shows the \
           default; a reader of an open one keeps it.",
    remedy: "restore the syntax of the file that declares it",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.enums.both {
        if old.closed != new.closed {
            let state = |closed| if closed { "closed" } else { "open" };
            let message = format!(
                "Enum \"{}\" changed from {} to {}.",
                new.name,
                state(old.closed),
                state(new.closed)
            );
            let subject = new.subject();
            hits.add(subject, At::place(&new.place), old.place.file, message);
        }
    }
}

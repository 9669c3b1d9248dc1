//! A reserved number or name of an enum is free again.

use super::reserved_change::{deleted_names, deleted_ranges};
use super::{Category, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RESERVED_ENUM_NO_DELETE",
    categories: &[Category::File, Category::Package, Category::WireJson, Category::Wire],
    finds: "A reserved number or name of an enum is free again",
    why: "What is reserved was used once: given to something new, it reads old bytes or JSON \
           as something that they are not.",
    remedy: "restore the `reserved` statement",
    check,
};

/// What protoc reads `max` as.
const MAX: i32 = i32::MAX;

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old, new) in &pairing.enums.both {
        let on = format!("on enum \"{}\"", new.name);
        let ranges = deleted_ranges(&old.reserved, &new.reserved, &on, MAX);
        let names = deleted_names(&old.reserved, &new.reserved, &on);
        for message in ranges.into_iter().chain(names) {
            let subject = Subject::Enum(new.full_name.clone());
            hits.add(subject, At::place(&new.place), &old.place.file, message);
        }
    }
}

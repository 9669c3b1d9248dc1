//! A message, enum or service is in another file or package.

use super::{NONE, Rule};
use super::moves::moves;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "TYPE_NO_MOVE",
    categories: NONE,
    finds: "A message, enum or service is in another file or package",
    why: "Generated code finds a type by file and package: whoever imports it from there does \
           not compile; in another package it also has another full name, under which `Any` and \
           old clients look for it in vain.",
    remedy: "move it back; a type of another package is a new type beside the old one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for one in moves(pairing) {
        let (sort, from, to) = (one.sort, one.old_name, one.new_name);
        let message = if from == to {
            format!("{sort} \"{from}\" moved from file \"{}\" to \"{}\".", one.old_file, one.place.file)
        } else {
            format!("{sort} \"{from}\" moved and is \"{to}\" now.")
        };
        hits.add(one.subject, At::place(one.place), one.old_file, message);
    }
}

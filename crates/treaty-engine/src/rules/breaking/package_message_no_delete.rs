//! A message is gone from its package, which still exists. — *Holds*: also for the last message of a
//! package, which buf 1.75 misses.

use super::Category::{Package};
use super::{Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_MESSAGE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[Package]),
        v1: Some(&[Package]),
        v2: Some(&[Package]),
    },
    finds: "A message is gone from its package, which still exists",
    why: "Its bytes are still sent and stored, and nobody on the new side can name what is in \
           them.",
    remedy: "restore the message and mark it `deprecated`; it may stand in another file of the \
           package",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let left = pairing.new.packages();
    for old in &pairing.messages.deleted {
        if left.contains(old.package) {
            let message = format!(
                "Previously present message \"{}\" was deleted from package \"{}\".",
                old.nested_name, old.package
            );
            let at = pairing.deleted_from_package(old.place.file, old.nested_name);
            hits.add(old.subject(), at, old.place.file, message);
        }
    }
}

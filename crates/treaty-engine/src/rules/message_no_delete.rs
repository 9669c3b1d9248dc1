//! A message is gone from its file.

use std::collections::BTreeSet;

use super::{Category, Rule};
use crate::Subject;
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::schema::Schema;

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_NO_DELETE",
    categories: &[Category::File],
    finds: "A message is gone from its file",
    why: "Bytes of the message are still sent and stored, and nobody on the new side can name \
           their fields; code that uses the generated type does not compile.",
    remedy: "restore the message and mark it `deprecated`; leave it in its file until the package \
           is retired",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for (old_file, new_file) in &pairing.files.both {
        let left: BTreeSet<_> = names(pairing.new, &new_file.name).collect();
        for old in pairing.old.messages.values().filter(|one| one.place.file == old_file.name) {
            if !left.contains(old.nested_name.as_str()) {
                let at = pairing.deleted_from_file(&new_file.name, &old.nested_name);
                let subject = Subject::Message(old.full_name.clone());
                let name = &old.nested_name;
                let message =
                    format!("Previously present message \"{name}\" was deleted from file.");
                hits.add(subject, at, &old_file.name, message);
            }
        }
    }
}

fn names<'a>(schema: &'a Schema, file: &str) -> impl Iterator<Item = &'a str> {
    let in_file = schema.messages.values().filter(move |one| one.place.file == file);
    in_file.map(|one| one.nested_name.as_str())
}

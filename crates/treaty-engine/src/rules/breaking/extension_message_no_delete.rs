//! A message no longer takes extensions under a number.

use super::Category::{Csr, File, Package};
use super::{Categories, Rule};
use super::range_change::Ranges;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::schema::Message;

pub(crate) const RULE: Rule = Rule {
    id: "EXTENSION_MESSAGE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A message no longer takes extensions under a number",
    why: "Whoever extends the message under that number does not compile; given to a field, the \
           number reads old bytes of the extension as something that they are not.",
    remedy: "restore the `extensions` statement",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.messages.both {
        if old.proto.extension_ranges.is_empty() {
            continue;
        }
        let ranges = |message: &Message<'_>| -> Vec<_> {
            let ranges = message.proto.extension_ranges.iter();
            ranges.map(|range| (range.start, range.end.saturating_sub(1))).collect()
        };
        let ranges = Ranges { old: &ranges(old), new: &ranges(new) };
        let on = format!("on message \"{}\"", new.name);
        for message in ranges.deleted("extension", &on, (old.max_number(), new.max_number())) {
            hits.add(new.subject(), At::place(&new.place), old.place.file, message);
        }
    }
}

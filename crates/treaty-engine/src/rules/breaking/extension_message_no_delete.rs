//! A message no longer takes extensions under a number.

use super::Category::{Csr, File, Package};
use super::{Breaks, Categories, Rule};
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
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "Extensions belong to others: whoever extends the message under such a number, perhaps in \
           a repository that you never see, no longer compiles. Given to a field of the message, \
           the number reads old bytes of their extension as something that they are not.",
    remedy: "restore the `extensions` statement",
    example: r#"
  syntax = "proto2";

  message Order {
    optional string id = 1;
-   extensions 100 to 199;
+   extensions 100 to 149;
  }
"#,
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

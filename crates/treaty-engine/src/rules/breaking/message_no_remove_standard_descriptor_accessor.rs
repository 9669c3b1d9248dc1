//! A message gave its `descriptor()` accessor away.

use super::Category::{Csr, File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::schema::Message;

pub(crate) const RULE: Rule = Rule {
    id: "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A message gave its `descriptor()` accessor away",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated C++ and Java code no longer has \
           `descriptor()`, so that a field of that name can have it; code that reflects on the \
           message does not compile.",
    remedy: "restore `no_standard_descriptor_accessor = false`, and rename the new field instead",
    example: r#"
  message Order {
+   option no_standard_descriptor_accessor = true;
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let removed = |message: &Message<'_>| {
        message.proto.options.as_ref().is_some_and(|options| options.flag(2))
    };
    for (old, new) in &pairing.messages.both {
        if !removed(old) && removed(new) {
            let message = "Message option \"no_standard_descriptor_accessor\" changed from \
                           \"false\" to \"true\"."
                .to_owned();
            hits.add(new.subject(), At::part(&new.place, &[7, 2]), old.place.file, message);
        }
    }
}

//! An enum became open or closed.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
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
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "A reader of an open enum keeps a number that it does not know; a reader of a closed one \
           puts it aside and sees the field as not set. So the same bytes, written by whoever has \
           more values, come to mean another state, and generated types change with it (a Java \
           `switch` meets UNRECOGNIZED, or never does).",
    remedy: "restore the syntax of the file that declares it, or `features.enum_type`",
    example: r#"
  edition = "2023";

  message Order {
    State state = 1;
  }

  enum State {
+   option features.enum_type = CLOSED;
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
  }
"#,
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
            hits.add(subject, At::part_or_whole(&new.place, &[3, 7, 2]), old.place.file, message);
        }
    }
}

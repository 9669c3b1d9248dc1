//! A number of an enum lost one of its names.

use super::Category::{Csr, File, Package, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_SAME_NAME",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson]),
        v1: Some(&[File, Package, WireJson]),
        v2: Some(&[File, Package, WireJson, Csr]),
    },
    finds: "A number of an enum lost one of its names",
    breaks: &[Breaks::Json, Breaks::Source],
    why: "Bytes hold the number, so they are read as before. JSON writes the name: a reader of the \
           other version refuses `\"STATE_OPEN\"` or, if it is lenient, drops it. Code that uses \
           the generated constant does not compile.",
    remedy: "restore the name; with `option allow_alias` a number can have an old and a new one",
    example: r#"
  message Order {
    State state = 1;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
-   STATE_OPEN = 1;
+   STATE_PLACED = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.values.both {
        if new.has_all_of(old) {
            continue;
        }
        let plural = if old.names.len() > 1 && new.names.len() > 1 { "s" } else { "" };
        let old_file = old.names.first().map_or("", |one| one.place.file);
        for one in &new.names {
            let message = format!(
                "Enum value \"{}\" on enum \"{}\" changed name{plural} from {} to {}.",
                new.number,
                new.parent,
                old.quoted(),
                new.quoted()
            );
            hits.add(new.subject(), At::part(&one.place, &[2]), old_file, message);
        }
    }
}

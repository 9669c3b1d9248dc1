//! The name of a removed enum value is used for another number.

use std::collections::HashMap;

use super::{Breaks, NONE, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_REUSE",
    categories: NONE,
    finds: "The name of a removed enum value is used for another number",
    breaks: &[Breaks::Json, Breaks::Source],
    why: "JSON writes values by name: old JSON with `\"STATE_OPEN\"` is read as a number that it \
           never meant, and old code that knows the name sends the old number. Every earlier \
           version counts, retired ones too, because what they wrote is still stored.",
    remedy: "give the new value a name that no version ever used, and reserve the old one",
    example: r#"
  message Order {
    State state = 1;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
-   STATE_OPEN = 1;
+   STATE_DRAFT = 1;
+   STATE_OPEN = 2;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.enums.both {
        if old.proto == new.proto {
            continue;
        }
        let now: HashMap<&str, _> = new
            .numbers
            .iter()
            .flat_map(|number| number.names.iter().map(move |name| (name.name, (number, name))))
            .collect();
        for was in &old.numbers {
            for name in &was.names {
                let Some((is, named)) = now.get(name.name) else { continue };
                if is.number != was.number {
                    let message = format!(
                        "Enum value \"{}\" on enum \"{}\" uses the name \"{}\" again, which was that of {}.",
                        is.number, new.name, name.name, was.number
                    );
                    hits.add(is.subject(), At::place(&named.place), name.place.file, message);
                }
            }
        }
    }
}

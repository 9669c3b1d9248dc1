//! The number or the name of a removed enum value is used for another one.

use std::collections::HashMap;

use super::{Breaks, NONE, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::schema::{Enum, Schema};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_VALUE_NO_REUSE",
    categories: NONE,
    finds: "The number or the name of a removed enum value is used for another one",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "JSON writes values by name: old JSON with `\"STATE_OPEN\"` is read as a number that it \
           never meant, and old code that knows the name sends the old number. Bytes hold the \
           number: one that was removed and comes back as another value is read as that. Every \
           earlier version counts, retired ones too, because what they wrote is still stored.",
    remedy: "give the new value a number and a name that no version ever used, and reserve the \
           old ones",
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
        names(old, new, hits);
        numbers(pairing, old, new, hits);
    }
}

fn names<'a>(old: &Enum<'a>, new: &Enum<'a>, hits: &mut Hits<'a>) {
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

/// A number that was gone for a while and has none of its names; one that was there all the time
/// was renamed.
fn numbers<'a>(pairing: &Pairing<'a>, old: &Enum<'a>, new: &Enum<'a>, hits: &mut Hits<'a>) {
    for was in &old.numbers {
        let Some(is) = new.number(was.number) else { continue };
        let (Some(name), Some(named)) = (was.names.first(), is.names.first()) else { continue };
        let keeps = |schema: &Schema<'_>| {
            schema.enums.get(old.full_name).is_some_and(|one| one.number(was.number).is_some())
        };
        let was_gone = !pairing.between.iter().all(|schema| keeps(schema));
        if was_gone && !was.names.iter().any(|one| is.has(one.name)) {
            let message = format!(
                "Enum value \"{}\" with name \"{}\" on enum \"{}\" uses the number {} again, which was that of \"{}\".",
                is.number, named.name, new.name, was.number, name.name
            );
            hits.add(is.subject(), At::place(&named.place), name.place.file, message);
        }
    }
}

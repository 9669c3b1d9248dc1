//! A value was added to a closed enum that a required field holds.

use std::collections::HashMap;

use treaty_compiler::descriptor::Kind;

use super::{Breaks, NONE, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};
use crate::schema::{Cardinality, Field};

pub(crate) const RULE: Rule = Rule {
    id: "CLOSED_ENUM_NO_NEW_VALUE",
    categories: NONE,
    finds: "A value was added to a closed enum that a required field holds",
    breaks: &[Breaks::Bytes],
    why: "An old reader of a closed enum puts a number that it does not know aside, as if the \
           field were not set. The field is required, so that it is missing then, and the whole \
           message is refused: one new value stops all old readers.",
    remedy: "add the value to an open enum in a new, optional field; give the old field one of \
           the old values",
    example: r#"
  syntax = "proto2";

  message Order {
    required State state = 1;
  }

  enum State {
    STATE_OPEN = 0;
+   STATE_SHIPPED = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    if pairing.values.added.iter().all(|one| !one.old.closed) {
        return;
    }
    let mut holders: HashMap<&str, &Field<'a>> = HashMap::new();
    let required = pairing.old.messages.values().flat_map(|message| &message.fields);
    for field in required.filter(|field| field.cardinality == Cardinality::Required) {
        if let (Kind::Enum, Some(name)) = (field.kind, field.type_name) {
            holders.entry(name).or_insert(field);
        }
    }
    for Part { old, new, part: value } in pairing.values.added.iter().filter(|one| one.old.closed) {
        let Some(holder) = holders.get(old.full_name) else { continue };
        let (Some(name), number) = (value.names.first(), value.number) else { continue };
        let message = format!(
            "Value \"{}\" = {number} was added to closed enum \"{}\", which the required field \
             \"{}.{}\" holds.",
            name.name, new.name, holder.message, holder.name
        );
        hits.add(value.subject(), At::place(&name.place), old.place.file, message);
    }
}

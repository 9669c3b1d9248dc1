//! The number or the name of a removed field is used for another one.

use std::collections::HashMap;

use super::{Breaks, NONE, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::schema::{Field, Schema};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_REUSE",
    categories: NONE,
    finds: "The number or the name of a removed field is used for another one",
    breaks: &[Breaks::Bytes, Breaks::Json],
    why: "Bytes and JSON outlive the version that wrote them: `10 05` of the removed field, or \
           `{\"total\": 5}`, is read as something that it never meant, and nobody sees an error. \
           Every earlier version counts, retired ones too: comparing with the last one only would \
           not see a number that came back after a while.",
    remedy: "give the new field a number and a name that no version ever used, and reserve the \
           old ones",
    example: r#"
  message Order {
    string id = 1;
-   int64 total = 2;
+   string coupon = 2;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.messages.both {
        if old.map_entry || old.proto == new.proto {
            continue;
        }
        let named: HashMap<&str, &Field<'a>> =
            new.fields.iter().map(|field| (field.name, field)).collect();
        for was in &old.fields {
            let by_number = new.field(was.number);
            let other = by_number.filter(|is| is_another(pairing, was, is));
            let number = other.map(|is| (is, format!("number {}", was.number)));
            let by_name = named.get(was.name).filter(|is| is.number != was.number);
            let name = by_name.map(|is| (*is, format!("name \"{}\"", was.name)));
            for (is, what) in number.into_iter().chain(name) {
                let message = format!(
                    "{} uses the {what} again, which was that of field \"{}\" with name \"{}\".",
                    is.description(),
                    was.number,
                    was.name
                );
                hits.add(is.subject(), is.at_first_of(&[]), was.place.file, message);
            }
        }
    }
}

/// Whether it is not the field that it was. One that was there all the time and still is read may
/// have been renamed; one that was gone for a while is another one.
fn is_another(pairing: &Pairing<'_>, was: &Field<'_>, is: &Field<'_>) -> bool {
    let has = |schema: &Schema<'_>| {
        schema.messages.get(was.message).is_some_and(|one| one.field(was.number).is_some())
    };
    let was_gone = !pairing.between.iter().all(|schema| has(schema));
    let (renamed, retyped) = (is.name != was.name, !reads(was, is));
    renamed && retyped || was_gone && (renamed || retyped)
}

/// Whether what was written still is read.
fn reads(was: &Field<'_>, is: &Field<'_>) -> bool {
    was.kind == is.kind && was.type_name == is.type_name && was.is_single() == is.is_single()
}

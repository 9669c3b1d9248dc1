//! A 64-bit field has another type in JavaScript.

use treaty_compiler::descriptor::Kind;

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_JSTYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A 64-bit field has another type in JavaScript",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated JavaScript and TypeScript hand out a string, \
           a number or a bigint: `total + 1` makes `\"51\"` of a 5 that became a string, and a \
           number loses digits beyond 2^53, both without an error.",
    remedy: "restore `jstype`",
    example: r#"
  message Order {
-   int64 total = 1 [jstype = JS_STRING];
+   int64 total = 1 [jstype = JS_NUMBER];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let none = old.options().is_none() && new.options().is_none();
        if none || !is_long(old.kind) || !is_long(new.kind) {
            continue;
        }
        let (from, to) = (old.jstype(), new.jstype());
        if from != to {
            let message = format!(
                "{} changed option \"jstype\" from \"{from}\" to \"{to}\".",
                new.description()
            );
            hits.add(new.subject(), new.at_first_of(&[&[8, 6]]), old.place.file, message);
        }
    }
}

fn is_long(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64
    )
}

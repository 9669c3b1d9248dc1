//! A field that is not set reads as another value.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::schema::Default;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_DEFAULT",
    categories: Categories {
        v1beta1: None,
        v1: None,
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A field that is not set reads as another value",
    breaks: &[Breaks::Bytes, Breaks::Json],
    why: "The default is never written: a writer that means 10 leaves the field out, and every \
           reader fills in the default of its own version. No bytes at all are 10 to an old reader \
           and 20 to a new one, and nobody sees an error.",
    remedy: "restore the default; the other default is for a new field with a new number",
    example: r#"
  syntax = "proto2";

  message Page {
-   optional int32 size = 1 [default = 10];
+   optional int32 size = 1 [default = 20];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let change = Default::change((pairing.old, old), (pairing.new, new));
        let Some((from, to)) = change else { continue };
        let message = format!("{} changed default value from {from} to {to}.", new.description());
        hits.add(new.subject(), new.at_first_of(&[&[7]]), old.place.file, message);
    }
}

//! A field moved into, out of or between oneofs.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_ONEOF",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A field moved into, out of or between oneofs",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "Reading one member of a oneof clears the others: of old bytes in which both fields are \
           set, a new reader keeps only the last. Generated code changes from fields to one of \
           several cases and does not compile. A single field that moves alone into a new oneof \
           has the same bytes; buf reports that too, and `treaty check` says that it is safe at \
           run time.",
    remedy: "restore the field to where it was; a new oneof takes new fields with new numbers",
    example: r#"
  message Payment {
-   string card = 1;
-   string voucher = 2;
+   oneof means {
+     string card = 1;
+     string voucher = 2;
+   }
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let message = match (&old.oneof, &new.oneof) {
            (Some(from), Some(to)) if from != to => {
                let what = new.description();
                // The stray letter is buf's.
                format!("{what}q moved from oneof \"{from}\" to oneof \"{to}\".")
            }
            (Some(_), None) => {
                format!("{} moved from inside to outside a oneof.", new.description())
            }
            (None, Some(_)) => {
                format!("{} moved from outside to inside a oneof.", new.description())
            }
            _ => continue,
        };
        hits.add(new.subject(), At::place(&new.place), old.place.file, message);
    }
}

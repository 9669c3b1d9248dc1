//! A field has another type.

use super::type_change::{place, report};
use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A field has another type",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "The same bytes mean something else: `08 03` is 3 as int32 and -2 as sint32. A type with \
           another wire type does not read them at all, and the value is lost without an error. \
           Even where bytes fit, as from int32 to int64, generated code has another type and JSON \
           may be another: int64 is a string there.",
    remedy: "restore the type; the new type is a new field with a new number beside it, the old \
           one deprecated",
    example: r#"
  message Item {
-   int32 count = 1;
+   sint32 count = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let at = || place(new);
        if old.kind != new.kind {
            report(hits, at(), old, new, (old.kind_text(), new.kind_text()), "");
        } else if new.kind.is_named() && old.type_name != new.type_name {
            report(hits, at(), old, new, (old.type_text(), new.type_text()), "");
        }
    }
}

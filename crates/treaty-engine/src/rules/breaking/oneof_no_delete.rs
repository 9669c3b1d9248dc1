//! A oneof is gone from its message.

use super::Category::{Csr, File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "ONEOF_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A oneof is gone from its message",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "Its members no longer clear each other: a new writer can set two of them, and an old \
           reader keeps only the last; generated code that matches on the oneof does not compile.",
    remedy: "restore the oneof; deprecate its members one by one",
    example: r#"
  message Payment {
-   oneof means {
-     string card = 1;
-     string voucher = 2;
-   }
+   string card = 1;
+   string voucher = 2;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for Part { old, new, part: oneof } in &pairing.oneofs.deleted {
        // A oneof that stands for a proto3 `optional` still has the name.
        if new.proto.oneofs.iter().any(|one| *one.name == *oneof.name) {
            continue;
        }
        let text = format!(
            "Previously present oneof \"{}\" on message \"{}\" was deleted.",
            oneof.name, new.name
        );
        let at = At::place(&new.place);
        hits.add(oneof.subject(), at, old.place.file, text);
    }
}

//! A field has a type that does not read the old bytes or the old JSON.

use super::type_change::{place, report};
use super::Category::{Csr, WireJson};
use super::{Breaks, Categories, Rule};
use crate::compat::{same_named_type, wire_json_group};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[WireJson]),
        v2: Some(&[WireJson, Csr]),
    },
    finds: "A field has a type that does not read the old bytes or the old JSON",
    breaks: &[Breaks::Bytes, Breaks::Json],
    why: "int64 5 has the bytes of int32 5, but in JSON it is the string `\"5\"`, which other code \
           than ours meets as text. Only int32 and uint32, int64 and uint64, fixed32 and sfixed32, \
           fixed64 and sfixed64 share both bytes and JSON; of any other pair one is misread.",
    remedy: "restore the type; the new type is a new field with a new number beside it, the old \
           one deprecated",
    example: r#"
  message Item {
-   bool gift = 1;
+   int32 gift = 1;
  }
"#,
    check,
};

/// Where the groups are explained.
const SEE: &str = " See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire \
    compatibility rules and https://developers.google.com/protocol-buffers/docs/proto3#json \
    for JSON compatibility rules.";

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if wire_json_group(old.kind) != wire_json_group(new.kind) {
            report(hits, place(new), old, new, (old.kind_text(), new.kind_text()), SEE);
        } else if !same_named_type((pairing.old, old), (pairing.new, new)) {
            report(hits, place(new), old, new, (old.type_text(), new.type_text()), "");
        }
    }
}

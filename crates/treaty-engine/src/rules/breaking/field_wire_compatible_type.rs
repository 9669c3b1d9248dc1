//! A field has a type that does not read the old bytes; a string may become bytes.

use treaty_compiler::descriptor::Kind;

use super::type_change::{place, report};
use super::Category::{Wire};
use super::{Breaks, Categories, Rule};
use crate::compat::{same_named_type, wire_group};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_WIRE_COMPATIBLE_TYPE",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[Wire]),
        v2: Some(&[Wire]),
    },
    finds: "A field has a type that does not read the old bytes",
    breaks: &[Breaks::Bytes],
    why: "Some types share their bytes: int32, int64, uint32, uint64 and bool; sint32 and sint64; \
           fixed32 and sfixed32; fixed64 and sfixed64; and bytes read what string wrote. Between \
           all others a value is misread, as `08 03` is 3 as int32 and -2 as sint32, or not read \
           at all, as by a string field.",
    remedy: "restore the type; the new type is a new field with a new number beside it, the old \
           one deprecated",
    example: r#"
  message Item {
-   int32 count = 1;
+   string count = 1;
  }
"#,
    check,
};

/// Where the groups are explained.
const SEE: &str = " See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire \
    compatibility rules.";

/// Why bytes are not a string, although a string is bytes.
const UTF8: &str = " Note that while string and bytes are compatible if the data is valid UTF-8, \
    there is no way to enforce that a bytes field is UTF-8, so these fields may be incompatible.";

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if wire_group(old.kind) != wire_group(new.kind) {
            if (old.kind, new.kind) == (Kind::String, Kind::Bytes) {
                continue;
            }
            let note = if (old.kind, new.kind) == (Kind::Bytes, Kind::String) { UTF8 } else { "" };
            let see = format!("{SEE}{note}");
            report(hits, place(new), old, new, (old.kind_text(), new.kind_text()), &see);
        } else if !same_named_type((pairing.old, old), (pairing.new, new)) {
            report(hits, place(new), old, new, (old.type_text(), new.type_text()), "");
        }
    }
}

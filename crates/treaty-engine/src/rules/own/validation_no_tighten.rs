//! A validation refuses what was valid.

use super::{Breaks, NONE, Rule};
use super::validation::{leave_out, report};
use crate::Role;
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "VALIDATION_NO_TIGHTEN",
    categories: NONE,
    finds: "A validation refuses what was valid",
    breaks: &[Breaks::Calls],
    why: "Bytes and types are the same, so that nothing but the call tells: an old client still \
           sends what was valid, and is answered INVALID_ARGUMENT. A field that is new and must be set \
           is such a constraint too: no old client sets it. What only travels in responses may \
           promise more, once servers keep it. The finding shows a value that one side accepts and \
           the other refuses.",
    remedy: "restore the constraint; ask for more in a new method, or let clients \
           move first",
    example: r#"
  import "buf/validate/validate.proto";

  message Order {
-   string note = 1 [(buf.validate.field).string.max_len = 20];
+   string note = 1 [(buf.validate.field).string.max_len = 10];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    report(pairing, hits, true);
    leave_out(pairing, hits, Role::Response);
}

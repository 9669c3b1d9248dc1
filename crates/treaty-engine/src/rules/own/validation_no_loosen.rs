//! A validation accepts what was refused.

use super::{Breaks, NONE, Rule};
use super::validation::{leave_out, report};
use crate::Role;
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "VALIDATION_NO_LOOSEN",
    categories: NONE,
    finds: "A validation accepts what was refused",
    breaks: &[Breaks::Calls],
    why: "Who validates by the old constraints, such as a client that checks answers, refuses what \
           the new side may send. What was stored before met the constraint; what is stored from \
           now on may not. What only travels in requests may ask for less: only servers validate \
           it, and a client whose values are accepted already loses nothing. The finding shows a \
           value that one side accepts and the other refuses.",
    remedy: "restore the constraint, or let those who validate answers move first",
    example: r#"
  import "buf/validate/validate.proto";

  message Order {
-   string note = 1 [(buf.validate.field).string.max_len = 10];
+   string note = 1 [(buf.validate.field).string.max_len = 20];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    report(pairing, hits, false);
    leave_out(pairing, hits, Role::Request);
}

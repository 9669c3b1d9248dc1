//! A method promises less about being called twice.

use super::{Breaks, NONE, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_IDEMPOTENCY_NO_LOWER",
    categories: NONE,
    finds: "A method promises less about being called twice",
    breaks: &[Breaks::Calls],
    why: "Old clients and meshes retry and hedge by the promise that they were built with: what \
           was safe to repeat is done twice, an order is placed twice. To promise more is no break \
           for them, and is not reported here.",
    remedy: "restore `idempotency_level`; a method with a weaker promise is a new method",
    example: r#"
  service Orders {
    rpc PlaceOrder(Order) returns (Order) {
-     option idempotency_level = IDEMPOTENT;
    }
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.idempotency > new.idempotency {
            let message = format!(
                "RPC \"{}\" on service \"{}\" lowered its idempotency from {} to {}.",
                new.name, new.parent, old.idempotency, new.idempotency
            );
            hits.add(new.subject(), At::part_or_whole(&new.place, &[4, 34]), old.place.file, message);
        }
    }
}

//! A method promises another idempotency level.

use super::Category::{Csr, File, Package, Wire, WireJson};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "RPC_SAME_IDEMPOTENCY_LEVEL",
    categories: Categories {
        v1beta1: Some(&[File, Package, WireJson, Wire]),
        v1: Some(&[File, Package, WireJson, Wire]),
        v2: Some(&[File, Package, WireJson, Wire, Csr]),
    },
    finds: "A method promises another idempotency level",
    breaks: &[Breaks::Calls],
    why: "Clients, proxies and meshes retry and hedge calls by it, and Connect sends \
           NO_SIDE_EFFECTS by GET. A promise taken back has old clients do things twice; a promise \
           added has new clients repeat what an old server does twice. `treaty check` tells the \
           one from the other.",
    remedy: "restore the option; a method with another promise is a new method",
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
        if old.idempotency != new.idempotency {
            let message = format!(
                "RPC \"{}\" on service \"{}\" changed option \"idempotency_level\" from \"{}\" to \"{}\".",
                new.name, new.parent, old.idempotency, new.idempotency
            );
            // Where the option is gone, the file as a whole stands for it, as buf has it.
            hits.add(new.subject(), At::part(&new.place, &[4, 34]), old.place.file, message);
        }
    }
}

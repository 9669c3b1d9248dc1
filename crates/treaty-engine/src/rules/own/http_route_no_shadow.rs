//! A new HTTP route takes calls of an older method.

use super::{NONE, Rule};
use super::http::{Known, place, routes};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "HTTP_ROUTE_NO_SHADOW",
    categories: NONE,
    finds: "A new HTTP route takes calls of an older method",
    why: "The same verb and path now fits two methods, and which one a gateway calls depends on \
           its order: calls of old clients can end in the new method.",
    remedy: "give the new method a path that no older one fits",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let mut older = Known::default();
    for (old, new) in &pairing.methods.both {
        let before = routes(old);
        let kept = routes(new).into_iter().filter(|route| before.iter().any(|one| one.same_path(route)));
        kept.for_each(|route| older.add(new, route));
    }
    if older.is_empty() {
        return;
    }
    let whole = pairing.services.added.iter().flat_map(|service| &service.methods);
    let added = whole.chain(pairing.methods.added.iter().map(|one| one.part)).map(|one| (one, Vec::new()));
    let changed = pairing.methods.both.iter().map(|(old, new)| (*new, routes(old)));
    for (method, before) in added.chain(changed) {
        for route in routes(method) {
            if before.iter().any(|one| one.same_path(&route)) {
                continue;
            }
            for (other, example) in older.clashes(method, &route) {
                let message = format!(
                    "RPC \"{}\" on service \"{}\" takes {route}, which also fits \"{}/{}\": {example}.",
                    method.name, method.parent, other.service, other.name
                );
                hits.add(other.subject(), place(method), other.place.file, message);
            }
        }
    }
}

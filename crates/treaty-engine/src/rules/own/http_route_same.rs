//! A method is no longer reached by one of its HTTP routes.

use super::{NONE, Rule};
use super::http::{place, routes};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "HTTP_ROUTE_SAME",
    categories: NONE,
    finds: "A method is no longer reached by one of its HTTP routes",
    why: "Old clients call the old verb and path and get 404 or 405, or another method; another \
           body or response_body has them send and read other JSON.",
    remedy: "keep the old route as one of `additional_bindings` beside the new one",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.methods.both {
        if old.proto.options.is_none() {
            continue;
        }
        let (was, is) = (routes(old), routes(new));
        let now = || match &is[..] {
            [] => "it has none now".to_owned(),
            all => {
                let all: Vec<_> = all.iter().map(ToString::to_string).collect();
                format!("it has {} now", all.join(", "))
            }
        };
        for route in was.iter().filter(|route| !is.iter().any(|one| one.serves(route))) {
            let message = format!(
                "RPC \"{}\" on service \"{}\" lost the HTTP route {route}; {}.",
                new.name,
                new.parent,
                now()
            );
            hits.add(new.subject(), place(new), old.place.file, message);
        }
    }
}

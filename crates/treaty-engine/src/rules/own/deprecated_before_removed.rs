//! An element was removed without having been deprecated for long enough.

use super::{Breaks, NONE, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "DEPRECATED_BEFORE_REMOVED",
    categories: NONE,
    finds: "An element was removed without having been deprecated for long enough",
    breaks: &[Breaks::Source],
    why: "Removing is the contract's right once it has told so for long enough. Those who build on \
           the element had no release in which their compiler warned them, and no date to plan by. \
           It is checked where `contract.toml` promises a number of versions or days.",
    remedy: "restore the element and mark it `deprecated`; remove it after as many releases or \
           days as the contract promises, or after its sunset date",
    example: r#"
  message Order {
    string id = 1;
-   string customer_id = 2;
+   reserved 2;
+   reserved "customer_id";
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let Some(promise) = &pairing.given.deprecation else { return };
    if promise.sunset.zip(promise.today).is_some_and(|(sunset, today)| today >= sunset) {
        return;
    }
    let mut check = |subject: Subject, at: At<'a>, file: &str| {
        let notice = promise.notice(&subject);
        if !promise.is_kept_by(&notice) {
            let message =
                format!("\"{subject}\" was removed{}; {}.", notice.words(), promise.words());
            hits.add(subject, at, file, message);
        }
    };
    let gone = |file: &str, nested: &str| pairing.deleted_from_package(file, nested);
    let mut outer: Vec<&str> = Vec::new();
    for one in pairing.messages.deleted.iter().filter(|one| !one.map_entry) {
        // What is in a removed message goes with it.
        if !outer.iter().any(|name| is_within(one.full_name, name)) {
            outer.push(one.full_name);
            check(one.subject(), gone(one.place.file, one.nested_name), one.place.file);
        }
    }
    for one in &pairing.enums.deleted {
        if !outer.iter().any(|name| is_within(one.full_name, name)) {
            check(one.subject(), gone(one.place.file, one.nested_name), one.place.file);
        }
    }
    for one in &pairing.services.deleted {
        check(one.subject(), gone(one.place.file, one.name), one.place.file);
    }
    for one in &pairing.extensions.deleted {
        check(one.subject(), gone(one.place.file, ""), one.place.file);
    }
    for Part { new, part, .. } in &pairing.fields.deleted {
        check(part.subject(), At::place(&new.place), part.place.file);
    }
    for Part { old, new, part } in &pairing.values.deleted {
        check(part.subject(), At::place(&new.place), old.place.file);
    }
    for Part { new, part, .. } in &pairing.methods.deleted {
        check(part.subject(), At::place(&new.place), part.place.file);
    }
}

fn is_within(name: &str, outer: &str) -> bool {
    name.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

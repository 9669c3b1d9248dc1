//! An element was removed without having been deprecated for long enough.

use std::collections::HashSet;

use super::{Breaks, NONE, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};

pub(crate) const RULE: Rule = Rule {
    id: "DEPRECATED_BEFORE_REMOVED",
    categories: NONE,
    finds: "An element was removed without having been deprecated for long enough",
    breaks: &[Breaks::Source],
    why: "Those who build on the element had no release in which their compiler warned them, and no \
           date to plan by. Notice is asked for besides all else: a removal breaks old callers \
           however long it was announced, and stays a major release. It is checked where \
           `contract.toml` promises a number of versions or days, until the `sunset` that it \
           names. What is in a deprecated message, enum, service or file is deprecated too.",
    remedy: "restore the element and mark it `deprecated`; remove it after as many releases or \
           days as the contract promises, or after its sunset date. What other rules say of the \
           removal wants a waiver still",
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
    let messages = || pairing.messages.deleted.iter().filter(|one| !one.map_entry);
    let outer: HashSet<&str> = messages().map(|one| one.full_name).collect();
    // What is in a removed message goes with it.
    for one in messages().filter(|one| !is_within(one.full_name, &outer)) {
        check(one.subject(), gone(one.place.file, one.nested_name), one.place.file);
    }
    for one in pairing.enums.deleted.iter().filter(|one| !is_within(one.full_name, &outer)) {
        check(one.subject(), gone(one.place.file, one.nested_name), one.place.file);
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

fn is_within(name: &str, outer: &HashSet<&str>) -> bool {
    let mut around = name;
    while let Some((parent, _)) = around.rsplit_once('.') {
        if outer.contains(parent) {
            return true;
        }
        around = parent;
    }
    false
}

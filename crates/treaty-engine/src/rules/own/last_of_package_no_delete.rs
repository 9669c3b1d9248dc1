//! The last message, enum or extension of a package is gone.

use std::collections::HashSet;

use super::{Breaks, NONE, Rule};
use crate::Subject;
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::schema::{Field, Place, Schema};

pub(crate) const RULE: Rule = Rule {
    id: "LAST_OF_PACKAGE_NO_DELETE",
    categories: NONE,
    finds: "The last message, enum or extension of a package is gone",
    breaks: &[Breaks::Bytes, Breaks::Json, Breaks::Source],
    why: "Its bytes are still sent and stored, and nobody on the new side can name what is in \
           them. buf's PACKAGE rules look for a deleted type only where the package still has \
           another of the same sort, so that the last one goes unseen.",
    remedy: "restore the type and mark it `deprecated`; it may stand in another file of the \
           package",
    example: r#"
  message Order {
    string id = 1;
-   State state = 2;
+   reserved 2;
  }
-
- enum State {
-   STATE_UNSPECIFIED = 0;
-   STATE_OPEN = 1;
- }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let (old, new) = (pairing.old, pairing.new);
    let packages = new.packages();
    let mut report = |sort: &str, name: &str, of: Subject, place: &Place<'_>, kept: bool| {
        let package = old.files.get(place.file).map_or("", |file| file.package);
        if packages.contains(package) && !kept {
            let message = format!("The last {sort} of package \"{package}\", \"{name}\", was deleted.");
            let at = pairing.deleted_from_package(place.file, name);
            hits.add(of, at, place.file, message);
        }
    };
    let left: HashSet<_> = new.messages.values().map(|one| one.package).collect();
    for one in &pairing.messages.deleted {
        let kept = left.contains(one.package);
        report("message", one.nested_name, one.subject(), &one.place, kept);
    }
    let left: HashSet<_> = new.enums.values().map(|one| one.package).collect();
    for one in &pairing.enums.deleted {
        let kept = left.contains(one.package);
        report("enum", one.nested_name, one.subject(), &one.place, kept);
    }
    let package = |schema: &Schema<'a>, one: &Field<'a>| {
        schema.files.get(one.place.file).map_or("", |file| file.package)
    };
    let left: HashSet<_> = new.extensions.values().map(|one| package(new, one)).collect();
    for one in &pairing.extensions.deleted {
        let kept = left.contains(package(old, one));
        report("extension", one.full_name(), one.subject(), &one.place, kept);
    }
}

//! A file is gone.

use super::{Category, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_NO_DELETE",
    categories: &[Category::File],
    finds: "A file is gone",
    why: "Generated code is found by file: whoever includes, imports or re-exports it does not \
           compile. What the file held is judged by its own rules where it moved.",
    remedy: "restore the file; move types only together with a new package version",
    check,
};

fn check(pairing: &Pairing<'_>, hits: &mut Hits) {
    for file in &pairing.files.deleted {
        let message = format!("Previously present file \"{}\" was deleted.", file.name);
        hits.add(Subject::File(file.name.clone()), At::Gone, &file.name, message);
    }
}

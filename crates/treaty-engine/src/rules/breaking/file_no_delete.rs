//! A file is gone.

use super::Category::{Csr, File};
use super::{Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_NO_DELETE",
    categories: Categories {
        v1beta1: Some(&[File]),
        v1: Some(&[File]),
        v2: Some(&[File, Csr]),
    },
    finds: "A file is gone",
    why: "Generated code is found by file: whoever includes, imports or re-exports it does not \
           compile. What the file held is judged by its own rules where it moved.",
    remedy: "restore the file; move types only together with a new package version",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for file in &pairing.files.deleted {
        let message = format!("Previously present file \"{}\" was deleted.", file.name);
        hits.add(file.subject(), At::Gone, file.name, message);
    }
}

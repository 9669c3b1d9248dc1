//! A file has another Go package.

use super::Category::{File, Package};
use super::{Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_GO_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another Go package",
    why: "Generated Go code is imported by this path; code that imports the old one does not \
           compile, and two copies of a type panic at start when both are linked.",
    remedy: "restore `option go_package`; the other value is for the files of a new package (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "go_package", 11, text(11));
}

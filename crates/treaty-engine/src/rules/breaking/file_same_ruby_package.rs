//! A file has another Ruby package.

use super::Category::{File, Package};
use super::{Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_RUBY_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another Ruby package",
    why: "Generated Ruby types move to another module; code that uses them fails when it is \
           loaded.",
    remedy: "restore `option ruby_package`; the other value is for the files of a new package \
           (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "ruby_package", 45, text(45));
}

//! A file switches arenas in C++ on or off.

use super::Category::{File, Package};
use super::{Categories, Rule};
use super::file_option::{changed, flag};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_CC_ENABLE_ARENAS",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file switches arenas in C++ on or off",
    why: "Generated C++ code has other allocation functions; code that passes an arena does not \
           compile.",
    remedy: "restore `option cc_enable_arenas`; the other value is for the files of a new \
           package (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "cc_enable_arenas", 31, flag(31, true));
}

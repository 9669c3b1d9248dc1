//! A file is optimized for something else.

use super::Category::{File, Package};
use super::{Categories, Rule};
use super::file_option::{changed, optimize_for};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_OPTIMIZE_FOR",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file is optimized for something else",
    why: "LITE_RUNTIME takes reflection and descriptors away from generated C++ and Java; code \
           that uses them, or that links a full and a lite type, does not compile.",
    remedy: "restore `option optimize_for`; the other value is for the files of a new package \
           (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "optimize_for", 9, optimize_for);
}

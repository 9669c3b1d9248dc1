//! A file switches generic Python services on or off.

use super::Category::{File, Package};
use super::{Categories, Rule};
use super::file_option::{changed, flag};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PY_GENERIC_SERVICES",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file switches generic Python services on or off",
    why: "The generated service classes of Python appear or vanish; code that derives from them \
           fails when it is loaded.",
    remedy: "restore `option py_generic_services`; the other value is for the files of a new \
           package (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "py_generic_services", 18, flag(18, false));
}

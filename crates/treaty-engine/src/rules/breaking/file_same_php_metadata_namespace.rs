//! A file has another PHP namespace of metadata.

use super::Category::{File, Package};
use super::{Categories, Rule};
use super::file_option::{changed, text};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_PHP_METADATA_NAMESPACE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A file has another PHP namespace of metadata",
    why: "The generated class that registers the descriptors moves; what loads it by name fails.",
    remedy: "restore `option php_metadata_namespace`; the other value is for the files of a new \
           package (v2)",
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "php_metadata_namespace", 44, text(44));
}

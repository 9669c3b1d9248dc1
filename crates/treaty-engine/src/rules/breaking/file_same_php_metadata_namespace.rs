//! A file has another PHP namespace of metadata.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
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
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. The generated class that registers the descriptors \
           moves; whatever loads it by its name, such as an autoloader's map, fails when it runs.",
    remedy: "restore `option php_metadata_namespace`; the other value is for the files of a new \
           package (v2)",
    example: r#"
- option php_metadata_namespace = "Shop\\Metadata";
+ option php_metadata_namespace = "Shop\\V1\\Metadata";

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    changed(pairing, hits, "php_metadata_namespace", 44, text(44));
}

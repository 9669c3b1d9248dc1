//! The files of a package are in more than one directory.

use std::collections::BTreeSet;

use super::package_same_option::by_package;
use super::Category::{Basic, Default, FileLayout, Minimal, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_SAME_DIRECTORY",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, FileLayout]),
        v1: Some(&[Minimal, Basic, Default, Standard]),
        v2: Some(&[Minimal, Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a package are in more than one directory",
    why: "Many generators write one package for each directory. Half of the package then does not \
           see the other half, and Go takes them for two packages of the same name.",
    remedy: "put all files of the package into one directory",
    example: r#"
  // shop/v1/order.proto
  package shop.v1;
- // items/item.proto
+ // shop/v1/item.proto
  package shop.v1;
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for (package, files) in by_package(view) {
        let directories: BTreeSet<&str> = files.iter().map(|file| file.directory()).collect();
        if directories.len() < 2 {
            continue;
        }
        let directories = quoted(&directories.into_iter().collect::<Vec<_>>().join(","));
        for file in files {
            let message = format!(
                "Multiple directories {directories} contain files with package \"{package}\"."
            );
            hits.add(file, [2], package, message);
        }
    }
}

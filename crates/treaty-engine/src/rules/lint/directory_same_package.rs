//! The files of a directory are in more than one package.

use std::collections::{BTreeMap, BTreeSet};

use super::Category::{Basic, Default, FileLayout, Minimal, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "DIRECTORY_SAME_PACKAGE",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, FileLayout]),
        v1: Some(&[Minimal, Basic, Default, Standard]),
        v2: Some(&[Minimal, Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The files of a directory are in more than one package",
    why: "Many generators write one package for each directory. Two packages in one directory do \
           not compile in Go, and overwrite each other elsewhere.",
    remedy: "give each package a directory of its own",
    example: r#"
  // shop/v1/order.proto
  package shop.v1;
  // shop/v1/bill.proto
- package billing.v1;
+ package shop.v1;
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let mut directories: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for file in &view.files {
        directories.entry(file.directory()).or_default().push(file);
    }
    for (directory, files) in directories {
        let mut packages: BTreeSet<&str> = files.iter().map(|file| &*file.proto.package).collect();
        if packages.len() < 2 {
            continue;
        }
        let unnamed = if packages.remove("") { " and file with no package" } else { "" };
        let several = if packages.len() > 1 { "Multiple packages" } else { "Package" };
        let packages = quoted(&packages.into_iter().collect::<Vec<_>>().join(","));
        let directory = quoted(directory);
        for file in files {
            let message = format!("{several} {packages}{unnamed} detected within directory {directory}.");
            hits.add(file, [2], &*file.proto.package, message);
        }
    }
}

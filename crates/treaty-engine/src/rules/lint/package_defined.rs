//! A file has no package.

use super::Category::{Basic, Default, Minimal, Sensible, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_DEFINED",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, Sensible]),
        v1: Some(&[Minimal, Basic, Default, Standard]),
        v2: Some(&[Minimal, Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A file has no package",
    why: "Without a package its names are those of the whole world: the second file with a \
           `Status` does not link with the first, and clients call `/OrderService/GetOrder` \
           without saying whose.",
    remedy: "begin the file with a `package`",
    example: r#"
  syntax = "proto3";

+ package shop.v1;
+
  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        if file.proto.package.is_empty() {
            hits.add_file(file, "Files must have a package defined.".to_owned());
        }
    }
}

//! A file is not in the directory that its package names.

use super::Category::{Basic, Default, FileLayout, Minimal, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_DIRECTORY_MATCH",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, FileLayout]),
        v1: Some(&[Minimal, Basic, Default, Standard]),
        v2: Some(&[Minimal, Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A file is not in the directory that its package names",
    why: "An import names a path, a type names a package. Where both tell the same, whoever sees \
           `shop.v1.Order` knows its file, and two modules do not both bring a `types.proto`.",
    remedy: "move the file, and correct every `import` of it",
    example: r#"
- // protos/order.proto
+ // shop/v1/order.proto
  package shop.v1;
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        let package = &*file.proto.package;
        let (expected, directory) = (package.replace('.', "/"), file.directory());
        if !package.is_empty() && directory != expected {
            let message = format!(
                "Files with package \"{package}\" must be within a directory \"{expected}\" relative to \
                 root but were in directory \"{directory}\"."
            );
            hits.add(file, [2], package, message);
        }
    }
}

//! An import is public.

use treaty_compiler::descriptor::ImportKind;

use super::Category::{Basic, Default, Minimal, Sensible, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "IMPORT_NO_PUBLIC",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, Sensible]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "An import is public",
    why: "Whoever imports the file sees what it imports in this way, and may use it without naming \
           where it is. Moving such a type breaks files that nobody would have looked at; some \
           languages do not know the word at all.",
    remedy: "import the file where it is used",
    example: r#"
  // shop/v1/order.proto
- import public "shop/v1/item.proto";
+ import "shop/v1/item.proto";

  message Order {
    repeated Item items = 1;
  }
  // shop/v1/item.proto
  message Item {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (index, import) in (0..).zip(&file.proto.imports) {
            if import.kind == ImportKind::Public {
                let message = format!("Import {} must not be public.", quoted(&import.path));
                hits.add(file, [3, index], &*import.path, message);
            }
        }
    }
}

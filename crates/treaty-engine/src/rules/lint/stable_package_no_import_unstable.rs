//! A stable package imports one that may change.

use std::collections::BTreeMap;

use super::{Categories, Rule};
use crate::lint::{Hits, Stability, View, quoted, stability};

pub(crate) const RULE: Rule = Rule {
    id: "STABLE_PACKAGE_NO_IMPORT_UNSTABLE",
    categories: Categories {
        v1beta1: None,
        v1: None,
        v2: Some(&[]),
    },
    deprecated: false,
    finds: "A stable package imports one that may change",
    why: "`v1` promises not to break; what it imports from a `v1beta1` may break any day, and `v1` \
           breaks with it.",
    remedy: "copy what is needed, or wait until it is stable",
    example: r#"
  // shop/v1/order.proto
- import "money/v1beta1/money.proto";
+ import "money/v1/money.proto";

  message Order {
-   money.v1beta1.Money total = 1;
+   money.v1.Money total = 1;
  }
- // money/v1beta1/money.proto
- package money.v1beta1;
+ // money/v1/money.proto
+ package money.v1;

  message Money {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let own: BTreeMap<&str, &str> =
        view.files.iter().map(|file| (&*file.proto.name, &*file.proto.package)).collect();
    for file in &view.files {
        let package = &*file.proto.package;
        if stability(package) != Some(Stability::Stable) {
            continue;
        }
        for (index, import) in (0..).zip(&file.proto.imports) {
            let Some(imported) = own.get(&*import.path) else { continue };
            if stability(imported) == Some(Stability::Unstable) {
                let path = quoted(&import.path);
                let message = format!(
                    "This file is in stable package \"{package}\", so it should not depend on {path} \
                     from unstable package \"{imported}\"."
                );
                hits.add(file, [3, index], &*import.path, message);
            }
        }
    }
}

//! Packages import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::Category::{Basic, Default, Minimal, Standard};
use super::{Categories, Rule};
use crate::lint::{FileView, Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PACKAGE_NO_IMPORT_CYCLE",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[]),
        v2: Some(&[Minimal, Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "Packages import each other in a circle",
    why: "Files cannot import each other in a circle, but packages can. Go and others refuse to \
           build them, and neither package can be released, or moved, without the other.",
    remedy: "move what both use to a package of its own",
    example: r#"
  // order/v1/order.proto
  package order.v1;

  import "item/v1/item.proto";

  message Order {
    repeated item.v1.Item items = 1;
  }
- // order/v1/money.proto
- package order.v1;
+ // money/v1/money.proto
+ package money.v1;

  message Money {}
  // item/v1/item.proto
  package item.v1;

- import "order/v1/money.proto";
+ import "money/v1/money.proto";

  message Item {
-   order.v1.Money price = 1;
+   money.v1.Money price = 1;
  }
"#,
    check,
};

/// Which packages each package imports, and where.
type Imports<'d, 'v> = BTreeMap<&'d str, BTreeMap<&'d str, Vec<(&'v FileView<'d>, i32)>>>;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let own: BTreeMap<&str, _> = view.files.iter().map(|file| (&*file.proto.name, file)).collect();
    let mut imports: Imports<'d, '_> = BTreeMap::new();
    for (file, _) in view.descriptors.closure() {
        let of = imports.entry(&file.package).or_default();
        for (index, import) in (0..).zip(&file.imports) {
            let Some(imported) = view.descriptors.file(&import.path) else { continue };
            if imported.package != file.package && !imported.package.is_empty() {
                let places = of.entry(&imported.package).or_default();
                places.extend(own.get(&*file.name).map(|&own| (own, index)));
            }
        }
    }
    for (package, direct) in imports.iter().filter(|(package, _)| !package.is_empty()) {
        for (first, places) in direct.iter().filter(|(_, places)| !places.is_empty()) {
            let Some(way) = way_back(&imports, package, first) else { continue };
            for &(file, index) in places {
                let message = format!("Package import cycle: {package} -> {}", way.join(" -> "));
                hits.add(file, [3, index], *package, message);
            }
        }
    }
}

/// The packages from `first` to `package`: the first way that is found when each package's imports
/// are tried in the order of their names. A package that led nowhere is not tried again.
fn way_back<'d>(imports: &Imports<'d, '_>, package: &'d str, first: &'d str) -> Option<Vec<&'d str>> {
    let mut tried = BTreeSet::from([first]);
    let mut way = vec![first];
    let mut open = vec![imports.get(first)?.keys()];
    while let Some(next) = open.last_mut() {
        match next.next() {
            Some(&found) if found == package => {
                way.push(package);
                return Some(way);
            }
            Some(&inner) => {
                if tried.insert(inner) {
                    way.push(inner);
                    open.push(imports.get(inner)?.keys());
                }
            }
            None => {
                open.pop();
                way.pop();
            }
        }
    }
    None
}

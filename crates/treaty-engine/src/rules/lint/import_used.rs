//! Nothing of an imported file is used.

use super::Category::{Basic, Default, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, quoted};

pub(crate) const RULE: Rule = Rule {
    id: "IMPORT_USED",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "Nothing of an imported file is used",
    why: "Generated code includes whatever is imported: programs grow, builds wait for it, and the \
           imported file cannot be moved without editing this one.",
    remedy: "remove the import",
    example: r#"
- import "google/protobuf/timestamp.proto";
-
  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for &index in &file.proto.image.unused_imports {
            let import = usize::try_from(index).ok().and_then(|at| file.proto.imports.get(at));
            let Some(import) = import else { continue };
            let message = format!("Import {} is unused.", quoted(&import.path));
            hits.add(file, [3, index as i32], &*import.path, message);
        }
    }
}

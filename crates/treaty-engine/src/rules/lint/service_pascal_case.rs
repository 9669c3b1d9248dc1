//! A service is not named in PascalCase.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "SERVICE_PASCAL_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A service is not named in PascalCase",
    why: "The name is part of the path of every call and becomes names of clients and servers, \
           built from the words that generators find by case.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    example: r#"
- service order_service {}
+ service OrderService {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (index, service) in file.services() {
            let (name, expected) = (&*service.name, pascal_case(&service.name));
            if name != expected {
                let message =
                    format!("Service name \"{name}\" should be PascalCase, such as \"{expected}\".");
                hits.add(file, [6, index, 1], &*service.full_name, message);
            }
        }
    }
}

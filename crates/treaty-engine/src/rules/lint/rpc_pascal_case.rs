//! A method is not named in PascalCase.

use super::Category::{Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, pascal_case};

pub(crate) const RULE: Rule = Rule {
    id: "RPC_PASCAL_CASE",
    categories: Categories {
        v1beta1: Some(&[Basic, Default, Standard, StyleBasic, StyleDefault, StyleStandard]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A method is not named in PascalCase",
    why: "Generators turn names into those of their language by their words; a name in another \
           style comes out misspelled, or two names as one.",
    remedy: "rename it as the finding says, if nothing has been released with the name",
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for (service, method, path) in file.methods() {
            let (name, expected) = (&*method.name, pascal_case(&method.name));
            if name != expected {
                let message =
                    format!("RPC name \"{name}\" should be PascalCase, such as \"{expected}\".");
                hits.add(file, [&path[..], &[1]].concat(), format!("{}/{}", service.full_name, method.name), message);
            }
        }
    }
}

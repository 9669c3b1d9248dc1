//! A field is named `descriptor`.

use super::Category::{Basic, Default, Minimal, Sensible, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View, field_name};

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_NO_DESCRIPTOR",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, Sensible]),
        v1: None,
        v2: None,
    },
    deprecated: false,
    finds: "A field is named `descriptor`",
    why: "Generated code of some languages has a `descriptor` of its own, and the field's takes \
           its place.",
    remedy: "give it a name that says what it describes",
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.fields {
            let name = &*at.proto.name;
            if name.trim_matches('_').eq_ignore_ascii_case("descriptor") {
                let message = format!(
                    "Field name \"{name}\" cannot be any capitalization of \"descriptor\" with any \
                     number of prefix or suffix underscores."
                );
                hits.add(file, file.part(at, &[1]), field_name(file, at), message);
            }
        }
    }
}

//! An enum allows two names for one number.

use super::Category::{Basic, Default, Minimal, Sensible, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_NO_ALLOW_ALIAS",
    categories: Categories {
        v1beta1: Some(&[Minimal, Basic, Default, Standard, Sensible]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "An enum allows two names for one number",
    why: "JSON writes one of the names and code of the other cannot tell which was meant; \
           removing the alias later breaks whoever reads it.",
    remedy: "give each name a number of its own, and leave out `allow_alias`",
    check,
};

/// `EnumOptions.allow_alias`.
const ALLOW_ALIAS: u32 = 2;

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.enums {
            if at.proto.options.as_deref().is_some_and(|options| options.flag(ALLOW_ALIAS)) {
                let name = &at.proto.name;
                let message = format!("Enum option \"allow_alias\" on enum \"{name}\" must be false.");
                hits.add(file, file.part(at, &[3, 2]), &*at.proto.full_name, message);
            }
        }
    }
}

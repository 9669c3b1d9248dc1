//! Constraints of protovalidate contradict themselves, their field or their examples.

use super::Category::{Default, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "PROTOVALIDATE",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "Constraints of protovalidate contradict themselves, their field or their examples",
    why: "A constraint that cannot hold refuses every message, one that does not compile refuses to check any, and both are only seen at run time.",
    remedy: "correct the constraint as the finding says",
    check,
};

fn check<'d>(_: &View<'d>, _: &mut Hits<'d>) {}

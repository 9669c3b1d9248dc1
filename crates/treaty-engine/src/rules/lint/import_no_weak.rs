//! An import is weak: never reported, since nothing but Google's own build knows the word.

use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "IMPORT_NO_WEAK",
    categories: Categories {
        v1beta1: Some(&[]),
        v1: Some(&[]),
        v2: Some(&[]),
    },
    deprecated: true,
    finds: "An import is weak (never reported)",
    why: "No public compiler does anything with the word.",
    remedy: "leave the word out",
    check,
};

/// Weak imports are deprecated themselves, and so is the rule: buf accepts its id and finds nothing.
fn check<'d>(_: &View<'d>, _: &mut Hits<'d>) {}

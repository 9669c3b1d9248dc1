//! The rules that buf does not have: on in `treaty check`, off in `treaty breaking`. — *Holds*: of the
//! same shape as buf's; they have no category, so that no configuration of buf chooses them.

pub(crate) mod http;
mod moves;
pub(crate) use custom_option_same::value_text;
pub(crate) use moves::{Move, Moved, moves};
mod validation;

use crate::pairing::Pairing;
pub(crate) use crate::rules::Breaks;
use crate::rules::Categories;
pub use crate::rules::breaking::Rule;
use crate::{Finding, Verdict};

/// Those of a rule that buf does not know.
const NONE: Categories = Categories { v1beta1: None, v1: None, v2: None };

macro_rules! table {
    ($($rule:ident,)*) => {
        $(mod $rule;)*

        /// Every rule of ours, by id.
        pub static ALL: &[&Rule] = &[$(&$rule::RULE,)*];
    };
}

table! {
    closed_enum_no_new_value,
    custom_option_same,
    deprecated_before_removed,
    enum_value_no_reuse,
    extension_same_number,
    field_no_new_legacy_required,
    field_no_reuse,
    http_route_no_shadow,
    http_route_same,
    last_of_package_no_delete,
    rpc_idempotency_no_lower,
    symbol_no_local,
    type_no_move,
    validation_no_loosen,
    validation_no_tighten,
}

/// The rules that also look at versions that are no longer in use: bytes and JSON outlive them.
pub static EVER: &[&Rule] = &[&enum_value_no_reuse::RULE, &field_no_reuse::RULE];

/// Rules of which no change tells, and what all that they find means for the rollout: whatever else
/// happened to the element says nothing about it.
const VERDICTS: [(&str, Verdict); 6] = [
    (custom_option_same::RULE.id, Verdict::Breaking),
    (enum_value_no_reuse::RULE.id, Verdict::Breaking),
    (field_no_reuse::RULE.id, Verdict::Breaking),
    (http_route_no_shadow::RULE.id, Verdict::Breaking),
    (http_route_same::RULE.id, Verdict::Breaking),
    (symbol_no_local::RULE.id, Verdict::Safe),
];

/// What a rule's findings mean for the rollout, if it is not for changes to tell.
pub(crate) fn verdict(rule: &str) -> Option<Verdict> {
    VERDICTS.iter().find(|(id, _)| *id == rule).map(|(_, verdict)| *verdict)
}

/// A rule of ours that has nothing to add where one of buf's has found the same.
const SAID_BY_BUF: [(&str, &[&str]); 2] = [
    (
        last_of_package_no_delete::RULE.id,
        &[
            "ENUM_NO_DELETE",
            "EXTENSION_NO_DELETE",
            "MESSAGE_NO_DELETE",
            "PACKAGE_ENUM_NO_DELETE",
            "PACKAGE_EXTENSION_NO_DELETE",
            "PACKAGE_MESSAGE_NO_DELETE",
        ],
    ),
    (rpc_idempotency_no_lower::RULE.id, &["RPC_SAME_IDEMPOTENCY_LEVEL"]),
];

/// Leaves out what another finding says better: what only moved is not deleted, and what buf's rules
/// say of an element is not said twice.
pub(crate) fn settle(pairing: &Pairing<'_>, rules: &[&Rule], findings: &mut Vec<Finding>) {
    let chosen = |id: &str| rules.iter().any(|rule| rule.id == id);
    if chosen(type_no_move::RULE.id) {
        let moves = moves::moves(pairing);
        let moved = Moved::new(&moves);
        let said = |one: &Finding| {
            let element = one.element.as_ref().filter(|_| moves::is_deletion(&one.rule));
            element.is_some_and(|element| moved.has_old(pairing, element))
        };
        findings.retain(|one| !said(one));
    }
    for (own, bufs) in SAID_BY_BUF {
        if !chosen(own) {
            continue;
        }
        let said: std::collections::BTreeSet<String> = findings
            .iter()
            .filter(|one| bufs.contains(&&*one.rule))
            .map(|one| one.subject.clone())
            .collect();
        findings.retain(|one| one.rule != own || !said.contains(&one.subject));
    }
}

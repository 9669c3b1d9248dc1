//! The one place where the gate's commands meet the engine: compile, compare, lint and encode.
//! — *Does not* know configuration files, inputs or output formats.

use std::collections::BTreeSet;

use treaty_compiler::wellknown;
use treaty_engine::rules::{self, ConfigVersion};
use treaty_engine::{
    CommentIgnores, Comparison, Descriptors, Finding, LintOptions, Sources, compare, violations,
};

use super::config::LintConfig;

/// Compiles sources; all of them are own files.
pub(super) fn compile(sources: &Sources) -> (Descriptors, Vec<Finding>) {
    Descriptors::compile(sources)
}

/// Compares with the rules of these ids; imports take part as own files do. What nobody looks at is
/// not computed: the changes, and what they mean for a rollout.
pub(super) fn breaking(
    old: &Descriptors,
    new: &Descriptors,
    ids: &BTreeSet<&'static str>,
    with_verdicts: bool,
) -> Comparison {
    let rules: Vec<_> = rules::ALL.iter().copied().filter(|rule| ids.contains(rule.id)).collect();
    let (old, new) = (old.with_imports(), new.with_imports());
    let (old, new) = (old.schema(), new.schema());
    match with_verdicts {
        true => compare(&old, &new, &rules),
        false => Comparison { changes: Vec::new(), findings: violations(&old, &new, &rules) },
    }
}

/// Checks the own files with the lint rules of these ids.
pub(super) fn lint(
    descriptors: &Descriptors,
    ids: &BTreeSet<&'static str>,
    config: &LintConfig,
) -> Vec<Finding> {
    let rules: Vec<_> =
        rules::lint::ALL.iter().copied().filter(|rule| ids.contains(rule.id)).collect();
    let defaults = LintOptions::new(ConfigVersion::V2, &rules);
    let options = LintOptions {
        rules: &rules,
        enum_zero_value_suffix: match &*config.enum_zero_value_suffix {
            "" => defaults.enum_zero_value_suffix,
            suffix => suffix,
        },
        service_suffix: match &*config.service_suffix {
            "" => defaults.service_suffix,
            suffix => suffix,
        },
        rpc_allow_same_request_response: config.rpc_allow_same_request_response,
        rpc_allow_google_protobuf_empty_requests: config.rpc_allow_google_protobuf_empty_requests,
        rpc_allow_google_protobuf_empty_responses: config.rpc_allow_google_protobuf_empty_responses,
        comment_ignores: if config.comment_ignores {
            CommentIgnores::Honoured
        } else {
            CommentIgnores::Disregarded
        },
    };
    treaty_engine::lint(descriptors, &options)
}

/// The names of the own files and of all that they import.
pub(super) fn files(descriptors: &Descriptors) -> Vec<String> {
    descriptors.with_imports().own().map(str::to_owned).collect()
}

/// Whether the compiler has a file of this name that nobody needs to give it.
pub(super) fn is_built_in(name: &str) -> bool {
    wellknown::source(name).is_some()
}

/// The package of a file, own or imported.
pub(super) fn package(descriptors: &Descriptors, file: &str) -> Option<String> {
    Some(descriptors.file(file)?.package.to_string())
}

/// What a rule's finding means, for those who have not met it: what it finds, why that matters, and
/// what to do instead.
pub(super) fn help(rule: &str) -> Option<[&'static str; 3]> {
    let of_two = rules::ALL.iter().chain(rules::own::ALL).find(|one| one.id == rule);
    let of_one = rules::lint::ALL.iter().find(|one| one.id == rule);
    let of_two = of_two.map(|rule| [rule.finds, rule.why, rule.remedy]);
    of_two.or_else(|| of_one.map(|rule| [rule.finds, rule.why, rule.remedy]))
}

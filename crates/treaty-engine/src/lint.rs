//! Runs lint rules over the own files, and places what they find in the source. — *Does not* look at
//! ignored paths. — *Holds*: findings are sorted by place, rule and message, each once.

mod hits;
mod ignores;
mod package_version;
mod places;
mod view;
mod words;

use std::collections::BTreeMap;

pub(crate) use hits::{Hit, Hits};
pub use ignores::CommentIgnores;
pub(crate) use ignores::PREFIX as COMMENT_IGNORE_PREFIX;
pub(crate) use package_version::{Stability, stability};
pub(crate) use places::Paths;
pub(crate) use view::{At, FileView, View, bare, field_name, is_map_entry};
pub(crate) use words::{lower_snake_case, pascal_case, upper_snake_case};

pub(crate) use crate::quote::{quoted, quoted_bytes};
use crate::rules::ConfigVersion;
use crate::rules::lint::Rule;
use crate::schema::Span;
use crate::{Descriptors, Finding};

/// What the `lint` section of a configuration says.
#[derive(Debug, Clone)]
pub struct LintOptions<'a> {
    /// What to check.
    pub rules: &'a [&'a Rule],
    /// What an enum's name for 0 ends with.
    pub enum_zero_value_suffix: &'a str,
    /// What a service's name ends with.
    pub service_suffix: &'a str,
    /// Whether a method's request and response may be one type.
    pub rpc_allow_same_request_response: bool,
    /// Whether any number of methods may take `google.protobuf.Empty`.
    pub rpc_allow_google_protobuf_empty_requests: bool,
    /// Whether any number of methods may return `google.protobuf.Empty`.
    pub rpc_allow_google_protobuf_empty_responses: bool,
    /// Whether comments in the source switch rules off.
    pub comment_ignores: CommentIgnores,
}

impl<'a> LintOptions<'a> {
    /// What a configuration of that version says where it says nothing but its rules.
    #[must_use]
    pub fn new(version: ConfigVersion, rules: &'a [&'a Rule]) -> Self {
        Self {
            rules,
            enum_zero_value_suffix: "_UNSPECIFIED",
            service_suffix: "Service",
            rpc_allow_same_request_response: false,
            rpc_allow_google_protobuf_empty_requests: false,
            rpc_allow_google_protobuf_empty_responses: false,
            comment_ignores: match version {
                ConfigVersion::V2 => CommentIgnores::Honoured,
                ConfigVersion::V1 | ConfigVersion::V1Beta1 => CommentIgnores::Disregarded,
            },
        }
    }
}

/// What the rules find in the own files; imports are looked at, never reported.
#[must_use]
pub fn lint(descriptors: &Descriptors, options: &LintOptions<'_>) -> Vec<Finding> {
    let view = View::new(descriptors, options);
    let mut hits = Hits::default();
    for (index, rule) in options.rules.iter().enumerate() {
        hits.rule = index;
        (rule.check)(&view, &mut hits);
    }
    let mut by_file: BTreeMap<&str, Vec<Hit<'_>>> = BTreeMap::new();
    for hit in hits.all {
        by_file.entry(hit.file).or_default().push(hit);
    }
    let mut findings: Vec<Finding> =
        by_file.into_iter().flat_map(|(file, hits)| placed(&view, file, hits)).collect();
    findings.sort_by(|one, other| order(one).cmp(&order(other)));
    findings.dedup_by(|one, other| order(one) == order(other));
    findings
}

fn order(one: &Finding) -> (&str, [u32; 2], &str, &str, [u32; 2]) {
    let start = [one.line, one.column];
    (&one.path, start, &one.rule, &one.message, [one.end_line, one.end_column])
}

/// The findings of one file, without those that its comments switch off.
fn placed(view: &View<'_>, file: &str, hits: Vec<Hit<'_>>) -> Vec<Finding> {
    let Some(proto) = view.descriptors.file(file) else { return Vec::new() };
    let honoured = view.options.comment_ignores == CommentIgnores::Honoured;
    let places = proto.locations.index();
    let mut findings = Vec::with_capacity(hits.len());
    for hit in hits {
        let Some(rule) = view.options.rules.get(hit.rule) else { continue };
        let path = hit.path.as_deref().unwrap_or_default();
        let span = hit.path.as_deref().and_then(|path| places.span(path)).map(Span::from);
        let says_so = |path: &&[i32]| {
            let leading = places.comments(path).and_then(|comments| comments.leading);
            leading.is_some_and(|comment| ignores::names(&comment, rule.id))
        };
        if honoured && span.is_some() && ignores::places(path).iter().any(says_so) {
            continue;
        }
        findings.push(finding(rule, hit, span.unwrap_or(Span::FILE)));
    }
    findings
}

fn finding(rule: &Rule, hit: Hit<'_>, span: Span) -> Finding {
    Finding {
        end_line: span.end_line,
        end_column: span.end_column,
        subject: hit.subject,
        ..Finding::in_file(rule.id, hit.file, (span.line, span.column), hit.message)
            .with_remedy(rule.remedy)
    }
}

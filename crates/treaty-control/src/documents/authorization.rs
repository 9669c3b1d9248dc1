//! `RpcAuthorization`: which identity may call which method of a workload.

use contracts::treaty::control::v1::{Authorization, AuthorizationRule};
use serde::Deserialize;
use treaty_core::authorize::{Policy, Rule};
use treaty_core::spiffe::SpiffeId;

use super::Documents;
use super::yaml::{Document, Wrong};

const API_VERSION: &str = "treaty.dev/v1alpha1";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RpcAuthorization {
    api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metadata {
    #[serde(rename = "name")]
    _name: String,
    #[serde(default)]
    namespace: Option<String>,
}

impl Metadata {
    /// One control plane serves one namespace; a document for another would be in force here.
    pub(super) fn check(&self, document: &Document, control: &SpiffeId) -> Result<(), Wrong> {
        match &self.namespace {
            Some(namespace) if namespace != control.namespace() => {
                let own = control.namespace();
                let message = format!("namespace must be `{own}` or left out, not `{namespace}`");
                Err((document.line_of(namespace), message))
            }
            _ => Ok(()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Spec {
    target_ref: TargetRef,
    rules: Vec<SpecRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetRef {
    kind: String,
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecRule {
    name: String,
    from: Vec<String>,
    methods: Vec<String>,
}

pub(super) fn add(
    documents: &mut Documents,
    document: &Document,
    control: &SpiffeId,
) -> Result<(), Wrong> {
    let read: RpcAuthorization = document.read()?;
    if read.api_version != API_VERSION {
        let line = document.line_of("apiVersion");
        return Err((line, format!("apiVersion must be `{API_VERSION}`")));
    }
    read.metadata.check(document, control)?;
    let TargetRef { kind, name: workload } = read.spec.target_ref;
    if kind != "Service" {
        let line = document.line_of(&kind);
        return Err((line, format!("targetRef.kind must be `Service`, not `{kind}`")));
    }
    let rules = read
        .spec
        .rules
        .into_iter()
        .map(|rule| resolve(rule, document, control))
        .collect::<Result<Vec<_>, _>>()?;
    match documents.authorizations.iter_mut().find(|known| known.workload == workload) {
        Some(known) => known.rules.extend(rules),
        None => documents.authorizations.push(Authorization { workload, rules }),
    }
    Ok(())
}

/// Makes short names whole and checks that the rule can be used.
fn resolve(
    rule: SpecRule,
    document: &Document,
    control: &SpiffeId,
) -> Result<AuthorizationRule, Wrong> {
    let mut callers = Vec::new();
    for caller in &rule.from {
        callers.push(match caller.as_str() {
            "*" | "anonymous" => caller.clone(),
            id if id.starts_with("spiffe://") => caller.clone(),
            name => control
                .sibling(name)
                .map_err(|error| (document.line_of(name), error.to_string()))?
                .to_string(),
        });
    }
    let checked = Rule { name: rule.name, callers, methods: rule.methods };
    if let Err(error) = Policy::new(std::slice::from_ref(&checked)) {
        return Err((document.line_of(&checked.name), error.to_string()));
    }
    let Rule { name, callers, methods } = checked;
    Ok(AuthorizationRule { name, callers, methods })
}

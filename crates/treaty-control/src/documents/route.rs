//! `GRPCRoute`: which services and methods a gateway exposes, and who answers them.
//!
//! *Does not* know yet: hostnames, headers, filters, weights. They are findings, so that
//! nobody believes them to be in force.

use contracts::treaty::control::v1::{Route, RouteRule};
use serde::Deserialize;
use treaty_core::route::{RouteTable, Rule};
use treaty_core::spiffe::SpiffeId;

use super::Documents;
use super::authorization::Metadata;
use super::yaml::{Document, Wrong};

const API_VERSION: &str = "gateway.networking.k8s.io/v1";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GrpcRoute {
    api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Spec {
    parent_refs: Vec<Reference>,
    rules: Vec<SpecRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SpecRule {
    matches: Vec<Match>,
    backend_refs: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    method: MethodMatch,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodMatch {
    service: String,
    #[serde(default)]
    method: Option<String>,
}

pub(super) fn add(
    documents: &mut Documents,
    document: &Document,
    control: &SpiffeId,
) -> Result<(), Wrong> {
    let read: GrpcRoute = document.read()?;
    if read.api_version != API_VERSION {
        let line = document.line_of("apiVersion");
        return Err((line, format!("apiVersion must be `{API_VERSION}`")));
    }
    read.metadata.check(document, control)?;
    let mut rules = Vec::new();
    for rule in read.spec.rules {
        let [backend] = rule.backend_refs.as_slice() else {
            let line = document.line_of("backendRefs");
            return Err((line, "backendRefs must name exactly one backend".to_owned()));
        };
        for Match { method } in rule.matches {
            rules.push(RouteRule {
                service: method.service,
                method: method.method.unwrap_or_default(),
                workload: backend.name.clone(),
            });
        }
    }
    for Reference { name: gateway } in read.spec.parent_refs {
        match documents.routes.iter_mut().find(|known| known.gateway == gateway) {
            Some(known) => known.rules.extend(rules.iter().cloned()),
            None => documents.routes.push(Route { gateway, rules: rules.clone() }),
        }
    }
    documents.routes.iter().try_for_each(|route| check(route, document))
}

/// Two rules for one method must agree.
fn check(route: &Route, document: &Document) -> Result<(), Wrong> {
    let rules: Vec<Rule> = route
        .rules
        .iter()
        .map(|rule| Rule {
            service: rule.service.clone(),
            method: (!rule.method.is_empty()).then(|| rule.method.clone()),
            workload: rule.workload.clone(),
        })
        .collect();
    match RouteTable::new(&rules) {
        Ok(_) => Ok(()),
        Err(error) => Err((document.line_of(&error.service), error.to_string())),
    }
}

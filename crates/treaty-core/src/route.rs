//! Finds the workload that answers a call at the edge; what no route names is not exposed.
//!
//! *Holds*: a rule for one method wins over one for its whole service. — *Source*:
//! Gateway API `GRPCRoute`, match precedence.

use std::collections::HashMap;

use crate::method::MethodPath;

/// Sends some methods to a workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Full name of a gRPC service.
    pub service: String,
    /// One method; `None` for all of the service.
    pub method: Option<String>,
    /// The workload's short name.
    pub workload: String,
}

/// Two rules say different things about the same method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{service}/{method}` is routed to `{first}` and to `{second}`")]
pub struct ConflictingRoutes {
    /// The service that both name.
    pub service: String,
    /// The method that both name; `*` for all.
    pub method: String,
    /// The workload of the earlier rule.
    pub first: String,
    /// The workload of the later rule.
    pub second: String,
}

/// What is exposed, and who answers it.
#[derive(Debug, Clone, Default)]
pub struct RouteTable {
    services: HashMap<String, Service>,
}

#[derive(Debug, Clone, Default)]
struct Service {
    all: Option<String>,
    methods: HashMap<String, String>,
}

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// To this workload.
    Workload(&'a str),
    /// Nowhere: the service is exposed, but not this method.
    MethodNotExposed,
    /// Nowhere: nothing of the service is exposed.
    ServiceNotExposed,
}

impl RouteTable {
    /// Builds the table.
    ///
    /// # Errors
    /// When two rules send the same method to different workloads.
    pub fn new(rules: &[Rule]) -> Result<Self, ConflictingRoutes> {
        let mut table = Self::default();
        for rule in rules {
            let service = table.services.entry(rule.service.clone()).or_default();
            let slot = match &rule.method {
                None => service.all.get_or_insert_with(|| rule.workload.clone()),
                Some(method) => {
                    service.methods.entry(method.clone()).or_insert_with(|| rule.workload.clone())
                }
            };
            if *slot != rule.workload {
                return Err(ConflictingRoutes {
                    service: rule.service.clone(),
                    method: rule.method.clone().unwrap_or_else(|| "*".to_owned()),
                    first: slot.clone(),
                    second: rule.workload.clone(),
                });
            }
        }
        Ok(table)
    }

    /// Finds who answers a call.
    pub fn target(&self, path: MethodPath<'_>) -> Target<'_> {
        let Some(service) = self.services.get(path.service) else {
            return Target::ServiceNotExposed;
        };
        match service.methods.get(path.method).or(service.all.as_ref()) {
            Some(workload) => Target::Workload(workload),
            None => Target::MethodNotExposed,
        }
    }

    /// The services of which something is exposed, sorted.
    pub fn services(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.services.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The workloads that answer for a service, sorted, each once.
    pub fn workloads_of(&self, service: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self.services.get(service).map_or_else(Vec::new, |service| {
            service.all.iter().chain(service.methods.values()).map(String::as_str).collect()
        });
        names.sort_unstable();
        names.dedup();
        names
    }

    /// All workloads that are routed to, sorted, each once.
    pub fn workloads(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.services.keys().flat_map(|service| self.workloads_of(service)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(service: &str, method: Option<&str>, workload: &str) -> Rule {
        let method = method.map(str::to_owned);
        Rule { service: service.to_owned(), method, workload: workload.to_owned() }
    }

    #[test]
    fn a_method_wins_over_its_service() {
        let table =
            RouteTable::new(&[rule("a.B", None, "b"), rule("a.B", Some("C"), "c")]).unwrap();
        let target = |path| table.target(MethodPath::parse(path).unwrap());
        assert_eq!(target("/a.B/C"), Target::Workload("c"));
        assert_eq!(target("/a.B/D"), Target::Workload("b"));
        assert_eq!(target("/a.X/D"), Target::ServiceNotExposed);
        assert_eq!(table.workloads(), ["b", "c"]);
    }

    #[test]
    fn what_is_not_named_is_not_exposed() {
        let table = RouteTable::new(&[rule("a.B", Some("C"), "c")]).unwrap();
        let path = MethodPath::parse("/a.B/D").unwrap();
        assert_eq!(table.target(path), Target::MethodNotExposed);
    }

    #[test]
    fn refuses_two_targets_for_one_method() {
        let error = RouteTable::new(&[rule("a.B", None, "b"), rule("a.B", None, "c")]).unwrap_err();
        assert_eq!(error.to_string(), "`a.B/*` is routed to `b` and to `c`");
    }
}

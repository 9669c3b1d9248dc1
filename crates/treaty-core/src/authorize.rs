//! Decides who may call which method; what no rule allows is denied.
//!
//! *Does not* check certificates: the identity is given. — *Holds*: an empty policy
//! denies everything; a decision always carries its reason.

use std::collections::{HashMap, HashSet};

use crate::method::MethodPath;
use crate::spiffe::SpiffeId;

/// One rule as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Named in each decision.
    pub name: String,
    /// SPIFFE ids; `*` for any identity; `anonymous` also for callers without one.
    pub callers: Vec<String>,
    /// `package.Service/Method`, `package.Service/*`, or `*`.
    pub methods: Vec<String>,
}

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// A caller is neither `*` nor a SPIFFE id.
    #[error("rule `{rule}`: caller {source}")]
    Caller {
        /// The rule's name.
        rule: String,
        /// What is wrong with it.
        source: crate::spiffe::InvalidSpiffeId,
    },
    /// A method is neither `*` nor `package.Service/Method` nor `package.Service/*`.
    #[error(
        "rule `{rule}`: `{method}` must be `package.Service/Method`, `package.Service/*` or `*`"
    )]
    Method {
        /// The rule's name.
        rule: String,
        /// The text that was given.
        method: String,
    },
}

/// What may be called by whom, ready to decide.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    rules: Vec<Compiled>,
}

#[derive(Debug, Clone)]
struct Compiled {
    name: String,
    anonymous: bool,
    any_caller: bool,
    callers: HashSet<SpiffeId>,
    any_method: bool,
    /// Service → its methods; `None` allows them all.
    services: HashMap<String, Option<HashSet<String>>>,
}

/// The answer, with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    /// A rule allows the call.
    Allowed {
        /// The rule.
        rule: &'a str,
    },
    /// The caller showed no certificate, so nobody knows who it is.
    Unauthenticated,
    /// No rule names this caller for this method.
    Denied {
        /// Whether some rule names the caller for another method.
        caller_known: bool,
    },
}

impl Policy {
    /// Compiles rules.
    ///
    /// # Errors
    /// At the first rule that cannot be read.
    pub fn new(rules: &[Rule]) -> Result<Self, InvalidRule> {
        Ok(Self { rules: rules.iter().map(compile).collect::<Result<_, _>>()? })
    }

    /// Decides about one call.
    pub fn decide(&self, caller: Option<&SpiffeId>, path: MethodPath<'_>) -> Decision<'_> {
        let mut caller_known = false;
        for rule in self.rules.iter().filter(|rule| rule.names(caller)) {
            caller_known = true;
            if rule.allows(path) {
                return Decision::Allowed { rule: &rule.name };
            }
        }
        match caller {
            Some(_) => Decision::Denied { caller_known },
            None => Decision::Unauthenticated,
        }
    }
}

impl Compiled {
    fn names(&self, caller: Option<&SpiffeId>) -> bool {
        self.anonymous
            || caller.is_some_and(|caller| self.any_caller || self.callers.contains(caller))
    }

    fn allows(&self, path: MethodPath<'_>) -> bool {
        self.any_method
            || match self.services.get(path.service) {
                Some(None) => true,
                Some(Some(methods)) => methods.contains(path.method),
                None => false,
            }
    }
}

fn compile(rule: &Rule) -> Result<Compiled, InvalidRule> {
    let mut compiled = Compiled {
        name: rule.name.clone(),
        anonymous: false,
        any_caller: false,
        callers: HashSet::new(),
        any_method: false,
        services: HashMap::new(),
    };
    for caller in &rule.callers {
        match caller.as_str() {
            "*" => compiled.any_caller = true,
            "anonymous" => compiled.anonymous = true,
            id => {
                let id = id
                    .parse()
                    .map_err(|source| InvalidRule::Caller { rule: rule.name.clone(), source })?;
                compiled.callers.insert(id);
            }
        }
    }
    for method in &rule.methods {
        if method == "*" {
            compiled.any_method = true;
            continue;
        }
        let invalid = || InvalidRule::Method { rule: rule.name.clone(), method: method.clone() };
        let (service, name) = method.split_once('/').ok_or_else(invalid)?;
        if name == "*" && MethodPath::parse(&format!("/{service}/x")).is_some() {
            compiled.services.insert(service.to_owned(), None);
        } else if MethodPath::parse(&format!("/{service}/{name}")).is_some() {
            if let Some(methods) =
                compiled.services.entry(service.to_owned()).or_insert_with(|| Some(HashSet::new()))
            {
                methods.insert(name.to_owned());
            }
        } else {
            return Err(invalid());
        }
    }
    Ok(compiled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(workload: &str) -> SpiffeId {
        SpiffeId::new("shop.local", "shop", workload).unwrap()
    }

    fn rule(callers: &[&str], methods: &[&str]) -> Rule {
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
        Rule { name: "r".to_owned(), callers: owned(callers), methods: owned(methods) }
    }

    fn call(path: &str) -> MethodPath<'_> {
        MethodPath::parse(path).unwrap()
    }

    #[test]
    fn denies_by_default() {
        let nothing = Policy::default();
        let decision = nothing.decide(Some(&id("orders")), call("/a.B/C"));
        assert_eq!(decision, Decision::Denied { caller_known: false });
    }

    #[test]
    fn tells_a_stranger_from_a_known_caller() {
        let orders = id("orders").to_string();
        let policy = Policy::new(&[rule(&[&orders], &["a.B/C", "a.D/*"])]).unwrap();
        assert_eq!(policy.decide(None, call("/a.B/C")), Decision::Unauthenticated);
        assert_eq!(
            policy.decide(Some(&id("orders")), call("/a.B/C")),
            Decision::Allowed { rule: "r" }
        );
        assert_eq!(
            policy.decide(Some(&id("orders")), call("/a.D/E")),
            Decision::Allowed { rule: "r" }
        );
        let denied = policy.decide(Some(&id("orders")), call("/a.B/X"));
        assert_eq!(denied, Decision::Denied { caller_known: true });
        let stranger = policy.decide(Some(&id("dispatch")), call("/a.B/C"));
        assert_eq!(stranger, Decision::Denied { caller_known: false });
    }

    #[test]
    fn strangers_get_only_what_is_open_to_anonymous() {
        let policy =
            Policy::new(&[rule(&["anonymous"], &["a.B/C"]), rule(&["*"], &["*"])]).unwrap();
        assert_eq!(policy.decide(None, call("/a.B/C")), Decision::Allowed { rule: "r" });
        assert_eq!(policy.decide(None, call("/a.B/D")), Decision::Unauthenticated);
    }

    #[test]
    fn all_methods_win_over_one_in_either_order() {
        for methods in [["a.B/C", "a.B/*"], ["a.B/*", "a.B/C"]] {
            let policy = Policy::new(&[rule(&["*"], &methods)]).unwrap();
            let decision = policy.decide(Some(&id("x")), call("/a.B/Z"));
            assert_eq!(decision, Decision::Allowed { rule: "r" }, "{methods:?}");
        }
    }

    #[test]
    fn refuses_rules_that_it_cannot_read() {
        assert!(Policy::new(&[rule(&["orders"], &["*"])]).is_err());
        for method in ["a.B", "a.B/", "/C", "a.B/C/D", "a.*/C", "**"] {
            assert!(Policy::new(&[rule(&["*"], &[method])]).is_err(), "{method}");
        }
    }
}

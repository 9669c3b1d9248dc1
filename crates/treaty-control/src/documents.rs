//! Reads configuration in the words of Gateway API: `RpcAuthorization` and `GRPCRoute`.
//!
//! *Does not* apply anything. — *Holds*: unknown kinds, unknown keys and names that mean
//! nothing are findings with file and line; one finding, and none of the files count. —
//! *Source*: Gateway API v1, GRPCRoute.

mod authorization;
mod route;
mod yaml;

use std::fmt;
use std::path::{Path, PathBuf};

use contracts::treaty::control::v1::{Authorization, Route};
use treaty_core::spiffe::SpiffeId;

pub use yaml::split;

/// Everything that the configuration files say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Documents {
    /// Who may call which workload, one per workload.
    pub authorizations: Vec<Authorization>,
    /// What gateways expose, one per gateway.
    pub routes: Vec<Route>,
}

/// Something wrong in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path.display(), self.message),
            line => write!(f, "{}:{line}: {}", self.path.display(), self.message),
        }
    }
}

impl Documents {
    /// Reads all documents of the files; `control` gives the trust domain and namespace in
    /// which short names are meant.
    ///
    /// # Errors
    /// All findings, if there is any.
    pub fn read(paths: &[PathBuf], control: &SpiffeId) -> Result<Self, Vec<Finding>> {
        let mut documents = Self::default();
        let mut findings = Vec::new();
        for path in paths {
            match std::fs::read_to_string(path) {
                Ok(text) => documents.add(path, &text, control, &mut findings),
                Err(error) => findings.push(Finding {
                    path: path.clone(),
                    line: 0,
                    message: error.to_string(),
                }),
            }
        }
        if findings.is_empty() { Ok(documents) } else { Err(findings) }
    }

    fn add(&mut self, path: &Path, text: &str, control: &SpiffeId, findings: &mut Vec<Finding>) {
        for document in yaml::split(text) {
            let added = match document.kind.as_str() {
                "RpcAuthorization" => authorization::add(self, &document, control),
                "GRPCRoute" => route::add(self, &document, control),
                "" => Err(document
                    .syntax_error()
                    .unwrap_or_else(|| document.finding("every document needs a `kind`"))),
                kind => Err(document.finding(&format!(
                    "unknown kind `{kind}`; known are `RpcAuthorization` and `GRPCRoute`"
                ))),
            };
            if let Err((line, message)) = added {
                findings.push(Finding { path: path.to_owned(), line, message });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Documents, Vec<String>> {
        let control = SpiffeId::new("shop.local", "shop", "control").unwrap();
        let mut documents = Documents::default();
        let mut findings = Vec::new();
        documents.add(Path::new("f.yaml"), text, &control, &mut findings);
        if findings.is_empty() {
            Ok(documents)
        } else {
            Err(findings.iter().map(ToString::to_string).collect())
        }
    }

    const POLICY: &str = "\
apiVersion: treaty.dev/v1alpha1
kind: RpcAuthorization
metadata:
  name: catalog
spec:
  targetRef:
    kind: Service
    name: catalog
  rules:
    - name: prices
      from: [orders]
      methods: [shop.catalog.v2.CatalogService/BatchGetProducts]
";

    #[test]
    fn short_names_mean_workloads_of_the_namespace() {
        let documents = read(POLICY).unwrap();
        let rule = &documents.authorizations[0].rules[0];
        assert_eq!(rule.callers, ["spiffe://shop.local/ns/shop/sa/orders"]);
    }

    #[test]
    fn findings_name_file_and_line() {
        let unknown_key = POLICY.replace("      from:", "      form:");
        let findings = read(&format!("---\n{unknown_key}")).unwrap_err();
        assert!(findings[0].starts_with("f.yaml:12: "), "{findings:?}");
        assert!(findings[0].contains("form"), "{findings:?}");
        for (text, part) in [
            ("kind: Pod\n", "f.yaml:1: unknown kind `Pod`"),
            ("a: b\n", "every document needs a `kind`"),
            (&POLICY.replace("BatchGetProducts", ""), "must be `package.Service/Method`"),
            (&POLICY.replace("[orders]", "[Orders!]"), "Orders!"),
            (&POLICY.replace("v1alpha1", "v9"), "apiVersion"),
            (
                &POLICY.replace("  name: catalog\nspec", "  name: x\n  namespace: other\nspec"),
                "namespace must be",
            ),
            ("kind: [\n", "f.yaml:"),
        ] {
            let findings = read(text).unwrap_err();
            assert!(findings[0].contains(part), "{text}\ngave {findings:?}");
        }
    }

    #[test]
    fn routes_say_what_is_exposed() {
        let documents = read(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {name: shop}\n\
             spec:\n  parentRefs: [{name: gateway}]\n  rules:\n  - matches:\n    - method: {service: a.B}\n    \
             - method: {service: a.C, method: D}\n    backendRefs: [{name: b}]\n",
        )
        .unwrap();
        let rules = &documents.routes[0].rules;
        assert_eq!((rules[0].service.as_str(), rules[0].method.as_str()), ("a.B", ""));
        assert_eq!((rules[1].service.as_str(), rules[1].method.as_str()), ("a.C", "D"));
    }
}

//! Names a workload: `spiffe://<trust domain>/ns/<namespace>/sa/<workload>`.
//!
//! *Source*: the SPIFFE-ID standard, <https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md>;
//! the path is the one that Istio and SPIRE use for Kubernetes service accounts.

use std::fmt;
use std::str::FromStr;

/// The identity of a workload, as its certificate states it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpiffeId {
    trust_domain: String,
    namespace: String,
    workload: String,
}

/// Why a text is not one of our SPIFFE ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a workload identity: {reason}")]
pub struct InvalidSpiffeId {
    text: String,
    reason: &'static str,
}

impl SpiffeId {
    /// Builds an id from its parts.
    ///
    /// # Errors
    /// When a part is empty, over 63 bytes, or holds anything but lower-case letters,
    /// digits, `-`, `_` and (in the trust domain) `.`.
    pub fn new(
        trust_domain: &str,
        namespace: &str,
        workload: &str,
    ) -> Result<Self, InvalidSpiffeId> {
        let invalid = |text: &str, reason| InvalidSpiffeId { text: text.to_owned(), reason };
        if !is_trust_domain(trust_domain) {
            return Err(invalid(
                trust_domain,
                "a trust domain is lower-case letters, digits, `.`, `-` and `_`",
            ));
        }
        for segment in [namespace, workload] {
            if !is_segment(segment) {
                return Err(invalid(
                    segment,
                    "a name is 1 to 63 lower-case letters, digits, `-` and `_`",
                ));
            }
        }
        Ok(Self {
            trust_domain: trust_domain.to_owned(),
            namespace: namespace.to_owned(),
            workload: workload.to_owned(),
        })
    }

    /// The trust domain, such as `shop.local`.
    pub fn trust_domain(&self) -> &str {
        &self.trust_domain
    }

    /// The namespace, such as `shop`.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The workload's short name, such as `catalog`.
    pub fn workload(&self) -> &str {
        &self.workload
    }

    /// The identity of another workload in the same namespace.
    ///
    /// # Errors
    /// When the name is not a valid segment.
    pub fn sibling(&self, workload: &str) -> Result<Self, InvalidSpiffeId> {
        Self::new(&self.trust_domain, &self.namespace, workload)
    }
}

fn is_segment(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

fn is_trust_domain(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.')
        })
}

impl fmt::Display for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spiffe://{}/ns/{}/sa/{}", self.trust_domain, self.namespace, self.workload)
    }
}

impl FromStr for SpiffeId {
    type Err = InvalidSpiffeId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidSpiffeId {
            text: text.chars().take(300).collect(),
            reason: "it must read `spiffe://<trust domain>/ns/<namespace>/sa/<workload>`",
        };
        let rest = text.strip_prefix("spiffe://").ok_or_else(invalid)?;
        let mut parts = rest.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(domain), Some("ns"), Some(namespace), Some("sa"), Some(workload), None) => {
                Self::new(domain, namespace, workload).map_err(|_| invalid())
            }
            _ => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let id = SpiffeId::new("shop.local", "shop", "catalog").unwrap();
        assert_eq!(id.to_string(), "spiffe://shop.local/ns/shop/sa/catalog");
        assert_eq!(id.to_string().parse::<SpiffeId>().unwrap(), id);
    }

    #[test]
    fn refuses_what_could_be_taken_for_another() {
        for text in [
            "",
            "spiffe://",
            "spiffe://shop.local",
            "spiffe://shop.local/ns/shop/sa/",
            "spiffe://shop.local/ns/shop/sa/catalog/",
            "spiffe://shop.local/ns/shop/sa/catalog?x",
            "spiffe://shop.local/ns/../sa/catalog",
            "spiffe://shop.local/ns/shop/sa/Catalog",
            "spiffe://shop.local:80/ns/shop/sa/catalog",
            "https://shop.local/ns/shop/sa/catalog",
        ] {
            assert!(text.parse::<SpiffeId>().is_err(), "{text} was accepted");
        }
    }
}

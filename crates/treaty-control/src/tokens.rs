//! Which secret entitles to which identity.
//!
//! *Holds*: the file holds hashes, never secrets; a token is compared by its hash, so how
//! long the comparison takes tells nothing of the secret.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use treaty_core::spiffe::SpiffeId;

/// What a token entitles to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Hex SHA-256 of the token.
    pub token_sha256: String,
    /// The SPIFFE id that its bearer is.
    pub spiffe_id: String,
    /// DNS names that its bearer may serve at the edge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edge_names: Vec<String>,
}

impl Grant {
    /// A grant for a token.
    pub fn new(token: &str, id: &SpiffeId, edge_names: Vec<String>) -> Self {
        Self { token_sha256: hash(token), spiffe_id: id.to_string(), edge_names }
    }
}

/// All grants of a trust domain.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    by_hash: HashMap<String, (SpiffeId, Vec<String>)>,
}

/// Why the tokens cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct TokensError {
    path: String,
    reason: String,
}

impl Tokens {
    /// Reads a JSON array of [`Grant`]s.
    ///
    /// # Errors
    /// When the file cannot be read, or a grant is malformed or of another trust domain.
    pub fn read(path: &Path, trust_domain: &str) -> Result<Self, TokensError> {
        let error = |reason: String| TokensError { path: path.display().to_string(), reason };
        let text = std::fs::read_to_string(path).map_err(|source| error(source.to_string()))?;
        let grants: Vec<Grant> =
            serde_json::from_str(&text).map_err(|source| error(source.to_string()))?;
        let mut by_hash = HashMap::new();
        for grant in grants {
            let id: SpiffeId = grant.spiffe_id.parse().map_err(
                |source: treaty_core::spiffe::InvalidSpiffeId| error(source.to_string()),
            )?;
            if id.trust_domain() != trust_domain {
                return Err(error(format!("{id} is not of the trust domain {trust_domain}")));
            }
            by_hash.insert(grant.token_sha256, (id, grant.edge_names));
        }
        Ok(Self { by_hash })
    }

    /// Who bears a token, and the DNS names that are theirs.
    pub fn bearer(&self, token: &str) -> Option<(&SpiffeId, &[String])> {
        let (id, names) = self.by_hash.get(&hash(token))?;
        Some((id, names))
    }

    /// The DNS names of an identity; `None` when nothing was granted to it, or not any more.
    pub fn edge_names_of(&self, id: &SpiffeId) -> Option<&[String]> {
        let mut grants = self.by_hash.values();
        grants.find(|(granted, _)| granted == id).map(|(_, names)| names.as_slice())
    }
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

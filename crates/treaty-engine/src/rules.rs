//! The rules, and how a configuration chooses among them by id and category. — *Source*: `buf config
//! ls-breaking-rules` and `ls-lint-rules` of buf 1.75 in its three configuration versions.

pub mod breaking;
pub mod lint;
pub mod own;

use serde::{Deserialize, Serialize};

pub use breaking::{NotSelected, Rule};

/// What a breaking rule protects; a rule can be of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Generated code, file by file: the default of `treaty check`.
    File,
    /// Generated code, package by package.
    Package,
    /// Bytes and JSON.
    WireJson,
    /// Bytes only.
    Wire,
    /// Confluent's schema registry.
    Csr,
}

impl Category {
    /// All of them, the strictest first.
    pub const ALL: [Self; 5] = [Self::File, Self::Package, Self::WireJson, Self::Wire, Self::Csr];

    /// As a configuration names it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::File => "FILE",
            Self::Package => "PACKAGE",
            Self::WireJson => "WIRE_JSON",
            Self::Wire => "WIRE",
            Self::Csr => "CSR",
        }
    }
}

/// Where somebody notices that a rule was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Breaks {
    /// Protobuf bytes are read as something else, skipped or refused.
    Bytes,
    /// JSON is read as something else, skipped or refused.
    Json,
    /// Calls fail, or do something else.
    Calls,
    /// Code that uses generated code does not compile, or does something else.
    Source,
}

impl Breaks {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bytes, Self::Json, Self::Calls, Self::Source];

    /// In one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Json => "JSON",
            Self::Calls => "calls",
            Self::Source => "code",
        }
    }
}

/// The version of a `buf.yaml`, which decides what its ids and categories mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "each is the version of that name")]
pub enum ConfigVersion {
    V1Beta1,
    V1,
    #[default]
    V2,
}

/// The categories of a breaking rule in each configuration version; none where it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the version of that name")]
pub struct Categories {
    pub v1beta1: Option<&'static [Category]>,
    pub v1: Option<&'static [Category]>,
    pub v2: Option<&'static [Category]>,
}

impl ConfigVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::V1Beta1, Self::V1, Self::V2];

    /// As a configuration names it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::V1Beta1 => "v1beta1",
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

impl Categories {
    /// Those of one version.
    #[must_use]
    pub fn of(&self, version: ConfigVersion) -> Option<&'static [Category]> {
        match version {
            ConfigVersion::V1Beta1 => self.v1beta1,
            ConfigVersion::V1 => self.v1,
            ConfigVersion::V2 => self.v2,
        }
    }
}

/// Every breaking rule, by id.
pub use breaking::ALL;

/// The breaking rules of a category, as v2 configurations have them.
#[must_use]
pub fn of(category: Category) -> Vec<&'static Rule> {
    let has = |rule: &&Rule| rule.categories.v2.is_some_and(|all| all.contains(&category));
    ALL.iter().copied().filter(has).collect()
}

/// The rules that categories and ids in `chosen` name, as v2 configurations have them, without those
/// that `except` names.
///
/// # Errors
///
/// [`NotSelected`] for a name that is neither, and where nothing is left.
pub fn select(chosen: &[String], except: &[String]) -> Result<Vec<&'static Rule>, NotSelected> {
    breaking::select(ConfigVersion::V2, chosen, except).map(|selection| selection.rules)
}

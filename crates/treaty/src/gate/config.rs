//! What the configuration files of buf say, in one model for all of their versions. — *Does not*
//! find the files: the inputs do. — *Holds*: an unknown key, a path outside of its module and a
//! plugin that would have to run are errors, never ignored in silence.

mod buf_lock;
mod buf_work;
mod buf_yaml;
mod check;
mod external;

use std::collections::BTreeMap;

use treaty_engine::rules::ConfigVersion;

use super::path;
use super::select::{Kind, Section};
pub(super) use buf_lock::parse as parse_buf_lock;
pub(super) use buf_work::parse as parse_buf_work;
pub(super) use buf_yaml::{from_flag, parse as parse_buf_yaml};

/// The version of a configuration file; it decides which rules exist and what is on by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1Beta1,
    V1,
    V2,
}

impl From<Version> for ConfigVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::V1Beta1 => Self::V1Beta1,
            Version::V1 => Self::V1,
            Version::V2 => Self::V2,
        }
    }
}

/// Which rules to run, and where not to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckConfig {
    pub(super) version: Version,
    /// The whole module is ignored.
    pub(super) disabled: bool,
    /// Rule ids and categories; empty for the defaults.
    pub(super) chosen: Vec<String>,
    pub(super) except: Vec<String>,
    /// Folders and files, relative to the module's roots.
    pub(super) ignore: Vec<String>,
    /// By rule id or category.
    pub(super) ignore_only: BTreeMap<String, Vec<String>>,
    /// Only plugins check.
    pub(super) disable_builtin: bool,
}

/// The section `lint` of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LintConfig {
    pub(super) check: CheckConfig,
    /// Empty for the default.
    pub(super) enum_zero_value_suffix: String,
    /// Empty for the default.
    pub(super) service_suffix: String,
    pub(super) rpc_allow_same_request_response: bool,
    pub(super) rpc_allow_google_protobuf_empty_requests: bool,
    pub(super) rpc_allow_google_protobuf_empty_responses: bool,
    /// Whether `buf:lint:ignore` in a comment counts.
    pub(super) comment_ignores: bool,
}

/// The section `breaking` of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BreakingConfig {
    pub(super) check: CheckConfig,
    pub(super) ignore_unstable_packages: bool,
}

/// A folder that imports are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    /// Relative to the module's folder.
    pub(super) folder: String,
    /// Relative to the root; empty for everything.
    pub(super) includes: Vec<String>,
    /// Relative to the root.
    pub(super) excludes: Vec<String>,
}

/// One module: where its protos are and how they are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModuleConfig {
    /// Relative to the configuration file.
    pub(super) folder: String,
    /// The configuration file, as people are told of it; empty where there is none.
    pub(super) file: String,
    /// `registry/owner/name`.
    pub(super) name: Option<String>,
    /// One, but for v1beta1.
    pub(super) roots: Vec<Root>,
    pub(super) lint: LintConfig,
    pub(super) breaking: BreakingConfig,
}

/// A `buf.yaml`, or what stands for it.
#[derive(Debug, Clone)]
pub(super) struct BufYaml {
    pub(super) version: Version,
    /// As people are told of it.
    pub(super) shown: String,
    /// By folder.
    pub(super) modules: Vec<ModuleConfig>,
    /// For images, which belong to no module.
    pub(super) lint: LintConfig,
    pub(super) breaking: BreakingConfig,
    /// `registry/owner/name`, without a version.
    pub(super) deps: Vec<String>,
    /// Of check plugins, and files of policies.
    pub(super) plugins: Vec<String>,
}

impl CheckConfig {
    pub(super) fn new(version: Version) -> Self {
        Self {
            version,
            disabled: false,
            chosen: Vec::new(),
            except: Vec::new(),
            ignore: Vec::new(),
            ignore_only: BTreeMap::new(),
            disable_builtin: false,
        }
    }
}

impl LintConfig {
    pub(super) fn new(version: Version) -> Self {
        Self {
            check: CheckConfig::new(version),
            enum_zero_value_suffix: String::new(),
            service_suffix: String::new(),
            rpc_allow_same_request_response: false,
            rpc_allow_google_protobuf_empty_requests: false,
            rpc_allow_google_protobuf_empty_responses: false,
            comment_ignores: version == Version::V2,
        }
    }
}

impl BreakingConfig {
    pub(super) fn new(version: Version) -> Self {
        Self { check: CheckConfig::new(version), ignore_unstable_packages: false }
    }
}

impl ModuleConfig {
    /// As without a configuration file.
    pub(super) fn without_file(version: Version) -> Self {
        let root = Root { folder: ".".to_owned(), includes: Vec::new(), excludes: Vec::new() };
        Self {
            folder: ".".to_owned(),
            file: String::new(),
            name: None,
            roots: vec![root],
            lint: LintConfig::new(version),
            breaking: BreakingConfig::new(version),
        }
    }

    /// As people are told of it, and buf does it: modules may share a folder.
    pub(super) fn description(&self) -> String {
        let mut text = format!("path: \"{}\"", self.folder);
        for root in &self.roots {
            for (what, paths) in [("includes", &root.includes), ("excludes", &root.excludes)] {
                for one in paths {
                    text += &format!(", {what}: \"{}\"", path::join(&self.folder, one));
                }
            }
        }
        text
    }

    /// What is configured for one of the commands.
    pub(super) fn section(&self, kind: Kind) -> Section<'_> {
        let check = match kind {
            Kind::Breaking => &self.breaking.check,
            Kind::Lint => &self.lint.check,
        };
        Section { kind, file: &self.file, check }
    }
}

//! The keys of `buf.yaml` as they are written. — *Holds*: an unknown key is an error; a key without
//! a value is as good as none.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A plain `true` or `false`: buf takes no string for one.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(flag),
        other => Err(serde::de::Error::custom(format!("expected true or false, found {other}"))),
    }
}

/// Only the version, so that an older file is not told of its unknown keys.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Versioned {
    #[serde(default, deserialize_with = "nullable")]
    pub(super) version: String,
}

/// v1beta1 and v1.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileV1 {
    #[serde(rename = "version")]
    pub(super) _version: Value,
    #[serde(deserialize_with = "nullable")]
    pub(super) name: String,
    #[serde(deserialize_with = "nullable")]
    pub(super) deps: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) build: Build,
    #[serde(deserialize_with = "nullable")]
    pub(super) lint: Lint,
    #[serde(deserialize_with = "nullable")]
    pub(super) breaking: Breaking,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Build {
    #[serde(deserialize_with = "nullable")]
    pub(super) roots: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) excludes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileV2 {
    #[serde(rename = "version")]
    pub(super) _version: Value,
    #[serde(deserialize_with = "nullable")]
    pub(super) name: String,
    #[serde(deserialize_with = "nullable")]
    pub(super) modules: Vec<Module>,
    #[serde(deserialize_with = "nullable")]
    pub(super) deps: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) lint: Lint,
    #[serde(deserialize_with = "nullable")]
    pub(super) breaking: Breaking,
    #[serde(deserialize_with = "nullable")]
    pub(super) plugins: Vec<Plugin>,
    #[serde(deserialize_with = "nullable")]
    pub(super) policies: Vec<Policy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Module {
    #[serde(deserialize_with = "nullable")]
    pub(super) path: String,
    #[serde(deserialize_with = "nullable")]
    pub(super) name: String,
    #[serde(deserialize_with = "nullable")]
    pub(super) includes: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) excludes: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) lint: Lint,
    #[serde(deserialize_with = "nullable")]
    pub(super) breaking: Breaking,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Plugin {
    /// A name, or a command as a list.
    pub(super) plugin: Value,
    #[serde(rename = "options")]
    pub(super) _options: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Policy {
    #[serde(deserialize_with = "nullable")]
    pub(super) policy: String,
    #[serde(rename = "ignore")]
    pub(super) _ignore: Value,
    #[serde(rename = "ignore_only")]
    pub(super) _ignore_only: Value,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Lint {
    #[serde(rename = "use", deserialize_with = "nullable")]
    pub(super) chosen: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) except: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) ignore: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) ignore_only: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "nullable")]
    pub(super) enum_zero_value_suffix: String,
    #[serde(deserialize_with = "nullable")]
    pub(super) service_suffix: String,
    #[serde(deserialize_with = "flag")]
    pub(super) rpc_allow_same_request_response: bool,
    #[serde(deserialize_with = "flag")]
    pub(super) rpc_allow_google_protobuf_empty_requests: bool,
    #[serde(deserialize_with = "flag")]
    pub(super) rpc_allow_google_protobuf_empty_responses: bool,
    /// v1beta1 and v1 only.
    pub(super) allow_comment_ignores: Option<bool>,
    /// v2 only.
    pub(super) disallow_comment_ignores: Option<bool>,
    #[serde(deserialize_with = "flag")]
    pub(super) disable_builtin: bool,
}

impl Lint {
    /// Whether it says nothing, so that the default of the file stands.
    pub(super) fn is_empty(&self) -> bool {
        self.chosen.is_empty()
            && self.except.is_empty()
            && self.ignore.is_empty()
            && self.ignore_only.is_empty()
            && self.enum_zero_value_suffix.is_empty()
            && self.service_suffix.is_empty()
            && !self.rpc_allow_same_request_response
            && !self.rpc_allow_google_protobuf_empty_requests
            && !self.rpc_allow_google_protobuf_empty_responses
            && !self.disallow_comment_ignores.unwrap_or_default()
            && !self.disable_builtin
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Breaking {
    #[serde(rename = "use", deserialize_with = "nullable")]
    pub(super) chosen: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) except: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) ignore: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub(super) ignore_only: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "flag")]
    pub(super) ignore_unstable_packages: bool,
    #[serde(deserialize_with = "flag")]
    pub(super) disable_builtin: bool,
}

impl Breaking {
    /// Whether it says nothing, so that the default of the file stands.
    pub(super) fn is_empty(&self) -> bool {
        self.chosen.is_empty()
            && self.except.is_empty()
            && self.ignore.is_empty()
            && self.ignore_only.is_empty()
            && !self.ignore_unstable_packages
            && !self.disable_builtin
    }
}

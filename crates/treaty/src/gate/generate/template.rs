//! Reads `buf.gen.yaml` of all three versions into one model. — *Holds*: a key that is not known
//! is an error with its place. — *Source*: <https://buf.build/docs/configuration/v2/buf-gen-yaml/>
//! and buf 1.75.0.

mod input;
mod managed_v1;
mod managed_v2;
mod plugin;
mod yaml;

use std::fs;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) use input::Input;
pub(super) use plugin::{Plugin, Strategy, Way};

use super::managed::Managed;

/// What to generate, independent of the version.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) plugins: Vec<Plugin>,
    pub(super) managed: Managed,
    /// Whether what was generated before is deleted.
    pub(super) clean: bool,
    /// Of version v1; they are for inputs of the command line too.
    pub(super) types: Vec<String>,
    /// Of version v2.
    pub(super) inputs: Vec<Input>,
}

#[derive(Debug, Deserialize)]
struct Versioned {
    version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct V1Beta1 {
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    managed: bool,
    #[serde(default)]
    plugins: Vec<plugin::V1Beta1>,
    #[serde(default)]
    options: managed_v1::Options,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct V1 {
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    plugins: Vec<plugin::V1>,
    #[serde(default)]
    managed: managed_v1::Managed,
    #[serde(default)]
    types: TypesV1,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypesV1 {
    #[serde(default)]
    include: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct V2 {
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    clean: bool,
    #[serde(default)]
    managed: managed_v2::Managed,
    #[serde(default)]
    plugins: Vec<plugin::V2>,
    #[serde(default)]
    inputs: Vec<input::V2>,
}

impl Template {
    /// Reads a file, or what is given in place of one.
    pub(super) fn read(given: &str) -> anyhow::Result<Self> {
        let is_file = [".yaml", ".yml", ".json"].iter().any(|end| given.ends_with(end));
        if !is_file {
            return Self::parse("--template", given);
        }
        let text = fs::read_to_string(given).with_context(|| format!("cannot read {given}"))?;
        Self::parse(given, &text)
    }

    fn parse(shown: &str, text: &str) -> anyhow::Result<Self> {
        // First only the version, so that nobody is told of the keys of another one.
        let versioned: Versioned = read(shown, text)?;
        let template = match versioned.version.as_deref() {
            Some("v1beta1") => Self::from_v1beta1(read(shown, text)?),
            Some("v1") => Self::from_v1(read(shown, text)?),
            Some("v2") => Self::from_v2(read(shown, text)?),
            Some(other) => {
                bail!("{shown}: `version: {other}` is not known; there are v1beta1, v1 and v2")
            }
            None => bail!("{shown}: there is no `version`; use `version: v2`"),
        };
        template.with_context(|| format!("{shown} is not valid"))
    }

    fn from_v1beta1(file: V1Beta1) -> anyhow::Result<Self> {
        let managed = file.options.read(file.managed)?;
        ensure!(!file.plugins.is_empty(), "must specify at least one plugin");
        let plugins = file.plugins.into_iter().map(plugin::V1Beta1::read);
        let (clean, types, inputs) = Default::default();
        Ok(Self { plugins: plugins.collect::<Result<_, _>>()?, managed, clean, types, inputs })
    }

    fn from_v1(file: V1) -> anyhow::Result<Self> {
        let managed = file.managed.read()?;
        ensure!(!file.plugins.is_empty(), "must specify at least one plugin");
        let plugins = file.plugins.into_iter().map(plugin::V1::read);
        let (clean, inputs) = Default::default();
        let types = file.types.include;
        Ok(Self { plugins: plugins.collect::<Result<_, _>>()?, managed, clean, types, inputs })
    }

    fn from_v2(file: V2) -> anyhow::Result<Self> {
        let managed = file.managed.read()?;
        let plugins = file.plugins.into_iter().map(plugin::V2::read).collect::<Result<_, _>>()?;
        let inputs = file.inputs.into_iter().map(input::V2::read).collect::<Result<_, _>>()?;
        Ok(Self { plugins, managed, clean: file.clean, types: Vec::new(), inputs })
    }
}

/// JSON is YAML too.
fn read<T: DeserializeOwned>(shown: &str, text: &str) -> anyhow::Result<T> {
    super::super::yaml::read(shown, text).with_context(|| format!("{shown} is not valid"))
}

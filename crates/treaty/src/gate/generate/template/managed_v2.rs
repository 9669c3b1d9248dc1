//! Managed mode as version v2 writes it: rules in order.

use anyhow::{bail, ensure};
use serde::Deserialize;

use super::super::super::path::clean;
use super::super::managed::{self, Disable, Disabled, FileOption, JsType, Override, Scope, Set};
use super::yaml::Scalar;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Managed {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    disable: Vec<DisableRule>,
    #[serde(default, rename = "override")]
    overrides: Vec<OverrideRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DisableRule {
    #[serde(default)]
    file_option: String,
    #[serde(default)]
    field_option: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    field: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideRule {
    #[serde(default)]
    file_option: String,
    #[serde(default)]
    field_option: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    field: String,
    value: Option<Scalar>,
}

impl Managed {
    pub(super) fn read(self) -> anyhow::Result<managed::Managed> {
        Ok(managed::Managed {
            enabled: self.enabled,
            disables: self.disable.into_iter().map(DisableRule::read).collect::<Result<_, _>>()?,
            overrides: self
                .overrides
                .into_iter()
                .map(OverrideRule::read)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl DisableRule {
    fn read(self) -> anyhow::Result<Disable> {
        let what = match (self.file_option.as_str(), self.field_option.as_str()) {
            ("", "") => Disabled::All,
            (name, "") => Disabled::File(FileOption::parse(name)?),
            ("", name) => {
                is_jstype(name)?;
                Disabled::JsType
            }
            _ => bail!("at most one of file_option and field_option can be specified"),
        };
        let has_place = [&self.path, &self.module, &self.field].iter().any(|one| !one.is_empty());
        ensure!(what != Disabled::All || has_place, "empty disable rule is not allowed");
        ensure!(
            self.field.is_empty() || !matches!(what, Disabled::File(_)),
            "cannot disable a file option for a field"
        );
        Ok(Disable { scope: scope(self.path, self.module)?, field: self.field, what })
    }
}

impl OverrideRule {
    fn read(self) -> anyhow::Result<Override> {
        let Some(value) = self.value else { bail!("must set value for an override") };
        let what = match (self.file_option.as_str(), self.field_option.as_str()) {
            ("", "") => bail!("must set file_option or field_option for an override"),
            (name, "") => {
                ensure!(self.field.is_empty(), "must not set field for a file_option override");
                let option = FileOption::parse(name)?;
                let value = match &value {
                    Scalar::Truth(truth) => option.truth(*truth)?,
                    Scalar::Text(text) => option.text(text)?,
                    Scalar::Other(other) => {
                        bail!("invalid value {other} for {name}: expected a text, true or false")
                    }
                };
                Set::File(option, value)
            }
            ("", name) => {
                is_jstype(name)?;
                Set::JsType { field: self.field, value: JsType::parse(&value.to_string())? }
            }
            _ => bail!("exactly one of file_option and field_option must be set for an override"),
        };
        Ok(Override { scope: scope(self.path, self.module)?, what })
    }
}

fn is_jstype(name: &str) -> anyhow::Result<()> {
    let name = name.trim().to_lowercase();
    ensure!(name == "jstype", "unknown field_option: \"{name}\"");
    Ok(())
}

/// Files by path and module.
pub(super) fn scope(path: String, module: String) -> anyhow::Result<Scope> {
    let is_normal = path.is_empty() || path == "." || clean(&path) == path;
    ensure!(
        is_normal && !path.starts_with('/') && path != ".." && !path.starts_with("../"),
        "invalid path `{path}`: it must be relative, below its module and without `.` and `..`"
    );
    let parts: Vec<&str> = module.split('/').collect();
    ensure!(
        module.is_empty() || (parts.len() == 3 && parts.iter().all(|part| !part.is_empty())),
        "invalid module name `{module}`: it is <host>/<owner>/<name>"
    );
    Ok(Scope { path, module })
}

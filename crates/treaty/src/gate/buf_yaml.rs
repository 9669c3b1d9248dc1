//! Reads the part of `buf.yaml` v2 that the gate knows. — *Holds*: what it does not know yet is an
//! error that names the key, never ignored in silence. — *Source*: <https://buf.build/docs/configuration/v2/buf-yaml/>.

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Where the protos are and which rules to use.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// Folders that imports are relative to; `.` is the configuration's own.
    pub(super) modules: Vec<String>,
    /// Categories and rule ids.
    pub(super) chosen: Vec<String>,
    pub(super) except: Vec<String>,
}

impl Default for Config {
    /// As buf without a `buf.yaml`.
    fn default() -> Self {
        Self { modules: vec![".".to_owned()], chosen: vec!["FILE".to_owned()], except: Vec::new() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BufYaml {
    version: String,
    #[serde(default)]
    modules: Vec<Module>,
    #[serde(default)]
    breaking: Breaking,
    #[serde(default, rename = "lint")]
    _lint: Option<IgnoredAny>,
    #[serde(default, rename = "name")]
    _name: Option<IgnoredAny>,
    #[serde(default)]
    deps: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Module {
    path: String,
    #[serde(default, rename = "name")]
    _name: Option<IgnoredAny>,
    #[serde(default, rename = "lint")]
    _lint: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Breaking {
    #[serde(default, rename = "use")]
    chosen: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
}

/// Reads the text of the file that is shown as `path`.
pub(super) fn parse(path: &str, text: &str) -> anyhow::Result<Config> {
    // First only the version, so that an older file is not told of its unknown keys.
    #[derive(Deserialize)]
    struct Versioned {
        version: Option<String>,
    }
    let versioned: Versioned =
        serde_saphyr::from_str(text).with_context(|| format!("{path} is not valid"))?;
    match versioned.version.as_deref() {
        Some("v2") => {}
        Some(other) => bail!("{path}: version `{other}` is not supported yet; use `version: v2`"),
        None => bail!("{path}: there is no `version`; use `version: v2`"),
    }
    let yaml: BufYaml = serde_saphyr::from_str(text)
        .with_context(|| format!("{path}: not valid, or not supported yet"))?;
    ensure!(yaml.version == "v2", "{path}: use `version: v2`");
    if let Some(dependency) = yaml.deps.first() {
        bail!("{path}: `deps` ({dependency}) are not supported yet: put the files into a module");
    }
    let default = Config::default();
    let or = |given: Vec<String>, default| if given.is_empty() { default } else { given };
    Ok(Config {
        modules: or(yaml.modules.into_iter().map(|module| module.path).collect(), default.modules),
        chosen: or(yaml.breaking.chosen, default.chosen),
        except: yaml.breaking.except,
    })
}

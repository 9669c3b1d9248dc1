//! The plugins of a template.

use anyhow::{bail, ensure};
use serde::Deserialize;

use super::yaml::Texts;

/// A plugin and what it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Plugin {
    /// As messages name it.
    pub(in super::super) name: String,
    pub(in super::super) way: Way,
    /// A folder, or a `.jar` or `.zip` file.
    pub(in super::super) out: String,
    /// Joined by commas.
    pub(in super::super) parameter: String,
    pub(in super::super) strategy: Strategy,
    pub(in super::super) include_imports: bool,
    pub(in super::super) include_wkt: bool,
    pub(in super::super) types: Vec<String>,
    pub(in super::super) exclude_types: Vec<String>,
}

/// How a plugin is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Way {
    /// A program and its arguments.
    Program(Vec<String>),
    /// `protoc-gen-<name>`, and where there is none, what is built into protoc.
    Named {
        name: String,
        /// The program and its arguments; none is `protoc`.
        protoc: Vec<String>,
    },
}

/// How files are split between runs of a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum Strategy {
    #[default]
    Directory,
    All,
}

impl Strategy {
    fn parse(text: Option<&str>) -> anyhow::Result<Self> {
        match text {
            None | Some("" | "directory") => Ok(Self::Directory),
            Some("all") => Ok(Self::All),
            Some(other) => bail!("unknown strategy: {other}"),
        }
    }
}

/// What all versions have.
struct Plain {
    name: String,
    way: Way,
    out: String,
    opt: Texts,
    strategy: Strategy,
}

impl Plain {
    fn read(self) -> Plugin {
        let (include_imports, include_wkt, types, exclude_types) = Default::default();
        Plugin {
            name: self.name,
            way: self.way,
            out: self.out,
            parameter: self.opt.0.join(","),
            strategy: self.strategy,
            include_imports,
            include_wkt,
            types,
            exclude_types,
        }
    }
}

fn remote(name: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "{name} is a remote plugin: treaty runs only local plugins and those built into protoc, and sends no sources away; install it and use `local: protoc-gen-...`"
    )
}

/// Whether a name is one of a registry: `<host>/<owner>/<name>`, with a version or not.
fn is_remote(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    matches!(parts[..], [host, owner, plugin] if host.contains('.') && !host.starts_with('.') && !owner.is_empty() && !plugin.is_empty())
}

/// A plugin of version v1beta1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct V1Beta1 {
    #[serde(default)]
    name: String,
    #[serde(default)]
    out: String,
    #[serde(default)]
    opt: Texts,
    #[serde(default)]
    path: String,
    strategy: Option<String>,
}

impl V1Beta1 {
    pub(super) fn read(self) -> anyhow::Result<Plugin> {
        let name = self.name;
        ensure!(!name.is_empty(), "plugin name is required");
        ensure!(!self.out.is_empty(), "out is required for plugin {name}");
        let strategy = Strategy::parse(self.strategy.as_deref())?;
        let way = if self.path.is_empty() {
            Way::Named { name: name.clone(), protoc: Vec::new() }
        } else {
            Way::Program(vec![self.path])
        };
        Ok(Plain { name, way, out: self.out, opt: self.opt, strategy }.read())
    }
}

/// A plugin of version v1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct V1 {
    #[serde(default)]
    plugin: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    out: String,
    /// Only for remote plugins.
    #[serde(default, rename = "revision")]
    _revision: i64,
    #[serde(default)]
    opt: Texts,
    #[serde(default)]
    path: Texts,
    #[serde(default)]
    protoc_path: Texts,
    strategy: Option<String>,
}

impl V1 {
    pub(super) fn read(self) -> anyhow::Result<Plugin> {
        let name = match (self.plugin.is_empty(), self.name.is_empty()) {
            (true, true) => bail!("one of plugin or name is required"),
            (false, false) => bail!("only one of plugin or name can be set"),
            (false, true) => self.plugin,
            (true, false) if is_remote(&self.name) => {
                bail!("invalid local plugin name: {}", self.name)
            }
            (true, false) => self.name,
        };
        ensure!(!self.out.is_empty(), "out is required for plugin {name}");
        let strategy = Strategy::parse(self.strategy.as_deref())?;
        if is_remote(&name) {
            return Err(remote(&name));
        }
        let way = if self.path.0.is_empty() {
            Way::Named { name: name.clone(), protoc: self.protoc_path.0 }
        } else {
            Way::Program(self.path.0)
        };
        Ok(Plain { name, way, out: self.out, opt: self.opt, strategy }.read())
    }
}

/// A plugin of version v2.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct V2 {
    remote: Option<String>,
    revision: Option<i64>,
    local: Option<Texts>,
    protoc_builtin: Option<String>,
    protoc_path: Option<Texts>,
    #[serde(default)]
    out: String,
    #[serde(default)]
    opt: Texts,
    #[serde(default)]
    include_imports: bool,
    #[serde(default)]
    include_wkt: bool,
    strategy: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    exclude_types: Vec<String>,
}

impl V2 {
    pub(super) fn read(self) -> anyhow::Result<Plugin> {
        let kinds = [self.remote.is_some(), self.local.is_some(), self.protoc_builtin.is_some()];
        match kinds.iter().filter(|is_set| **is_set).count() {
            0 => bail!("must specify one of remote, local or protoc_builtin"),
            1 => {}
            _ => bail!("only one of remote, local or protoc_builtin"),
        }
        ensure!(!self.out.is_empty(), "must specify out");
        let strategy = Strategy::parse(self.strategy.as_deref())?;
        ensure!(
            self.include_imports || !self.include_wkt,
            "cannot include well-known types without including imports"
        );
        if let Some(name) = self.remote {
            return Err(remote(&name));
        }
        let (name, way) = if let Some(local) = self.local {
            let name = local.0.join(" ");
            ensure!(self.revision.is_none(), "cannot specify revision for local plugin {name}");
            ensure!(
                self.protoc_path.is_none(),
                "cannot specify protoc_path for local plugin {name}"
            );
            ensure!(!local.0.is_empty(), "must specify a path to the plugin");
            (name, Way::Program(local.0))
        } else {
            let name = self.protoc_builtin.unwrap_or_default();
            ensure!(
                self.revision.is_none(),
                "cannot specify revision for protoc built-in plugin {name}"
            );
            let protoc = self.protoc_path.unwrap_or_default().0;
            (name.clone(), Way::Named { name, protoc })
        };
        let plain = Plain { name, way, out: self.out, opt: self.opt, strategy }.read();
        Ok(Plugin {
            include_imports: self.include_imports,
            include_wkt: self.include_wkt,
            types: self.types,
            exclude_types: self.exclude_types,
            ..plain
        })
    }
}

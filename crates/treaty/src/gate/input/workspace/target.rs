//! Which files of a module are meant by `--path`, `--exclude-path` or a single file.

use anyhow::{bail, ensure};

use super::super::super::config::ModuleConfig;
use super::super::super::path;
use super::locate::Located;

/// What of a module is meant; names are as imports have them.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// Empty for everything.
    paths: Vec<String>,
    excludes: Vec<String>,
    /// One file, and whether all of its package is meant with it.
    file: Option<(String, bool)>,
}

/// That the paths can mean something.
pub(super) fn validate(located: &Located) -> anyhow::Result<()> {
    if located.proto_file.is_some() {
        return Ok(());
    }
    for target in &located.paths {
        ensure!(
            *target != located.input,
            "given input is equal to a value of --path, this has no effect and is disallowed"
        );
        for exclude in &located.exclude_paths {
            ensure!(
                target != exclude,
                "cannot set the same path for both --path and --exclude-path: \"{target}\""
            );
            ensure!(
                !path::covers(exclude, target),
                "excluded path \"{exclude}\" contains targeted path \"{target}\", which means all paths in \"{target}\" will be excluded"
            );
        }
    }
    for exclude in &located.exclude_paths {
        ensure!(
            *exclude != located.input,
            "given input \"{}\" is equal to a value of --exclude-path \"{exclude}\", this would exclude everything",
            located.input
        );
    }
    Ok(())
}

impl Target {
    /// What of a module is meant, if any of it is.
    pub(super) fn new(
        folder: &str,
        config: &ModuleConfig,
        located: &Located,
    ) -> anyhow::Result<Option<Self>> {
        let as_import = |inner: &str| as_import(config, inner);
        if let Some((file, with_package)) = &located.proto_file {
            if !path::contains(folder, file) {
                return Ok(None);
            }
            let inner = path::below(folder, file).unwrap_or(file);
            let file = Some((as_import(inner)?, *with_package));
            return Ok(Some(Self { file, ..Self::default() }));
        }
        let mut target = Self::default();
        for one in &located.paths {
            ensure!(
                one != folder,
                "module \"{one}\" was specified with --path, specify this module path directly as an input"
            );
            if path::contains(folder, one) {
                target.paths.push(as_import(path::below(folder, one).unwrap_or(one))?);
            }
        }
        if target.paths.is_empty() && !located.paths.is_empty() {
            return Ok(None);
        }
        for one in &located.exclude_paths {
            ensure!(
                one != folder,
                "module \"{one}\" was specified with --exclude-path, this flag cannot be used to specify module directories"
            );
            if path::contains(folder, one) {
                target.excludes.push(as_import(path::below(folder, one).unwrap_or(one))?);
            }
        }
        Ok(Some(target))
    }

    /// Whether a whole package is meant.
    pub(super) fn is_package(&self) -> bool {
        matches!(self.file, Some((_, true)))
    }

    /// Whether a file is meant; `package` tells the package of a file of the module.
    pub(super) fn holds(&self, name: &str, package: impl Fn(&str) -> String) -> bool {
        match &self.file {
            Some((file, _)) if file == name => true,
            Some((_, false)) => false,
            Some((file, true)) => {
                let own = package(file);
                !own.is_empty() && own == package(name)
            }
            None => {
                (self.paths.is_empty() || path::any_covers(&self.paths, name))
                    && !path::any_covers(&self.excludes, name)
            }
        }
    }
}

/// A path below the module's folder as a path below the root that holds it.
fn as_import(config: &ModuleConfig, inner: &str) -> anyhow::Result<String> {
    let roots: Vec<&str> = config.roots.iter().map(|root| root.folder.as_str()).collect();
    let mut holding = roots.iter().filter(|root| path::contains(root, inner));
    match (holding.next(), holding.next()) {
        (Some(root), None) => Ok(path::below(root, inner).unwrap_or(inner).to_owned()),
        (Some(_), Some(_)) => bail!("\"{inner}\" is contained in multiple roots {roots:?}"),
        (None, _) => bail!(
            "path \"{inner}\" is not contained within any of roots {roots:?} - note that specified paths cannot be roots, but must be contained within roots"
        ),
    }
}

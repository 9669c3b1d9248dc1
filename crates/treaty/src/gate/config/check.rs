//! Turns the sections `lint` and `breaking` into what they mean for one module.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};

use super::super::path;
use super::external::{Breaking, Lint};
use super::{BreakingConfig, CheckConfig, LintConfig, Version};

/// Where the paths of a section belong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) version: Version,
    /// The module's folder, relative to the file.
    pub(super) folder: &'a str,
    /// Whether the section is the module's own, so that it may name nothing outside of it; the
    /// default of a file is for every module, which takes what is its own.
    pub(super) strict: bool,
}

pub(super) fn lint(section: &Lint, scope: Scope<'_>) -> anyhow::Result<LintConfig> {
    let v2 = scope.version == Version::V2;
    ensure!(
        !v2 || section.allow_comment_ignores.is_none(),
        "lint.allow_comment_ignores is a key of v1; in v2 comments count unless disallow_comment_ignores is set"
    );
    ensure!(
        v2 || section.disallow_comment_ignores.is_none(),
        "lint.disallow_comment_ignores is a key of v2; in v1 comments count if allow_comment_ignores is set"
    );
    let check = Check {
        name: "lint",
        chosen: &section.chosen,
        except: &section.except,
        ignore: &section.ignore,
        ignore_only: &section.ignore_only,
        disable_builtin: section.disable_builtin,
    };
    Ok(LintConfig {
        check: check.resolve(scope)?,
        enum_zero_value_suffix: section.enum_zero_value_suffix.clone(),
        service_suffix: section.service_suffix.clone(),
        rpc_allow_same_request_response: section.rpc_allow_same_request_response,
        rpc_allow_google_protobuf_empty_requests: section.rpc_allow_google_protobuf_empty_requests,
        rpc_allow_google_protobuf_empty_responses: section
            .rpc_allow_google_protobuf_empty_responses,
        comment_ignores: if v2 {
            !section.disallow_comment_ignores.unwrap_or_default()
        } else {
            section.allow_comment_ignores.unwrap_or_default()
        },
    })
}

pub(super) fn breaking(section: &Breaking, scope: Scope<'_>) -> anyhow::Result<BreakingConfig> {
    let check = Check {
        name: "breaking",
        chosen: &section.chosen,
        except: &section.except,
        ignore: &section.ignore,
        ignore_only: &section.ignore_only,
        disable_builtin: section.disable_builtin,
    };
    Ok(BreakingConfig {
        check: check.resolve(scope)?,
        ignore_unstable_packages: section.ignore_unstable_packages,
    })
}

/// What both sections have.
struct Check<'a> {
    name: &'static str,
    chosen: &'a [String],
    except: &'a [String],
    ignore: &'a [String],
    ignore_only: &'a BTreeMap<String, Vec<String>>,
    disable_builtin: bool,
}

impl Check<'_> {
    fn resolve(&self, scope: Scope<'_>) -> anyhow::Result<CheckConfig> {
        let key = format!("{}.ignore", self.name);
        for one in self.ignore {
            if relative(&key, one)? == scope.folder {
                return Ok(CheckConfig { disabled: true, ..CheckConfig::new(scope.version) });
            }
        }
        let ignore = apart(in_module(&key, self.ignore, scope)?, "ignore")?;
        let key = format!("{}.ignore_only", self.name);
        let mut ignore_only = BTreeMap::new();
        for (id, paths) in self.ignore_only {
            let paths = in_module(&key, paths, scope)?;
            if !paths.is_empty() {
                ignore_only.insert(id.clone(), apart(paths, "ignore_only path")?);
            }
        }
        Ok(CheckConfig {
            version: scope.version,
            disabled: false,
            chosen: sorted(self.chosen),
            except: sorted(self.except),
            ignore,
            ignore_only,
            disable_builtin: self.disable_builtin,
        })
    }
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names: Vec<_> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn relative(key: &str, text: &str) -> anyhow::Result<String> {
    path::relative(text).with_context(|| format!("{key}: invalid path"))
}

/// The paths as they are below the module's folder.
fn in_module(key: &str, paths: &[String], scope: Scope<'_>) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for text in paths {
        let clean = relative(key, text)?;
        match path::below(scope.folder, &clean) {
            Some(inner) => found.push(inner.to_owned()),
            None if scope.strict => bail!(
                "{key}: path \"{clean}\" is not contained within module directory \"{}\"",
                scope.folder
            ),
            None => {}
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Sorted paths of which none is twice there or inside of another.
pub(super) fn apart(mut paths: Vec<String>, what: &str) -> anyhow::Result<Vec<String>> {
    paths.sort();
    for (at, one) in paths.iter().enumerate() {
        for other in &paths[at + 1..] {
            ensure!(one != other, "duplicate {what} \"{one}\"");
            for (outer, inner) in [(one, other), (other, one)] {
                ensure!(
                    !path::covers(outer, inner),
                    "{what} \"{inner}\" is within {what} \"{outer}\" which is not allowed"
                );
            }
        }
    }
    Ok(paths)
}

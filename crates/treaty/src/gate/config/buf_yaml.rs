//! Reads `buf.yaml` in its versions v1beta1, v1 and v2. — *Source*:
//! <https://buf.build/docs/configuration/>, and buf 1.75.0 where that is silent.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use super::super::{path, yaml};
use super::check::{self, Scope, apart};
use super::external::{FileV1, FileV2, Module, Versioned};
use super::{BufYaml, ModuleConfig, Root, Version};

/// Reads the text of the file that is shown as `shown`.
pub(in crate::gate) fn parse(shown: &str, text: &str) -> anyhow::Result<BufYaml> {
    let mut file = read(shown, text).with_context(|| format!("{shown} is not valid"))?;
    shown.clone_into(&mut file.shown);
    for module in &mut file.modules {
        shown.clone_into(&mut module.file);
    }
    Ok(file)
}

/// Reads the value of `--config`: the name of a file, or its contents.
pub(in crate::gate) fn from_flag(value: &str) -> anyhow::Result<BufYaml> {
    let inline = value.trim_start().starts_with('{') || value.contains('\n');
    let known = [".json", ".yaml", ".yml"].iter().any(|one| value.ends_with(one));
    if known && !inline {
        let text = fs::read_to_string(value).with_context(|| format!("cannot read {value}"))?;
        return parse(value, &text);
    }
    parse("the configuration given on the command line", value)
}

fn read(shown: &str, text: &str) -> anyhow::Result<BufYaml> {
    let versioned: Versioned =
        if text.trim().is_empty() { Versioned::default() } else { yaml::read(shown, text)? };
    let file = match versioned.version.as_str() {
        "v1beta1" => v1(Version::V1Beta1, yaml::read(shown, text)?)?,
        "v1" => v1(Version::V1, yaml::read(shown, text)?)?,
        "v2" => v2(yaml::read(shown, text)?)?,
        "" => bail!("`version` is not set: add `version: v2`"),
        other => bail!("unknown file version: \"{other}\""),
    };
    let mut names = BTreeSet::new();
    for name in file.modules.iter().filter_map(|module| module.name.as_deref()) {
        ensure!(names.insert(name), "two modules are named {name}");
    }
    Ok(file)
}

fn v1(version: Version, file: FileV1) -> anyhow::Result<BufYaml> {
    ensure!(
        version == Version::V1Beta1 || file.build.roots.is_empty(),
        "build.roots cannot be set in v1: {}",
        file.build.roots.join(", ")
    );
    let scope = Scope { version, folder: ".", strict: true };
    let lint = check::lint(&file.lint, scope)?;
    let breaking = check::breaking(&file.breaking, scope)?;
    let module = ModuleConfig {
        folder: ".".to_owned(),
        file: String::new(),
        name: name(&file.name)?,
        roots: roots(&file.build.roots, &file.build.excludes)?,
        lint: lint.clone(),
        breaking: breaking.clone(),
    };
    let deps = deps(&file.deps)?;
    let (modules, plugins, shown) = (vec![module], Vec::new(), String::new());
    Ok(BufYaml { version, shown, modules, lint, breaking, deps, plugins })
}

fn v2(file: FileV2) -> anyhow::Result<BufYaml> {
    let version = Version::V2;
    ensure!(
        file.modules.is_empty() || file.name.is_empty(),
        "a name at the top is only for a file without `modules`: name each module"
    );
    let alone = Module { name: file.name.clone(), ..Module::default() };
    let listed: Vec<&Module> =
        if file.modules.is_empty() { vec![&alone] } else { file.modules.iter().collect() };
    let modules = listed.into_iter().map(|module| module_v2(module, &file));
    let mut modules = modules.collect::<anyhow::Result<Vec<_>>>()?;
    modules.sort_by(|a, b| a.folder.cmp(&b.folder));
    for (at, one) in modules.iter().enumerate() {
        let is_twin =
            |other: &ModuleConfig| (&other.folder, &other.roots) == (&one.folder, &one.roots);
        let is_alone = !modules[at + 1..].iter().any(is_twin);
        ensure!(is_alone, "two modules hold the same files: {}", one.description());
    }
    let scope = Scope { version, folder: ".", strict: false };
    let plugins = file.plugins.iter().map(|one| match &one.plugin {
        Value::String(name) => format!("plugin {name}"),
        other => format!("plugin {other}"),
    });
    let policies = file.policies.iter().map(|one| format!("policy {}", one.policy));
    Ok(BufYaml {
        version,
        shown: String::new(),
        modules,
        lint: check::lint(&file.lint, scope)?,
        breaking: check::breaking(&file.breaking, scope)?,
        deps: deps(&file.deps)?,
        plugins: plugins.chain(policies).collect(),
    })
}

fn module_v2(module: &Module, file: &FileV2) -> anyhow::Result<ModuleConfig> {
    let version = Version::V2;
    let folder = path::relative(&module.path).context("invalid module path")?;
    let includes = includes(&folder, &module.includes)?;
    let excludes = excludes(&folder, &module.excludes, &includes)?;
    let below = |path: &String| path::below(&folder, path).unwrap_or(path).to_owned();
    let root = Root {
        folder: ".".to_owned(),
        includes: includes.iter().map(below).collect(),
        excludes: excludes.iter().map(below).collect(),
    };
    let own = |strict| Scope { version, folder: &folder, strict };
    Ok(ModuleConfig {
        file: String::new(),
        name: name(&module.name)?,
        roots: vec![root],
        lint: match module.lint.is_empty() {
            true => check::lint(&file.lint, own(false))?,
            false => check::lint(&module.lint, own(true))?,
        },
        breaking: match module.breaking.is_empty() {
            true => check::breaking(&file.breaking, own(false))?,
            false => check::breaking(&module.breaking, own(true))?,
        },
        folder,
    })
}

fn includes(folder: &str, given: &[String]) -> anyhow::Result<Vec<String>> {
    let includes = apart(clean(given, "include")?, "include")?;
    for include in &includes {
        inside(folder, include, "include")?;
    }
    Ok(includes)
}

fn excludes(folder: &str, given: &[String], includes: &[String]) -> anyhow::Result<Vec<String>> {
    let excludes = apart(clean(given, "exclude")?, "exclude")?;
    for exclude in &excludes {
        inside(folder, exclude, "exclude")?;
        for include in includes {
            ensure!(
                include != exclude,
                "\"{exclude}\" is both an include path and an exclude path"
            );
            ensure!(
                !path::contains(exclude, include),
                "\"{include}\" (an include path) is a subdirectory of \"{exclude}\" (an exclude path)"
            );
        }
        ensure!(
            includes.is_empty() || includes.iter().any(|one| path::contains(one, exclude)),
            "include paths are specified but \"{exclude}\" is not contained within any of them"
        );
    }
    Ok(excludes)
}

fn clean(given: &[String], what: &str) -> anyhow::Result<Vec<String>> {
    given
        .iter()
        .map(|text| path::relative(text).with_context(|| format!("invalid {what} path")))
        .collect()
}

fn inside(folder: &str, path: &str, what: &str) -> anyhow::Result<()> {
    ensure!(folder != path, "{what} path \"{path}\" is equal to module directory \"{folder}\"");
    ensure!(
        path::covers(folder, path),
        "{what} path \"{path}\" does not reside within module directory \"{folder}\""
    );
    ensure!(
        !path.ends_with(".proto"),
        "{what}s can only be directories but file \"{path}\" discovered"
    );
    Ok(())
}

/// The roots of a v1beta1 or v1 module, with the excludes that are theirs.
fn roots(given: &[String], excludes: &[String]) -> anyhow::Result<Vec<Root>> {
    let dot = [".".to_owned()];
    let folders = apart(clean(if given.is_empty() { &dot } else { given }, "root")?, "root")?;
    let mut roots: Vec<Root> = folders
        .into_iter()
        .map(|folder| Root { folder, includes: Vec::new(), excludes: Vec::new() })
        .collect();
    for exclude in apart(clean(excludes, "exclude")?, "exclude")? {
        ensure!(
            !exclude.ends_with(".proto"),
            "excludes can only be directories but file \"{exclude}\" discovered"
        );
        let root = roots.iter_mut().find(|root| path::covers(&root.folder, &exclude));
        let root = root.with_context(|| {
            format!("exclude \"{exclude}\" is not contained in any root, which is not valid")
        })?;
        ensure!(
            root.folder != exclude,
            "\"{exclude}\" is both a root and exclude, which means the entire root is excluded, which is not valid"
        );
        let inner = path::below(&root.folder, &exclude).unwrap_or(&exclude).to_owned();
        root.excludes.push(inner);
    }
    Ok(roots)
}

/// The full name of a module, if it has one.
fn name(text: &str) -> anyhow::Result<Option<String>> {
    if text.is_empty() {
        return Ok(None);
    }
    ensure!(
        is_full_name(text),
        "could not parse the module name \"{text}\": must be in the form registry/owner/name"
    );
    Ok(Some(text.to_owned()))
}

fn deps(given: &[String]) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for dep in given {
        let name = dep.split(':').next().unwrap_or_default();
        ensure!(
            is_full_name(name),
            "invalid dep: could not parse reference \"{dep}\": must be in the form registry/owner/name[:ref]"
        );
        ensure!(!names.contains(&name.to_owned()), "two deps are named {name}");
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Whether a text is `registry/owner/name`.
fn is_full_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && !part.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(text: &str) -> BufYaml {
        parse("buf.yaml", text).expect(text)
    }

    #[track_caller]
    fn refuses(text: &str, word: &str) {
        let error = format!("{:#}", parse("buf.yaml", text).expect_err(text));
        assert!(error.contains(word), "{text}: {error}");
    }

    #[test]
    fn v1beta1_has_roots() {
        let file = read(
            "version: v1beta1\nbuild:\n  roots: [proto, third]\n  excludes: [proto/x]\nlint:\n  allow_comment_ignores: true\n",
        );
        let [module] = &file.modules[..] else { panic!("{file:?}") };
        assert_eq!(module.roots.len(), 2);
        assert_eq!(module.roots[0].excludes, ["x"]);
        assert!(module.lint.comment_ignores);
        refuses("version: v1beta1\nbuild:\n  roots: [a, a/b]\n", "is within root");
        refuses("version: v2\nmodules: [{path: a}, {path: a}]\n", "the same files: path: \"a\"");
        refuses(
            "version: v1beta1\nbuild:\n  roots: [a]\n  excludes: [b]\n",
            "not contained in any root",
        );
        refuses("version: v1\nbuild:\n  roots: [a]\n", "cannot be set in v1");
        refuses("version: v1\nbuild:\n  excludes: [a/b.proto]\n", "can only be directories");
    }

    #[test]
    fn a_module_of_v2_has_its_own_sections_or_takes_what_is_its_own_of_the_default() {
        let file = read(
            "version: v2\nmodules:\n  - path: b\n    lint:\n      use: [BASIC]\n      ignore: [b/x]\n  - path: a\n    includes: [a/in]\n    excludes: [a/in/out]\nlint:\n  use: [MINIMAL]\n  ignore: [a/y, b/z]\nbreaking:\n  ignore: [b]\n",
        );
        let [a, b] = &file.modules[..] else { panic!("{file:?}") };
        assert_eq!((a.folder.as_str(), b.folder.as_str()), ("a", "b"));
        assert_eq!(a.lint.check.chosen, ["MINIMAL"]);
        assert_eq!(a.lint.check.ignore, ["y"]);
        assert_eq!(b.lint.check.chosen, ["BASIC"]);
        assert_eq!(b.lint.check.ignore, ["x"]);
        assert!(!a.breaking.check.disabled && b.breaking.check.disabled);
        assert_eq!(
            (&a.roots[0].includes, &a.roots[0].excludes),
            (&vec!["in".into()], &vec!["in/out".into()])
        );
        assert!(a.lint.comment_ignores);
        refuses(
            "version: v2\nmodules:\n  - path: a\n    lint:\n      ignore: [b]\n",
            "not contained within module",
        );
        refuses(
            "version: v2\nmodules:\n  - path: a\n    excludes: [b]\n",
            "does not reside within",
        );
        refuses("version: v2\nname: buf.build/a/b\nmodules:\n  - path: a\n", "name each module");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, word) in [
            ("", "`version` is not set"),
            ("name: a\n", "`version` is not set"),
            ("version: v3\n", "unknown file version"),
            ("version: v2\nfoo: 1\n", "foo"),
            ("version: v1\nlint:\n  use: [A]\nlint:\n  use: [B]\n", "lint"),
            ("version: v2\nlint:\n  use: BASIC\n", "buf.yaml"),
            ("version: v2\nlint:\n  disable_builtin: \"true\"\n", "expected true or false"),
            ("version: v2\nlint:\n  allow_comment_ignores: true\n", "a key of v1"),
            ("version: v1\nlint:\n  disallow_comment_ignores: true\n", "a key of v2"),
            ("version: v2\nlint:\n  ignore: [/a]\n", "expected to be relative"),
            ("version: v2\nlint:\n  ignore: [../a]\n", "outside the context directory"),
            ("version: v2\nlint:\n  ignore: [a, a/b]\n", "is within ignore"),
            ("version: v2\ndeps: [foo]\n", "must be in the form"),
            ("version: v2\nname: foo\n", "must be in the form"),
        ] {
            refuses(text, word);
        }
    }

    #[test]
    fn a_key_without_value_and_json_are_read() {
        let file = read("version: v2\nlint:\nbreaking:\n  use:\nmodules:\n");
        assert_eq!(file.modules.len(), 1);
        let file = from_flag(r#"{"version":"v1","lint":{"use":["BASIC"]}}"#).expect("JSON");
        assert_eq!(file.modules[0].lint.check.chosen, ["BASIC"]);
        let plugins =
            read("version: v2\nplugins:\n  - plugin: [a, b]\npolicies:\n  - policy: p.yaml\n")
                .plugins;
        assert_eq!(plugins, ["plugin [\"a\",\"b\"]", "policy p.yaml"]);
    }
}

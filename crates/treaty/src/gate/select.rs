//! Which rules a configuration selects, and where each is ignored. — *Holds*: a name that the
//! version of the configuration does not know is an error; one that is deprecated stands for what
//! replaces it, with a warning. — *Source*: buf 1.75.0.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, ensure};

use super::config::{self, CheckConfig, Row, Version};
use super::path;

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Breaking,
    Lint,
}

/// The rules to run, and where what they find does not count.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) ids: BTreeSet<&'static str>,
    /// Relative to the module's roots.
    ignore: Vec<String>,
    ignore_only: BTreeMap<&'static str, Vec<String>>,
    /// For people.
    pub(super) warnings: Vec<String>,
}

impl Selection {
    /// Whether a file, by its name as an import, is ignored for a rule.
    pub(super) fn ignores(&self, rule: &str, file: &str) -> bool {
        path::any_covers(&self.ignore, file)
            || self.ignore_only.get(rule).is_some_and(|paths| path::any_covers(paths, file))
    }
}

/// Resolves the names of a configuration; nothing is selected in a disabled one.
///
/// # Errors
///
/// For an unknown name, and where no rule is left.
pub(super) fn select(kind: Kind, config: &CheckConfig) -> anyhow::Result<Selection> {
    let mut selection = Selection::default();
    if config.disabled {
        return Ok(selection);
    }
    if config.disable_builtin {
        selection.warnings.push(format!("No {} rules are configured in buf.yaml.", word(kind)));
        return Ok(selection);
    }
    let known = Known::new(kind, config.version);
    let mut chosen = if config.chosen.is_empty() {
        known.rules.iter().filter(|rule| rule.default).map(|rule| rule.id).collect()
    } else {
        known.ids(&config.chosen)?
    };
    let except = known.ids(&config.except)?;
    chosen.retain(|id| !except.contains(id));
    ensure!(
        !chosen.is_empty(),
        "no {} rule is left: buf.yaml excepts all that it uses",
        word(kind)
    );
    for (name, paths) in &config.ignore_only {
        for id in known.ids(std::slice::from_ref(name))? {
            selection.ignore_only.entry(id).or_default().extend(paths.iter().cloned());
        }
    }
    let dot = selection.ignore_only.values().flatten().any(|one| one == ".");
    ensure!(!dot, "cannot specify \".\" as an ignore path");
    selection.ids = chosen;
    selection.ignore.clone_from(&config.ignore);
    let named = config.chosen.iter().chain(&config.except).chain(config.ignore_only.keys());
    selection.warnings = known.warnings(&named.map(String::as_str).collect());
    Ok(selection)
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Breaking => "breaking",
        Kind::Lint => "lint",
    }
}

/// A rule as one version of the configuration knows it.
struct Rule {
    id: &'static str,
    categories: Vec<&'static str>,
    default: bool,
    /// What stands for it, if it is deprecated.
    replacements: Option<Vec<&'static str>>,
}

/// All that one version of the configuration knows.
struct Known {
    rules: Vec<Rule>,
}

/// Categories that have another name now.
const DEPRECATED_CATEGORIES: &[(&str, &str)] =
    &[("DEFAULT", "STANDARD"), ("STYLE_DEFAULT", "STYLE_STANDARD")];

impl Known {
    fn new(kind: Kind, version: Version) -> Self {
        let table = match kind {
            Kind::Breaking => config::BREAKING,
            Kind::Lint => config::LINT,
        };
        Self { rules: table.iter().filter_map(|row| rule(row, version)).collect() }
    }

    /// The live rules that names of rules and categories stand for.
    fn ids(&self, names: &[String]) -> anyhow::Result<BTreeSet<&'static str>> {
        let mut ids = BTreeSet::new();
        for name in names {
            let is_named = |rule: &&Rule| rule.id == name;
            let of_category = |rule: &&Rule| rule.categories.contains(&name.as_str());
            let mut named: Vec<&Rule> = self.rules.iter().filter(is_named).collect();
            if named.is_empty() {
                named = self.rules.iter().filter(of_category).collect();
            }
            if named.is_empty() {
                bail!("\"{name}\" is not a known rule or category ID");
            }
            for rule in named {
                match &rule.replacements {
                    Some(replacements) => ids.extend(replacements),
                    None => _ = ids.insert(rule.id),
                }
            }
        }
        Ok(ids)
    }

    fn warnings(&self, names: &BTreeSet<&str>) -> Vec<String> {
        let mut warnings = Vec::new();
        for rule in self.rules.iter().filter(|rule| names.contains(rule.id)) {
            if let Some(replacements) = &rule.replacements {
                warnings.push(deprecated("Rule", rule.id, replacements));
            }
        }
        for (name, replacement) in DEPRECATED_CATEGORIES {
            let exists = |rule: &Rule| rule.categories.contains(name);
            if names.contains(name) && self.rules.iter().any(exists) {
                warnings.push(deprecated("Category", name, &[replacement]));
            }
        }
        warnings
    }
}

fn rule(row: &'static Row, version: Version) -> Option<Rule> {
    let text = match version {
        Version::V1Beta1 => row.v1beta1,
        Version::V1 => row.v1,
        Version::V2 => row.v2,
    };
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let (mut categories, mut default, mut replacements) = (Vec::new(), false, None);
    match text {
        "-" => return None,
        text if text.starts_with("deprecated") => {
            replacements = Some(words.by_ref().skip(1).collect())
        }
        _ => {
            categories = words.by_ref().collect();
            default = categories.pop_if(|last| *last == "*").is_some();
        }
    }
    Some(Rule { id: row.id, categories, default, replacements })
}

fn deprecated(what: &str, name: &str, replacements: &[&str]) -> String {
    let replaced = match replacements {
        [] => String::new(),
        [one] => format!(" It has been replaced by {} {one}.", what.to_lowercase()),
        many => format!(" It has been replaced by rules {}.", many.join(", ")),
    };
    format!("{what} {name} referenced in your buf.yaml is deprecated.{replaced}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(version: Version, chosen: &[&str], except: &[&str]) -> CheckConfig {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        CheckConfig { chosen: own(chosen), except: own(except), ..CheckConfig::new(version) }
    }

    #[track_caller]
    fn count(kind: Kind, version: Version, chosen: &[&str]) -> usize {
        select(kind, &config(version, chosen, &[])).expect("known").ids.len()
    }

    #[test]
    fn every_version_has_its_own_categories() {
        use Version::{V1, V1Beta1, V2};
        for (version, numbers) in
            [(V1Beta1, [49, 48, 21, 14]), (V1, [49, 49, 21, 14]), (V2, [51, 51, 22, 15])]
        {
            let found = ["FILE", "PACKAGE", "WIRE_JSON", "WIRE"]
                .map(|category| count(Kind::Breaking, version, &[category]));
            assert_eq!(found, numbers, "{version:?}");
            assert_eq!(count(Kind::Breaking, version, &[]), numbers[0], "{version:?}");
        }
        assert_eq!(count(Kind::Breaking, V2, &["CSR"]), 32);
        assert!(select(Kind::Breaking, &config(V1, &["CSR"], &[])).is_err());
        let lint = [V1Beta1, V1, V2].map(|version| count(Kind::Lint, version, &[]));
        assert_eq!(lint, [30, 33, 35]);
        assert_eq!(count(Kind::Lint, V2, &["MINIMAL", "COMMENTS", "UNARY_RPC"]), 14);
        assert_eq!(count(Kind::Lint, V1, &["PACKAGE_NO_IMPORT_CYCLE"]), 1);
    }

    #[test]
    fn deprecated_names_stand_for_their_replacements_and_warn() {
        let config =
            config(Version::V1, &["FIELD_SAME_LABEL", "FILE_SAME_PHP_GENERIC_SERVICES"], &[]);
        let selection = select(Kind::Breaking, &config).expect("known");
        assert_eq!(
            selection.ids.iter().copied().collect::<Vec<_>>(),
            [
                "FIELD_SAME_CARDINALITY",
                "FIELD_WIRE_COMPATIBLE_CARDINALITY",
                "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"
            ]
        );
        assert_eq!(selection.warnings.len(), 2, "{:?}", selection.warnings);
        let default = super::tests::config(Version::V2, &["DEFAULT"], &["IMPORT_NO_WEAK"]);
        let selection = select(Kind::Lint, &default).expect("known");
        assert_eq!((selection.ids.len(), selection.warnings.len()), (35, 2));
    }

    #[test]
    fn nothing_left_and_unknown_names_are_errors() {
        for (chosen, except) in [(&["FILE"][..], &["FILE"][..]), (&["FOO"], &[]), (&[], &["FOO"])] {
            assert!(select(Kind::Breaking, &config(Version::V2, chosen, except)).is_err());
        }
        assert!(select(Kind::Lint, &config(Version::V2, &["IMPORT_NO_WEAK"], &[])).is_err());
        let mut only = config(Version::V2, &[], &[]);
        only.ignore_only.insert("FOO".into(), vec!["a".into()]);
        assert!(select(Kind::Lint, &only).is_err());
    }

    #[test]
    fn ignores_by_path_and_by_rule() {
        let mut config = config(Version::V2, &[], &[]);
        config.ignore = vec!["a/b".into()];
        config.ignore_only.insert("WIRE".into(), vec!["c.proto".into()]);
        let selection = select(Kind::Breaking, &config).expect("known");
        assert!(selection.ignores("FIELD_NO_DELETE", "a/b/x.proto"));
        assert!(!selection.ignores("FIELD_NO_DELETE", "a/bc.proto"));
        assert!(selection.ignores("FIELD_SAME_ONEOF", "c.proto"));
        assert!(!selection.ignores("FIELD_SAME_TYPE", "c.proto"));
    }
}

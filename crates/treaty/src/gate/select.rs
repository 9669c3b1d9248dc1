//! Which rules a configuration selects, and where each is ignored. — *Holds*: a name that the
//! version of the configuration does not know is an error; one that is deprecated stands for what
//! replaces it, with a warning. — *Source*: buf 1.75.0.

mod section;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use treaty_engine::rules::{breaking, lint};

use super::config::CheckConfig;
use super::path;
pub(super) use section::Section;

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
fn select(kind: Kind, config: &CheckConfig) -> anyhow::Result<Selection> {
    let mut selection = Selection::default();
    if config.disabled {
        return Ok(selection);
    }
    if config.disable_builtin {
        selection.warnings.push(format!("No {} rules are configured in buf.yaml.", word(kind)));
        return Ok(selection);
    }
    let version = config.version.into();
    let (chosen, except) = (&config.chosen, &config.except);
    let not_breaking = |error| match error {
        breaking::NotSelected::Unknown { name, .. } => section::unknown(kind, version, &name),
        other => other.into(),
    };
    let not_lint = |error| match error {
        lint::NotSelected::Unknown(name) => section::unknown(kind, version, &name),
        other => other.into(),
    };
    (selection.ids, selection.warnings) = match kind {
        Kind::Breaking => {
            let selected = breaking::select(version, chosen, except).map_err(not_breaking)?;
            let warnings = selected.warnings.iter().map(|one| first_line(&one.to_string()));
            (selected.rules.iter().map(|rule| rule.id).collect(), warnings.collect())
        }
        Kind::Lint => {
            let selected = lint::select(version, chosen, except).map_err(not_lint)?;
            (selected.rules.iter().map(|rule| rule.id).collect(), selected.warnings)
        }
    };
    for (name, paths) in &config.ignore_only {
        let ids: Vec<_> = match kind {
            Kind::Breaking => {
                breaking::expand(version, name).map_err(not_breaking)?.into_iter().collect()
            }
            Kind::Lint => lint::ids(version, name).map_err(not_lint)?,
        };
        for id in ids {
            selection.ignore_only.entry(id).or_default().extend(paths.iter().cloned());
        }
    }
    let dot = selection.ignore_only.values().flatten().any(|one| one == ".");
    ensure!(!dot, "cannot specify \".\" as an ignore path");
    selection.ignore.clone_from(&config.ignore);
    Ok(selection)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Breaking => "breaking",
        Kind::Lint => "lint",
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Version;
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

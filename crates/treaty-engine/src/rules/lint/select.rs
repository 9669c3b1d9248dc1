//! Chooses lint rules by id and category, as a configuration names them.

use std::collections::BTreeSet;

use super::{ALL, Category, Rule};
use crate::rules::ConfigVersion;

/// The rules that a configuration chooses.
#[derive(Debug)]
pub struct Selection {
    /// By id.
    pub rules: Vec<&'static Rule>,
    /// What to say of ids and categories that are deprecated, one sentence or more each.
    pub warnings: Vec<String>,
}

/// Why nothing was chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSelected {
    /// It is no id and no category of this version.
    #[error("\"{0}\" is not a known rule or category ID")]
    Unknown(String),
    /// What is used is all excepted, or deprecated without replacement.
    #[error("no lint rules are left to run")]
    Nothing,
}

/// The rules that `chosen` names, the standard ones where it is empty, without those of `except`.
///
/// # Errors
///
/// [`NotSelected`] for a name that is neither an id nor a category, and where no rule is left.
pub fn select(
    version: ConfigVersion,
    chosen: &[String],
    except: &[String],
) -> Result<Selection, NotSelected> {
    let standard = [Category::Standard.id().to_owned()];
    let named = |names: &[String]| -> Result<BTreeSet<&'static str>, NotSelected> {
        let names = names.iter().filter(|name| !name.is_empty());
        let lists = names.map(|name| ids(version, name)).collect::<Result<Vec<_>, _>>()?;
        Ok(lists.into_iter().flatten().collect())
    };
    let is_empty = chosen.iter().all(String::is_empty);
    let wanted = named(if is_empty { &standard } else { chosen })?;
    let unwanted = named(except)?;
    let runs =
        |rule: &&&Rule| wanted.contains(rule.id) && !unwanted.contains(rule.id) && !rule.deprecated;
    let rules: Vec<_> = ALL.iter().filter(runs).copied().collect();
    if rules.is_empty() {
        return Err(NotSelected::Nothing);
    }
    let mentioned = chosen.iter().chain(except).map(String::as_str);
    Ok(Selection { rules, warnings: warnings(version, mentioned) })
}

/// The ids that a name stands for, deprecated ones among them.
///
/// # Errors
///
/// [`NotSelected::Unknown`] for a name that is neither an id nor a category of this version.
pub fn ids(version: ConfigVersion, name: &str) -> Result<Vec<&'static str>, NotSelected> {
    let stands_for = |rule: &&&Rule| {
        let categories = rule.categories.of(version);
        categories.is_some_and(|all| rule.id == name || all.iter().any(|one| one.id() == name))
    };
    let found: Vec<_> = ALL.iter().filter(stands_for).map(|rule| rule.id).collect();
    if found.is_empty() { Err(NotSelected::Unknown(name.to_owned())) } else { Ok(found) }
}

/// In the order of buf: rules, then categories, each by name.
fn warnings<'n>(version: ConfigVersion, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let names: BTreeSet<&str> = names.collect();
    let rules = ALL.iter().filter(|rule| rule.deprecated && names.contains(rule.id));
    let rules = rules.filter(|rule| rule.categories.of(version).is_some());
    let rules = rules.map(|rule| format!("Rule {} is deprecated and never reported.", rule.id));
    let categories = Category::ALL.into_iter().filter(|category| names.contains(category.id()));
    let categories = categories.filter_map(|category| {
        let (old, new) = (category.id(), category.replacement()?.id());
        Some(format!("Category {old} is deprecated. It has been replaced by category {new}."))
    });
    rules.chain(categories).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn each_version_has_as_many_rules_as_buf() {
        for (version, live, standard) in [
            (ConfigVersion::V1Beta1, 40, 30),
            (ConfigVersion::V1, 43, 33),
            (ConfigVersion::V2, 45, 35),
        ] {
            let all = ALL.iter().filter(|rule| rule.categories.of(version).is_some());
            assert_eq!(all.filter(|rule| !rule.deprecated).count(), live, "{version:?}");
            let chosen = select(version, &[], &[]).map(|selection| selection.rules.len());
            assert_eq!(chosen, Ok(standard), "{version:?}");
            let chosen = select(version, &names(&["DEFAULT"]), &[]);
            assert_eq!(chosen.map(|selection| selection.rules.len()), Ok(standard));
        }
    }

    #[test]
    fn what_is_excepted_is_not_run() {
        let chosen = select(ConfigVersion::V2, &names(&["MINIMAL"]), &names(&["PACKAGE_DEFINED"]));
        let ids = chosen.map(|one| one.rules.iter().map(|rule| rule.id).collect::<Vec<_>>());
        let expected = [
            "DIRECTORY_SAME_PACKAGE",
            "PACKAGE_DIRECTORY_MATCH",
            "PACKAGE_NO_IMPORT_CYCLE",
            "PACKAGE_SAME_DIRECTORY",
        ];
        assert_eq!(ids, Ok(expected.to_vec()));
    }

    #[test]
    fn names_that_choose_nothing_are_errors() {
        let error = |chosen: &[&str]| select(ConfigVersion::V2, &names(chosen), &[]).err();
        assert_eq!(error(&["NONE"]), Some(NotSelected::Unknown("NONE".to_owned())));
        assert!(error(&["FIELD_NO_DESCRIPTOR"]).is_some());
        assert_eq!(error(&["IMPORT_NO_WEAK"]), Some(NotSelected::Nothing));
        assert_eq!(error(&["IMPORT_NO_WEAK", "MINIMAL"]), None);
    }
}

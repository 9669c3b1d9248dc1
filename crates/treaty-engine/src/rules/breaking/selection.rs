//! How a configuration chooses among the breaking rules by id and category. — *Holds*: what buf only
//! warns of is data beside the rules. — *Source*: buf 1.75 in its three configuration versions.

use std::collections::BTreeSet;
use std::fmt;

use super::{ALL, Category, Rule};
use crate::rules::ConfigVersion;

/// A rule that no longer checks anything itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecated {
    /// buf's id.
    pub id: &'static str,
    /// The rules that check it now; where there are none, nothing does.
    pub replacements: &'static [&'static str],
    /// The configuration versions that still know the id.
    pub versions: &'static [ConfigVersion],
}

const EVERY: &[ConfigVersion] = &[ConfigVersion::V1Beta1, ConfigVersion::V1, ConfigVersion::V2];
const UNTIL_V1: &[ConfigVersion] = &[ConfigVersion::V1Beta1, ConfigVersion::V1];

/// The deprecated ids, in their order.
pub static DEPRECATED: &[Deprecated] = &[
    Deprecated {
        id: "FIELD_SAME_CTYPE",
        replacements: &["FIELD_SAME_CPP_STRING_TYPE"],
        versions: UNTIL_V1,
    },
    Deprecated {
        id: "FIELD_SAME_LABEL",
        replacements: &[
            "FIELD_SAME_CARDINALITY",
            "FIELD_WIRE_COMPATIBLE_CARDINALITY",
            "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
        ],
        versions: UNTIL_V1,
    },
    Deprecated {
        id: "FILE_SAME_JAVA_STRING_CHECK_UTF8",
        replacements: &["FIELD_SAME_JAVA_UTF8_VALIDATION"],
        versions: UNTIL_V1,
    },
    Deprecated { id: "FILE_SAME_PHP_GENERIC_SERVICES", replacements: &[], versions: UNTIL_V1 },
    Deprecated { id: "MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT", replacements: &[], versions: EVERY },
];

/// The rules that a configuration chose, and what to tell its author.
#[derive(Debug, Clone)]
pub struct Selection {
    /// By id.
    pub rules: Vec<&'static Rule>,
    /// The deprecated rules that the configuration names, by id.
    pub warnings: Vec<&'static Deprecated>,
}

impl fmt::Display for Deprecated {
    /// The words of buf.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id;
        write!(f, "Rule {id} referenced in your buf.yaml is deprecated.")?;
        match self.replacements {
            [] => {}
            [one] => write!(f, " It has been replaced by rule {one}.")?,
            many => write!(f, " It has been replaced by rules {}.", many.join(", "))?,
        }
        write!(
            f,
            "\n\tAs with all buf changes, this change is backwards-compatible: {id} will continue to \
             work.\n\tWe recommend replacing {id} in your buf.yaml, but no action is immediately \
             necessary."
        )
    }
}

/// Why a configuration chooses nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSelected {
    /// A name that the version of the configuration does not know.
    #[error("\"{name}\" is not a known rule or category ID; known are {}", known.join(", "))]
    Unknown {
        /// The first of them in alphabetical order.
        name: String,
        /// All categories and rules of that version.
        known: Vec<&'static str>,
    },
    /// Everything that is used is excepted, or is deprecated without a replacement.
    #[error(
        "no breaking rule is left: everything that is used is excepted or checks nothing any more"
    )]
    Empty,
}

/// The rules that ids and categories in `chosen` name, without those that `except` names; the
/// default set where nothing is chosen. Empty names are passed over, as buf does.
///
/// # Errors
///
/// [`NotSelected`], for a name of either list that is neither a rule nor a category.
pub fn select(
    version: ConfigVersion,
    chosen: &[impl AsRef<str>],
    except: &[impl AsRef<str>],
) -> Result<Selection, NotSelected> {
    let chosen: BTreeSet<&str> =
        chosen.iter().map(AsRef::as_ref).filter(|one| !one.is_empty()).collect();
    let except: BTreeSet<&str> =
        except.iter().map(AsRef::as_ref).filter(|one| !one.is_empty()).collect();
    let mut ids = named(version, &chosen)?;
    if chosen.is_empty() {
        ids = named(version, &BTreeSet::from([Category::File.id()]))?;
    }
    let left_out = named(version, &except)?;
    let rules: Vec<_> = ALL
        .iter()
        .copied()
        .filter(|rule| ids.contains(rule.id) && !left_out.contains(rule.id))
        .collect();
    if rules.is_empty() {
        return Err(NotSelected::Empty);
    }
    let warnings = deprecated(version);
    let warnings = warnings.filter(|one| chosen.contains(one.id) || except.contains(one.id));
    Ok(Selection { rules, warnings: warnings.collect() })
}

/// The live rules that one name stands for, such as a key of `ignore_only`.
///
/// # Errors
///
/// [`NotSelected::Unknown`] where it is neither a rule nor a category.
pub fn expand(version: ConfigVersion, name: &str) -> Result<BTreeSet<&'static str>, NotSelected> {
    let category = Category::ALL.into_iter().find(|category| category.id() == name);
    let ids: BTreeSet<_> = ALL
        .iter()
        .filter(|rule| match rule.categories.of(version) {
            Some(categories) => {
                rule.id == name || category.is_some_and(|one| categories.contains(&one))
            }
            None => false,
        })
        .map(|rule| rule.id)
        .collect();
    let old = deprecated(version).find(|one| one.id == name);
    match old {
        Some(old) => Ok(old.replacements.iter().copied().collect()),
        None if ids.is_empty() => {
            Err(NotSelected::Unknown { name: name.to_owned(), known: known(version) })
        }
        None => Ok(ids),
    }
}

fn named(
    version: ConfigVersion,
    names: &BTreeSet<&str>,
) -> Result<BTreeSet<&'static str>, NotSelected> {
    let mut ids = BTreeSet::new();
    for name in names {
        ids.extend(expand(version, name)?);
    }
    Ok(ids)
}

fn deprecated(version: ConfigVersion) -> impl Iterator<Item = &'static Deprecated> {
    DEPRECATED.iter().filter(move |one| one.versions.contains(&version))
}

fn known(version: ConfigVersion) -> Vec<&'static str> {
    let rules = || ALL.iter().filter_map(|rule| Some((rule, rule.categories.of(version)?)));
    let exists = |category: &Category| rules().any(|(_, all)| all.contains(category));
    let categories = Category::ALL.into_iter().filter(exists).map(Category::id);
    categories.chain(rules().map(|(rule, _)| rule.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(version: ConfigVersion, chosen: &[&str], except: &[&str]) -> Vec<&'static str> {
        let selection = select(version, chosen, except).unwrap();
        selection.rules.iter().map(|rule| rule.id).collect()
    }

    /// Counted from `buf config ls-breaking-rules` of buf 1.75.
    #[test]
    fn every_version_has_the_categories_of_buf() {
        use ConfigVersion::{V1, V1Beta1, V2};
        for (version, counts) in [
            (V2, vec![("FILE", 51), ("PACKAGE", 51), ("WIRE_JSON", 22), ("WIRE", 15), ("CSR", 32)]),
            (V1, vec![("FILE", 49), ("PACKAGE", 49), ("WIRE_JSON", 21), ("WIRE", 14)]),
            (V1Beta1, vec![("FILE", 49), ("PACKAGE", 48), ("WIRE_JSON", 21), ("WIRE", 14)]),
        ] {
            for (category, count) in counts {
                assert_eq!(ids(version, &[category], &[]).len(), count, "{version:?} {category}");
            }
            assert_eq!(ids(version, &[], &[]), ids(version, &["FILE"], &[]));
        }
    }

    #[test]
    fn deprecated_ids_stand_for_what_replaced_them() {
        let chosen = ["FIELD_SAME_LABEL", "FILE_SAME_PHP_GENERIC_SERVICES"];
        let selection = select(ConfigVersion::V1, &chosen, &["FIELD_SAME_CARDINALITY"]).unwrap();
        let rules: Vec<_> = selection.rules.iter().map(|rule| rule.id).collect();
        assert_eq!(
            rules,
            ["FIELD_WIRE_COMPATIBLE_CARDINALITY", "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"]
        );
        let warnings: Vec<_> = selection.warnings.iter().map(ToString::to_string).collect();
        assert!(warnings[0].starts_with(
            "Rule FIELD_SAME_LABEL referenced in your buf.yaml is deprecated. It has been replaced \
             by rules FIELD_SAME_CARDINALITY, FIELD_WIRE_COMPATIBLE_CARDINALITY, "
        ));
        assert!(warnings[1].starts_with(
            "Rule FILE_SAME_PHP_GENERIC_SERVICES referenced in your buf.yaml is deprecated.\n\tAs "
        ));
    }

    #[test]
    fn unknown_names_are_errors_that_name_the_known_ones() {
        let unknown =
            |version, chosen: &[&str], except: &[&str]| match select(version, chosen, except) {
                Err(NotSelected::Unknown { name, known }) => (name, known),
                other => panic!("{other:?}"),
            };
        let (name, known) = unknown(ConfigVersion::V2, &["NOPE", "FOO", "file"], &[]);
        assert_eq!((name.as_str(), known.len()), ("FOO", 5 + 64));
        let (name, known) = unknown(ConfigVersion::V1, &["CSR"], &[]);
        assert_eq!((name.as_str(), known.len()), ("CSR", 4 + 61));
        assert_eq!(unknown(ConfigVersion::V1Beta1, &["EXTENSION_NO_DELETE"], &[]).1.len(), 4 + 59);
        assert_eq!(
            unknown(ConfigVersion::V2, &["FILE"], &["FIELD_SAME_CTYPE"]).0,
            "FIELD_SAME_CTYPE"
        );
    }

    #[test]
    fn nothing_left_is_an_error() {
        let nothing = |chosen: &[&str], except: &[&str]| {
            matches!(select(ConfigVersion::V2, chosen, except), Err(NotSelected::Empty))
        };
        assert!(nothing(&["FILE"], &["FILE"]));
        assert!(nothing(&["FIELD_SAME_NAME"], &["WIRE_JSON"]));
        assert!(nothing(&["MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT"], &[]));
        assert_eq!(ids(ConfigVersion::V2, &[""], &[""]).len(), 51);
    }
}

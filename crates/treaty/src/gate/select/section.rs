//! One section of a configuration among those of the same input, which must make sense as well.
//! — *Source*: buf 1.75.0.

use anyhow::Context as _;
use treaty_engine::book::{self, Sort};
use treaty_engine::rules::{ConfigVersion, breaking, lint};

use super::super::config::CheckConfig;
use super::{Kind, Selection, select, word};

/// The section `lint` or `breaking`, and where it is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::gate) struct Section<'a> {
    pub(in crate::gate) kind: Kind,
    /// Such as `buf.yaml`, or a flag; empty where nothing is written.
    pub(in crate::gate) file: &'a str,
    pub(in crate::gate) check: &'a CheckConfig,
}

impl Section<'_> {
    /// As [`select`]. What the other sections of the input `use` has to exist too, if only for the
    /// other command; what they except and ignore is not looked at.
    pub(in crate::gate) fn select(&self, others: &[Section<'_>]) -> anyhow::Result<Selection> {
        let selection = select(self.kind, self.check).with_context(|| self.shown())?;
        if !self.check.disabled && !self.check.disable_builtin {
            let version = self.check.version.into();
            for other in others {
                other.is_known_to(version).with_context(|| other.shown())?;
            }
        }
        Ok(selection)
    }

    /// Whether a version has, of either kind, whatever this uses.
    fn is_known_to(&self, version: ConfigVersion) -> anyhow::Result<()> {
        let is_known = |name: &String| {
            breaking::expand(version, name).is_ok() || lint::ids(version, name).is_ok()
        };
        match self.check.chosen.iter().find(|name| !is_known(name)) {
            Some(name) => Err(unknown(self.kind, version, name)),
            None => Ok(()),
        }
    }

    fn shown(&self) -> String {
        match self.file {
            "" => format!("the section `{}`", word(self.kind)),
            flag if flag.starts_with("--") => flag.to_owned(),
            file => format!("{file}, in `{}`", word(self.kind)),
        }
    }
}

/// What is said of a name that is neither a rule nor a category: where it is one, or what is like it.
pub(super) fn unknown(kind: Kind, version: ConfigVersion, name: &str) -> anyhow::Error {
    let told = format!("\"{name}\" is not a known rule or category ID");
    let has = |kind, version| ids(kind, version).any(|id| id == name);
    for other in [Kind::Breaking, Kind::Lint] {
        if has(other, version) {
            return anyhow::anyhow!("{told} here, but one of `{}`", word(other));
        }
    }
    if let Some(other) = ConfigVersion::ALL.into_iter().find(|other| has(kind, *other)) {
        return anyhow::anyhow!("{told} in {}, but one in {}", version.id(), other.id());
    }
    let nearest = book::nearest_of(name, ids(kind, version)).join(", ");
    anyhow::anyhow!("{told}; did you mean {nearest}?")
}

/// The rules and categories of a version, some more than once.
fn ids(kind: Kind, version: ConfigVersion) -> impl Iterator<Item = &'static str> {
    let sort = match kind {
        Kind::Breaking => Sort::Breaking,
        Kind::Lint => Sort::Lint,
    };
    let entries = book::entries().filter(move |entry| entry.sort() == sort);
    let known = entries.filter_map(move |entry| Some((entry.id(), entry.categories(version)?)));
    known.flat_map(|(id, categories)| categories.into_iter().chain([id]))
}

#[cfg(test)]
mod tests {
    use super::super::super::config::Version;
    use super::*;

    #[track_caller]
    fn told(version: Version, lint: &str, breaking: &str, kind: Kind) -> String {
        let check = |name: &str| CheckConfig {
            chosen: name.split_whitespace().map(str::to_owned).collect(),
            ..CheckConfig::new(version)
        };
        let (lint, breaking) = (check(lint), check(breaking));
        let lint = Section { kind: Kind::Lint, file: "buf.yaml", check: &lint };
        let breaking = Section { kind: Kind::Breaking, file: "buf.yaml", check: &breaking };
        let this = if kind == Kind::Lint { lint } else { breaking };
        match this.select(&[lint, breaking]) {
            Ok(_) => String::new(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn an_unknown_name_of_either_section_is_told_with_its_place_and_what_is_like_it() {
        for kind in [Kind::Lint, Kind::Breaking] {
            let error = told(Version::V2, "STANDARD", "FIELD_NO_DELET", kind);
            let start = "buf.yaml, in `breaking`: \"FIELD_NO_DELET\" is not a known rule or \
                         category ID; did you mean FIELD_NO_DELETE, ";
            assert!(error.starts_with(start), "{error}");
            let error = told(Version::V2, "STANDART", "", kind);
            assert!(error.contains("in `lint`") && error.contains("mean STANDARD, "), "{error}");
        }
    }

    /// A rule of one kind in the section of the other is an error there alone.
    #[test]
    fn a_rule_of_the_other_kind_and_of_another_version_is_told_as_such() {
        let error = told(Version::V2, "", "PACKAGE_DEFINED", Kind::Breaking);
        assert!(error.ends_with("is not a known rule or category ID here, but one of `lint`"));
        assert_eq!(told(Version::V2, "", "PACKAGE_DEFINED", Kind::Lint), "");
        let error = told(Version::V1, "", "CSR", Kind::Lint);
        assert!(error.ends_with("ID in v1, but one in v2"), "{error}");
    }

    #[test]
    fn nothing_is_asked_of_others_by_a_section_that_is_switched_off() {
        let mut own = CheckConfig::new(Version::V2);
        let other = CheckConfig { chosen: vec!["NOPE".into()], ..own.clone() };
        let other = Section { kind: Kind::Breaking, file: "buf.yaml", check: &other };
        let lint = |own: &CheckConfig| {
            Section { kind: Kind::Lint, file: "buf.yaml", check: own }.select(&[other]).is_ok()
        };
        assert!(!lint(&own));
        own.disable_builtin = true;
        assert!(lint(&own));
        own = CheckConfig { disabled: true, ..CheckConfig::new(Version::V2) };
        assert!(lint(&own));
    }
}

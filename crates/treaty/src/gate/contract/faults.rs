//! What is wrong with a contract.toml that can be read, whatever the protos say.

use std::collections::BTreeSet;

use semver::Version;
use treaty_engine::{Descriptors, Finding};

use super::Contract;
use crate::gate::manifest::{self, Deprecation};
use crate::gate::waiver;

impl Contract {
    /// Everything that its manifest says and cannot mean.
    pub(super) fn faults(&self) -> Vec<Finding> {
        let mut faults = Vec::new();
        faults.extend(self.wrong_version());
        faults.extend(self.nobody());
        faults.extend(self.empty_deprecation());
        faults.extend(self.wrong_retirement());
        faults.extend(waiver::incomplete(&self.manifest, &self.source()));
        faults
    }

    fn fault(&self, at: usize, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        let place = manifest::place(&self.text, at);
        manifest::finding(&self.manifest_path, place, message.into()).with_remedy(remedy)
    }

    fn nobody(&self) -> Option<Finding> {
        let owner = &self.manifest.owner;
        let fault = || {
            let remedy = "write who answers for the contract, such as `owner = \"orders team\"`";
            self.fault(owner.span().start, "the `owner` is empty", remedy)
        };
        owner.get_ref().trim().is_empty().then(fault)
    }

    /// A promise of notice that asks for none.
    fn empty_deprecation(&self) -> Option<Finding> {
        let deprecation = self.manifest.deprecation.as_ref()?;
        let Deprecation { releases, days } = *deprecation.get_ref();
        let message = match (releases, days) {
            (None, None) => "[deprecation] says neither `releases` nor `days`: it promises nothing",
            (Some(0), _) => "[deprecation] with 0 `releases` promises nothing",
            (_, Some(0)) => "[deprecation] with 0 `days` promises nothing",
            _ => return None,
        };
        let remedy = "write how long an element is deprecated before it goes, such as \
                      `releases = 2`, or remove the table";
        Some(self.fault(deprecation.span().start, message, remedy))
    }

    /// A version can be retired that was released and is not the last.
    fn wrong_retirement(&self) -> Vec<Finding> {
        let wrong = self.manifest.retired.iter().filter_map(|spanned| {
            let version = spanned.get_ref();
            let (message, remedy) = if !self.versions().any(|one| one == version) {
                (
                    format!("{version} is retired, but was never released"),
                    "remove it from `retired`",
                )
            } else if self.latest() == Some(version) {
                (
                    format!("{version} is retired, but it is the last release"),
                    "release its successor first: something has to be promised",
                )
            } else {
                return None;
            };
            Some(self.fault(spanned.span().start, message, remedy))
        });
        wrong.collect()
    }

    /// An option that nobody declares is guarded by nobody, so that a slip in its name must not pass.
    pub(super) fn unknown_options(&self, own: &Descriptors) -> Vec<Finding> {
        if self.manifest.contract_options.is_empty() {
            return Vec::new();
        }
        let versions = self.released.iter().map(|one| &one.descriptors).chain([own]);
        let known: BTreeSet<&str> = versions.flat_map(Descriptors::custom_options).collect();
        let listed = self.manifest.contract_options.iter();
        let unknown = listed.filter(|name| !known.contains(name.get_ref().as_str()));
        unknown
            .map(|name| {
                let message = format!(
                    "`{}` is one of `contract_options`, but no version of the contract declares or \
                     imports an option of that name",
                    name.get_ref()
                );
                let remedy =
                    "write its full name, such as `shop.options.v1.audience`, or take it out";
                self.fault(name.span().start, message, remedy)
            })
            .collect()
    }

    fn wrong_version(&self) -> Option<Finding> {
        let zero = Version::new(0, 0, 0);
        let expected = self.latest().unwrap_or(&zero);
        let version = &self.manifest.version;
        (version != expected).then(|| {
            let message = match self.latest() {
                Some(latest) => {
                    format!("the version is {version}, but the last release is {latest}")
                }
                None => format!("the version is {version}, but nothing was released"),
            };
            let remedy = format!(
                "write `version = \"{expected}\"`; `treaty release {}` moves it",
                self.manifest.name
            );
            self.fault(0, message, remedy)
        })
    }
}

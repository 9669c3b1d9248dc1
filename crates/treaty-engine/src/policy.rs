//! What a contract promises beyond its descriptors, which the rules of ours go by: how long removals
//! are announced, and which custom options are part of it.
//!
//! *Does not* know a clock: days are given, counted from 1970-01-01.

use std::collections::BTreeMap;

use semver::Version;

use crate::Subject;
use crate::schema::Schema;

/// What a contract promises beyond its descriptors.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The full names of the custom options that callers go by.
    pub contract_options: Vec<String>,
    /// How long an element is deprecated before it is removed; none asks for nothing. A removal stays
    /// a breaking change however long it was announced.
    pub deprecation: Option<Deprecation>,
    /// The day from which on removals need no notice.
    pub sunset: Option<i64>,
    /// Today.
    pub today: Option<i64>,
    /// When each version was released.
    pub released_on: BTreeMap<Version, i64>,
}

/// How long an element is deprecated before it is removed: for so many released versions in a row,
/// or for so many days since the first of them. Where both are given either is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deprecation {
    /// Released versions in a row up to the latest.
    pub versions: Option<u32>,
    /// Days from the first of these versions until today.
    pub days: Option<u32>,
}

/// What rules see of the policy when they compare one version with the next.
#[derive(Debug, Default)]
pub(crate) struct Given<'g> {
    pub(crate) contract_options: &'g [String],
    /// Only where the old version is the latest one: what went before was told then.
    pub(crate) deprecation: Option<Promise<'g>>,
}

/// The promise to deprecate, and the versions that show whether it was kept.
#[derive(Debug)]
pub(crate) struct Promise<'g> {
    pub(crate) asked: Deprecation,
    pub(crate) sunset: Option<i64>,
    pub(crate) today: Option<i64>,
    /// Every released version, oldest first, with its day.
    pub(crate) history: &'g [(Option<i64>, &'g Schema<'g>)],
}

/// How long an element was deprecated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notice {
    versions: u32,
    days: Option<i64>,
}

impl Promise<'_> {
    /// Counts back from the latest version.
    pub(crate) fn notice(&self, subject: &Subject) -> Notice {
        let mut notice = Notice { versions: 0, days: None };
        for (day, schema) in self.history.iter().rev() {
            if schema.is_deprecated(subject) != Some(true) {
                break;
            }
            notice.versions += 1;
            notice.days = self.today.zip(*day).map(|(today, day)| today - day);
        }
        notice
    }

    pub(crate) fn is_kept_by(&self, notice: &Notice) -> bool {
        let Deprecation { versions, days } = self.asked;
        let enough_versions = versions.is_some_and(|least| notice.versions >= least);
        let enough_days =
            days.zip(notice.days).is_some_and(|(least, days)| days >= i64::from(least));
        versions.is_none() && days.is_none() || enough_versions || enough_days
    }

    /// What is promised.
    pub(crate) fn words(&self) -> String {
        let versions = self.asked.versions.map(|number| format!("{number} released versions"));
        let days = self.asked.days.map(|number| format!("{number} days"));
        let asked: Vec<_> = versions.into_iter().chain(days).collect();
        format!("the contract promises {}", asked.join(" or "))
    }
}

impl Notice {
    /// As a sentence goes on after "was removed".
    pub(crate) fn words(&self) -> String {
        let plural = if self.versions == 1 { "" } else { "s" };
        match (self.versions, self.days) {
            (0, _) => " without having been deprecated".to_owned(),
            (versions, None) => format!(" after {versions} deprecated version{plural}"),
            (versions, Some(days)) => {
                format!(" after {versions} deprecated version{plural} and {days} days")
            }
        }
    }
}

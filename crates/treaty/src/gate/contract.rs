//! One contract of a workspace: its manifest, its files, what it released, and how it is judged.

mod faults;
mod key;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use semver::Version;
use toml::value::Date;
use treaty_engine::{Deprecation, Descriptors, Finding, Gate, Judgement, Policy, Released, prove};

use super::cache::{Cache, Files, Key};
use super::manifest::Manifest;
use super::released::{self, Sealed};
use super::waiver;
use super::workspace::{in_folder, in_root};

/// A contract and all that is on disk about it.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) manifest: Manifest,
    /// Where its contract.toml is, relative to the workspace, and what stands in it.
    manifest_path: String,
    pub(super) text: String,
    /// Relative to the root of the protos.
    pub(super) folder: String,
    pub(super) path: PathBuf,
    /// The names of its files.
    pub(super) files: BTreeSet<String>,
    /// Files that are not its own, of which some version released a copy.
    beside: BTreeSet<String>,
    /// Those of all contracts.
    folders: Arc<BTreeSet<String>>,
    /// Oldest first.
    sealed: Vec<Sealed>,
    /// The same, decoded; none of them where nobody has to look.
    released: Vec<Released>,
    /// When they were released.
    days: BTreeMap<Version, Date>,
    today: Date,
    /// Of all that its judgement follows from; none where that cannot be told.
    key: Option<Key>,
    /// What was found under the key.
    known: Option<Judgement>,
    /// What is wrong with its manifest and its released files.
    pub(super) findings: Vec<Finding>,
}

impl Contract {
    /// Reads what it released; `protos` are the names of all protos of the workspace.
    pub(super) fn read(
        manifest: Manifest,
        text: String,
        folder: String,
        path: PathBuf,
        folders: Arc<BTreeSet<String>>,
        protos: &BTreeSet<String>,
    ) -> anyhow::Result<Self> {
        let is_own = |file: &&String| owner(file, &folders) == Some(&folder);
        let files: BTreeSet<_> = protos.iter().filter(is_own).cloned().collect();
        let shelf = released::read(&path.join("released"), &in_folder(&folder, "released"))?;
        let released = shelf.versions.iter().flat_map(Sealed::files);
        let beside = released.filter(|file| protos.contains(*file) && !files.contains(*file));
        Ok(Self {
            manifest,
            manifest_path: in_folder(&folder, "contract.toml"),
            text,
            beside: beside.map(str::to_owned).collect(),
            files,
            folders,
            folder,
            path,
            sealed: shelf.versions,
            released: Vec::new(),
            days: shelf.days,
            today: waiver::today(),
            key: None,
            known: None,
            findings: shelf.findings,
        })
    }

    /// Looks for its judgement among those that are kept, and decodes what was released if there is
    /// none.
    pub(super) fn recall(&mut self, files: &Files<'_>, cache: &Cache) {
        self.key = key::key(self, files);
        let kept = self.key.as_ref().and_then(|key| cache.get(key));
        self.known = kept.and_then(|bytes| Judgement::restore(&bytes));
        if self.known.is_none() {
            self.decode();
        }
        if self.findings.is_empty() {
            self.findings = self.faults();
        }
    }

    /// A version that cannot be read is a finding, and nothing is compared with it.
    fn decode(&mut self) {
        for sealed in std::mem::take(&mut self.sealed) {
            match sealed.decode() {
                Ok(Released { version, descriptors }) => {
                    let descriptors = descriptors.with_imports_of(|file| self.is_judged(file));
                    self.released.push(Released { version, descriptors });
                    self.sealed.push(sealed);
                }
                Err(finding) => {
                    self.findings.push(*finding);
                    self.key = None;
                }
            }
        }
    }

    /// Some file of the workspace has a fault, or declares what another does. So a judgement may now
    /// follow from more than the key says, and what is known holds only if its
    /// files are without fault here too.
    pub(super) fn beware(&mut self, all: &Descriptors) {
        self.key = None;
        if self.descriptors(all).is_none() {
            self.known = None;
        }
    }

    /// Looks whether its custom options are declared, by what is compiled now. A judgement is not kept
    /// where one is not, so that what is known needs no look.
    pub(super) fn check_options(&mut self, all: &Descriptors) {
        let own = if self.is_known() { None } else { self.descriptors(all) };
        let unknown = own.map(|own| self.unknown_options(&own)).unwrap_or_default();
        if !unknown.is_empty() {
            self.key = None;
            self.findings.extend(unknown);
        }
    }

    /// Whether its judgement was known before.
    pub(super) fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// What it needs compiled to be judged: its files, and those that it may still promise.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(&self.beside)
    }

    /// Whether an imported file is judged with the contract: not that of another contract, whose
    /// own gate judges it, and not what comes with protobuf.
    fn is_judged(&self, file: &str) -> bool {
        !file.starts_with("google/protobuf/")
            && owner(file, &self.folders).is_none_or(|folder| *folder == self.folder)
    }

    /// The released versions, oldest first.
    pub(super) fn versions(&self) -> impl ExactSizeIterator<Item = &Version> {
        self.sealed.iter().map(|sealed| &sealed.version)
    }

    pub(super) fn latest(&self) -> Option<&Version> {
        self.sealed.last().map(|sealed| &sealed.version)
    }

    /// Compares its files as they are with every released version that somebody may still run, and
    /// waives what may be waived; none where one of its files did not compile, so that nothing can
    /// be said.
    pub(super) fn judge(&self, all: &Descriptors, cache: &Cache) -> Option<Judgement> {
        let mut judgement = match &self.known {
            Some(known) => known.clone(),
            None => self.judge_anew(all, cache)?,
        };
        judgement.findings = judgement.findings.into_iter().map(in_root).collect();
        waiver::apply(&self.manifest, &self.source(), self.today, &mut judgement.findings);
        Some(judgement)
    }

    fn judge_anew(&self, all: &Descriptors, cache: &Cache) -> Option<Judgement> {
        let own = self.descriptors(all)?;
        let (live, retired) = self.live_and_retired();
        let gate = Gate { policy: self.policy(self.today), retired: &retired, ..Gate::check() };
        let mut judgement = gate.judge(&own.with_imports_of(|file| self.is_judged(file)), &live);
        let with_beside =
            all.subset(|file| self.files.contains(file) || self.beside.contains(file));
        prove(&with_beside, &self.released, &mut judgement.findings);
        if let Some(key) = &self.key {
            cache.put(key, &judgement.store());
        }
        Some(judgement)
    }

    /// Its own files, linked; none where one of them, or one that it may still promise, did not
    /// compile.
    pub(super) fn descriptors(&self, all: &Descriptors) -> Option<Descriptors> {
        let compiled = self.wanted().all(|file| all.is_own(file));
        compiled.then(|| all.subset(|file| self.files.contains(file)))
    }

    /// What the contract promises beyond its descriptors.
    fn policy(&self, today: Date) -> Policy {
        let Manifest { deprecation, sunset, contract_options, .. } = &self.manifest;
        Policy {
            contract_options: contract_options.iter().map(|name| name.get_ref().clone()).collect(),
            deprecation: deprecation.as_ref().map(|asked| {
                let asked = asked.get_ref();
                Deprecation { versions: asked.releases, days: asked.days }
            }),
            sunset: sunset.map(day_number),
            today: Some(day_number(today)),
            released_on: self
                .days
                .iter()
                .map(|(version, day)| (version.clone(), day_number(*day)))
                .collect(),
        }
    }

    /// The released versions that somebody may still run, and the others.
    fn live_and_retired(&self) -> (Vec<Released>, Vec<Released>) {
        self.released.iter().cloned().partition(|one| self.is_live(&one.version))
    }

    /// How many released versions somebody may still run.
    pub(super) fn live(&self) -> usize {
        self.versions().filter(|version| self.is_live(version)).count()
    }

    /// The last release cannot be retired.
    fn is_live(&self, version: &Version) -> bool {
        let is_retired = self.manifest.retired.iter().any(|one| one.get_ref() == version);
        self.latest() == Some(version) || !is_retired
    }

    fn source(&self) -> waiver::Source<'_> {
        waiver::Source { path: &self.manifest_path, text: &self.text }
    }
}

/// Days since 1970-01-01; a day that no calendar has is the first.
fn day_number(date: Date) -> i64 {
    const EPOCH: i64 = 2_440_588;
    let month = time::Month::try_from(date.month).unwrap_or(time::Month::January);
    let day = time::Date::from_calendar_date(date.year.into(), month, date.day);
    day.map_or(0, |day| i64::from(day.to_julian_day()) - EPOCH)
}

/// The innermost contract folder around a file.
fn owner<'a>(file: &str, folders: &'a BTreeSet<String>) -> Option<&'a String> {
    let holds = |folder: &&String| {
        folder.is_empty()
            || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    folders.iter().filter(holds).max_by_key(|folder| folder.len())
}

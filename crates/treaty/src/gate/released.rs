//! The folder `released/` of a contract: one immutable descriptor set per version, and the list of
//! their digests. — *Holds*: a file that was released is never written again; one that differs from
//! its digest, or is gone, is a finding.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use semver::Version;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::value::Date;
use treaty_compiler::wire::{Fields, Value};
use treaty_engine::{Descriptors, Finding, NotADescriptorSet, Released, sha256};

use super::write::{Written, in_ends_of, text};

/// The rule id of a released file that is not what was released.
pub(super) const RULE: &str = "RELEASED_CHANGED";

const LIST: &str = "digests.toml";
const HEADER: &str = "# Written by `treaty release`. What was released never changes.\n";

/// A released file that is as it was released, not decoded yet.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) version: Version,
    /// Of the bytes.
    pub(super) digest: String,
    bytes: Vec<u8>,
    /// Where it is shown.
    shown: String,
}

impl Sealed {
    /// The names of all that it holds, own or imported, as far as that can be read.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        let files = parts(&self.bytes, FILE).filter_map(Value::bytes);
        files.filter_map(|file| parts(file, NAME).next()?.text())
    }

    /// What was promised, or the finding that nobody can read it.
    pub(super) fn decode(&self) -> Result<Released, Box<Finding>> {
        let unreadable = |error: NotADescriptorSet| {
            let message = format!("{} cannot be read: {error}", self.version);
            let finding = Finding::in_file(RULE, &self.shown, (1, 1), message);
            Box::new(finding.with_remedy("restore the file from version control"))
        };
        let descriptors = Descriptors::decode(&self.bytes).map_err(unreadable)?;
        Ok(Released { version: self.version.clone(), descriptors })
    }
}

/// `FileDescriptorSet.file`.
const FILE: u32 = 1;
/// `FileDescriptorProto.name`.
const NAME: u32 = 1;

/// What a message holds under a number, up to where it cannot be read.
fn parts(bytes: &[u8], number: u32) -> impl Iterator<Item = Value<'_>> {
    let fields = Fields::new(bytes).map_while(Result::ok);
    fields.filter(move |field| field.number == number).map(|field| field.value)
}

/// The released versions, oldest first, and what is wrong with their files.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) versions: Vec<Sealed>,
    /// When each was released, as far as the list says.
    pub(super) days: BTreeMap<Version, Date>,
    pub(super) findings: Vec<Finding>,
}

/// Reads the folder that is shown as `shown`; a folder that is not there holds no versions. What the
/// files hold is not looked at.
pub(super) fn read(folder: &Path, shown: &str) -> anyhow::Result<Shelf> {
    let mut shelf = Shelf::default();
    let list_path = format!("{shown}/{LIST}");
    let mut listed = match list(&folder.join(LIST)) {
        Ok(listed) => listed,
        Err((place, message)) => {
            let remedy = "restore the file from version control; only `treaty release` writes it";
            shelf
                .findings
                .push(Finding::in_file(RULE, &list_path, place, message).with_remedy(remedy));
            return Ok(shelf);
        }
    };
    for (file, path) in files(folder)? {
        let shown = format!("{shown}/{file}");
        let complain = |message: String, remedy: &str| {
            Finding::in_file(RULE, &shown, (1, 1), message).with_remedy(remedy)
        };
        if !path.is_file() {
            let message = format!("`{file}` is not a file");
            shelf.findings.push(complain(message, "move it out of released/"));
            continue;
        }
        let Some(version) = version_of(&file) else {
            let message =
                format!("`{file}` is not named as a released version, such as 1.2.0.binpb");
            shelf.findings.push(complain(message, "move it out of released/"));
            continue;
        };
        let bytes = fs::read(&path).with_context(|| format!("cannot read {shown}"))?;
        let digest = sha256(&bytes);
        match listed.remove(&version.to_string()) {
            None => shelf.findings.push(complain(
                format!("{version} is not listed in {LIST}"),
                "restore the list from version control, or remove the file and run `treaty release`",
            )),
            Some(Entry { digest: expected, .. }) if expected != digest => shelf.findings.push(complain(
                format!("{version} was changed after its release: it is {digest}, released was {expected}"),
                "restore the file from version control; a change is a new release",
            )),
            Some(entry) => {
                shelf.days.extend(entry.day.map(|day| (version.clone(), day)));
                shelf.versions.push(Sealed { version, digest, bytes, shown });
            }
        }
    }
    for version in listed.keys() {
        let message = format!("released version {version} is gone, but {LIST} lists it");
        let remedy = "restore the file from version control: its users are still there";
        let path = format!("{shown}/{version}.binpb");
        let finding = Finding::in_file(RULE, &path, (1, 1), message).with_remedy(remedy);
        shelf.findings.push(Finding { deleted: true, ..finding });
    }
    shelf.versions.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(shelf)
}

/// Whether a file of a folder `released/` shows that something was released.
pub(super) fn is_evidence(file: &str) -> bool {
    file == LIST || version_of(file).is_some()
}

fn version_of(file: &str) -> Option<Version> {
    Version::parse(file.strip_suffix(".binpb")?).ok()
}

/// The bytes of a released version, or of the last one; none where there is no such version.
pub(super) fn bytes(folder: &Path, version: Option<&Version>) -> anyhow::Result<Option<Vec<u8>>> {
    let mut found: Option<(Version, PathBuf)> = None;
    for (file, path) in files(folder)? {
        let Some(one) = version_of(&file).filter(|_| path.is_file()) else { continue };
        let is_later = found.as_ref().is_none_or(|(last, _)| one > *last);
        if version.map_or(is_later, |version| *version == one) {
            found = Some((one, path));
        }
    }
    let Some((_, path)) = found else { return Ok(None) };
    fs::read(&path).map(Some).with_context(|| format!("cannot read {}", path.display()))
}

/// The files that a new version makes of the folder: its own, and the list.
///
/// # Errors
///
/// Where the list cannot be read.
pub(super) fn additions(
    folder: &Path,
    version: &Version,
    bytes: Vec<u8>,
    day: time::Date,
) -> anyhow::Result<[Written; 2]> {
    let list_path = folder.join(LIST);
    let list = text(&list_path)?.unwrap_or_else(|| HEADER.to_owned());
    let digest = sha256(&bytes);
    let line = format!("\"{version}\" = {{ digest = \"{digest}\", released = {day} }}\n");
    let gap = if list.ends_with('\n') { "" } else { "\n" };
    let list = format!("{list}{}", in_ends_of(&list, format!("{gap}{line}")));
    let path = folder.join(format!("{version}.binpb"));
    Ok([Written { path, bytes, is_new: true }, Written::text(list_path, list)])
}

/// A line of the list.
struct Entry {
    digest: String,
    /// Lists of before days were written have none.
    day: Option<Date>,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Dated {
            digest: String,
            released: Date,
        }
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(digest) => Ok(Self { digest, day: None }),
            value => {
                let Dated { digest, released } = value.try_into().map_err(D::Error::custom)?;
                Ok(Self { digest, day: Some(released) })
            }
        }
    }
}

/// Version to digest; a list that is not there is empty.
fn list(path: &Path) -> Result<BTreeMap<String, Entry>, ((u32, u32), String)> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let whole = path.is_file().then(|| fs::read_to_string(path).ok()).flatten();
    let text = whole.ok_or_else(|| ((1, 1), format!("{LIST} cannot be read as text")))?;
    toml::from_str(&text).map_err(|error| {
        let place = error.span().map_or((1, 1), |span| super::manifest::place(&text, span.start));
        (place, error.message().replace('\n', " "))
    })
}

/// Everything in the folder but the list, by name.
fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = BTreeMap::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != LIST {
            files.insert(name, entry.path());
        }
    }
    Ok(files)
}

//! Reads and updates `contract.toml`. — *Holds*: an unknown key is a finding with its place, and an
//! update keeps comments and order.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use semver::Version;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Date;
use treaty_engine::Finding;

/// The rule id of what is wrong in a `contract.toml`.
pub(super) const RULE: &str = "CONTRACT_TOML";

/// What a `contract.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// Such as `shop.orders`.
    pub(super) name: String,
    /// The last released version, or 0.0.0.
    pub(super) version: Version,
    /// Who answers for it.
    pub(super) owner: String,
    /// Released versions that nobody runs any more: nothing is compared with them but the numbers
    /// and names that they used, for what they wrote may still be stored.
    #[serde(default)]
    pub(super) retired: Vec<Spanned<Version>>,
    /// How long an element is deprecated before it is removed.
    #[serde(default)]
    pub(super) deprecation: Option<Deprecation>,
    /// The day from which on everything may be removed, as `2027-06-30` without quotes.
    #[serde(default)]
    pub(super) sunset: Option<Date>,
    /// The full names of the custom options that callers go by.
    #[serde(default)]
    pub(super) contract_options: Vec<String>,
    /// What the gate lets pass for a time.
    #[serde(default, rename = "waiver")]
    pub(super) waivers: Vec<Spanned<Waiver>>,
}

/// `[deprecation]`: where both are given, either is enough.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deprecation {
    /// Released versions in a row.
    pub(super) releases: Option<u32>,
    /// Since the first of them.
    pub(super) days: Option<u32>,
}

/// A `[[waiver]]`: a finding that stops nothing until a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiver {
    /// The rule's id, such as `FIELD_NO_DELETE`.
    pub(super) rule: String,
    /// The element, as findings name it, such as `shop.orders.v1.Order.note`.
    pub(super) element: String,
    /// Why breaking it hurts nobody.
    pub(super) reason: String,
    /// Who answers for that.
    pub(super) owner: String,
    /// The last day that it holds, as `2027-01-31` without quotes.
    pub(super) expires: Date,
}

/// Parses the text of the file that is shown as `path`; what is wrong with it is the finding.
pub(super) fn parse(path: &str, text: &str) -> Result<Manifest, Box<Finding>> {
    let manifest: Manifest = toml::from_str(text).map_err(|error| {
        let place = error.span().map_or((1, 1), |span| place(text, span.start));
        let message = error.message().replace('\n', " ");
        finding(path, place, message).with_remedy(
            "a contract.toml has the keys `name`, `version` (as 1.2.3), `owner`, and if need be \
             `retired` (a list of versions), `[deprecation]` with `releases` or \
             `days`, `sunset` (a date), `contract_options` (a list of full names) and `[[waiver]]` with `rule`, `element`, `reason`, \
             `owner` and `expires` (a date without quotes)",
        )
    })?;
    let name = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-".contains(letter)
    };
    if manifest.name.is_empty() || !manifest.name.chars().all(name) {
        let place = text.find("name").map_or((1, 1), |at| place(text, at));
        let message = format!("`{}` is not a contract's name", manifest.name);
        let remedy = "use lower case letters, digits, `.`, `_` and `-`, such as `shop.orders`";
        return Err(Box::new(finding(path, place, message).with_remedy(remedy)));
    }
    Ok(manifest)
}

/// Writes another version into the file.
pub(super) fn set_version(path: &Path, version: &Version) -> anyhow::Result<()> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let mut document: toml_edit::DocumentMut =
        text.parse().with_context(|| format!("cannot parse {shown}"))?;
    document["version"] = toml_edit::value(version.to_string());
    fs::write(path, document.to_string()).with_context(|| format!("cannot write {shown}"))
}

/// A finding about a `contract.toml`.
pub(super) fn finding(path: &str, place: (u32, u32), message: String) -> Finding {
    Finding::in_file(RULE, path, place, message)
}

/// Line and column of a byte, counted from 1.
pub(super) fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

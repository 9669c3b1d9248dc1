//! Lets findings pass that a `[[waiver]]` of the contract names, for as long as it says. — *Holds*: a
//! waiver has a reason, an owner and a last day; one that is over, or that nothing needs, is itself
//! a finding.

use time::OffsetDateTime;
use toml::value::Date;
use treaty_engine::{Finding, Severity, book};

use super::manifest::{self, Manifest, Waiver};

/// The rule ids of what is wrong with waivers.
const EXPIRED: &str = "WAIVER_EXPIRED";
const UNUSED: &str = "WAIVER_UNUSED";

/// The day that waivers are held against, in UTC.
pub(super) fn today() -> Date {
    let now = OffsetDateTime::now_utc();
    Date {
        year: u16::try_from(now.year()).unwrap_or(u16::MAX),
        month: now.month().into(),
        day: now.day(),
    }
}

/// Where a contract's manifest is shown, and its text, so that findings have a place.
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
}

/// What is wrong with the waivers whatever they are held against.
pub(super) fn incomplete(manifest: &Manifest, source: &Source<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for waiver in &manifest.waivers {
        let place = manifest::place(source.text, waiver.span().start);
        let waiver = waiver.get_ref();
        let parts = [
            ("rule", &waiver.rule),
            ("element", &waiver.element),
            ("reason", &waiver.reason),
            ("owner", &waiver.owner),
        ];
        for (key, _) in parts.iter().filter(|(_, value)| value.trim().is_empty()) {
            let message = format!("the waiver's `{key}` is empty");
            let remedy = "a waiver names its rule and element, and says why and who answers for it";
            findings.push(
                manifest::finding(source.path, place, message).with_remedy(remedy.to_owned()),
            );
        }
    }
    findings
}

/// Waives what may be waived today; adds what is wrong with the waivers.
pub(super) fn apply(
    manifest: &Manifest,
    source: &Source<'_>,
    today: Date,
    findings: &mut Vec<Finding>,
) {
    let mut complaints = Vec::new();
    for spanned in &manifest.waivers {
        let waiver = spanned.get_ref();
        let place = manifest::place(source.text, spanned.span().start);
        let expired = is_before(waiver.expires, today);
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| concerns(waiver, finding)) {
            used = true;
            if !expired {
                finding.severity = Severity::Warning;
                let Waiver { expires, owner, reason, .. } = waiver;
                finding.waived = Some(format!("until {expires} by {owner}: {reason}"));
            }
        }
        let Waiver { rule, element, expires, owner, .. } = waiver;
        let complaint = |id, message: String, remedy: String| {
            Finding::in_file(id, source.path, place, message).with_remedy(remedy)
        };
        match (used, expired) {
            (true, true) => complaints.push(complaint(
                EXPIRED,
                format!("the waiver of {rule} for {element} was over on {expires}"),
                format!("undo the change, or let {owner} say why it may go on and until when"),
            )),
            (true, false) => {}
            (false, _) => {
                let (message, remedy) = unused(waiver, findings);
                let complaint = complaint(UNUSED, message, remedy);
                complaints.push(Finding { severity: Severity::Warning, ..complaint });
            }
        }
    }
    findings.append(&mut complaints);
    findings.sort();
}

/// That nothing needs a waiver, and what may have been meant.
fn unused(Waiver { rule, element, .. }: &Waiver, findings: &[Finding]) -> (String, String) {
    if book::entry(rule).is_none_or(|entry| entry.id() != rule) {
        let nearest = book::nearest(rule).join(", ");
        let message = format!("no rule is called `{rule}`: its waiver lets nothing pass");
        return (message, format!("did you mean {nearest}? If not, remove it"));
    }
    let message = format!("nothing needs the waiver of {rule} for {element}");
    let is_open = |one: &&Finding| one.rule == *rule && can_be_waived(one) && one.waived.is_none();
    let open: Vec<_> = findings.iter().filter(is_open).map(|one| &*one.subject).take(3).collect();
    let remedy = match &open[..] {
        [] => "remove it from the contract.toml".to_owned(),
        open => format!(
            "{rule} was found for the element {}: if that is meant, write it so; if not, remove \
             the waiver",
            open.join(", ")
        ),
    };
    (message, remedy)
}

/// Only what a comparison found.
fn can_be_waived(finding: &Finding) -> bool {
    !finding.versions.is_empty()
}

fn concerns(waiver: &Waiver, finding: &Finding) -> bool {
    finding.rule == waiver.rule && finding.subject == waiver.element && can_be_waived(finding)
}

fn is_before(one: Date, other: Date) -> bool {
    (one.year, one.month, one.day) < (other.year, other.month, other.day)
}

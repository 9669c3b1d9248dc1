//! A rule of the rule book in a terminal, or for machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use treaty_engine::book::{self, Demonstration, Entry, Sort};
use treaty_engine::rules::breaking::{DEPRECATED, Deprecated};
use treaty_engine::rules::{Breaks, ConfigVersion};
use treaty_engine::{Finding, Proof, Role, Verdict};

use super::super::render::Paint;

/// As wide as text is set.
const WIDTH: usize = 80;

/// What `treaty check` finds beside the rules.
const OTHERS: [(&str, &str); 5] = [
    (
        "COMPILE",
        "The source does not compile. Nothing else is checked of a file that has no meaning; the finding says where it is wrong and what the compiler expected. It cannot be waived.",
    ),
    (
        "CONTRACT_TOML",
        "A `contract.toml` says something that is not understood: an unknown key, nobody who owns it, a [deprecation] that asks for nothing, a waiver without reason, owner or last day, a retired version that was never released.",
    ),
    (
        "RELEASED_CHANGED",
        "A file below `released/` is not what was released: somebody edited, added or removed it, or the contract.toml beside it. Old versions are what every change is judged by, so restore it from version control; only `treaty release` writes there.",
    ),
    (
        "WAIVER_EXPIRED",
        "The last day of a waiver is over. Correct what it let pass, or agree on another day with the owner.",
    ),
    (
        "WAIVER_UNUSED",
        "A waiver lets nothing pass any more, or never did: its rule or its element is not what findings name. Correct it, or remove it from `contract.toml`, so that it does not hide what comes later.",
    ),
];

/// The rules of a category of buf's; none where it is no category.
pub(super) fn of_category(name: &str) -> Option<Vec<Entry>> {
    let name = name.to_ascii_uppercase();
    let has = |entry: &Entry| {
        let any = |version| entry.categories(version).is_some_and(|all| all.contains(&&*name));
        ConfigVersion::ALL.into_iter().any(any)
    };
    let found: Vec<_> = book::entries().filter(has).collect();
    (!found.is_empty()).then_some(found)
}

/// A line for each rule.
pub(super) fn list(entries: &[Entry], is_json: bool) -> anyhow::Result<String> {
    if is_json {
        let all: Vec<_> = entries.iter().map(Summary::new).collect();
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let mut text = String::new();
    for (sort, title) in [
        (Sort::Breaking, "Breaking rules (`treaty breaking`)"),
        (Sort::Own, "Rules of ours (`treaty check`)"),
        (Sort::Lint, "Lint rules (`treaty lint`)"),
    ] {
        let of_sort: Vec<_> = entries.iter().filter(|entry| entry.sort() == sort).collect();
        let Some(widest) = of_sort.iter().map(|entry| entry.id().len()).max() else { continue };
        let gap = if text.is_empty() { "" } else { "\n" };
        _ = writeln!(text, "{gap}{title}");
        for entry in of_sort {
            _ = writeln!(text, "  {:widest$}  {}", entry.id(), entry.finds());
        }
    }
    Ok(text)
}

/// All about one rule; none where nothing is called so.
pub(super) fn text(id: &str, paint: Paint) -> Option<String> {
    if let Some(old) = deprecated(id) {
        let by = match old.replacements {
            [] => "nothing checks it any more".to_owned(),
            all => format!("it is checked by {} now", all.join(", ")),
        };
        return Some(format!(
            "{}\n\n{}",
            paint.bold(old.id),
            wrapped(&format!("Deprecated: {by}."))
        ));
    }
    if let Some((id, about)) = OTHERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)) {
        return Some(format!("{}\n\n{}", paint.bold(id), wrapped(about)));
    }
    let entry = book::entry(id)?;
    let mut text = format!("{}: {}\n\n", paint.bold(entry.id()), entry.finds());
    text += &wrapped(entry.why());
    _ = writeln!(text, "\n{}\n", paint.bold("Example"));
    for line in entry.example().text().lines() {
        let line = match line.get(..1) {
            Some("-") => paint.removed(line),
            Some("+") => paint.added(line),
            _ => line.to_owned(),
        };
        _ = writeln!(text, "  {line}");
    }
    let shown = entry.demonstrate();
    for finding in shown.findings.iter().take(1) {
        _ = writeln!(text, "\n{}\n", paint.bold("Found"));
        text += &indented(&finding.message);
    }
    if let Some(proof) = shown.proof() {
        _ = writeln!(text, "\n{}\n", paint.bold("Witness"));
        text += &indented(&match proof {
            Proof::None(why) => format!("There is none: {why}."),
            other => other.to_string(),
        });
    }
    _ = writeln!(text, "\n{}\n", paint.bold("Instead"));
    text += &indented(&(capital(entry.remedy()) + "."));
    _ = writeln!(text, "\n{}\n", paint.bold("Where it counts"));
    facts(&entry, &shown).iter().for_each(|(what, value)| {
        _ = writeln!(text, "  {what:<12}{value}");
    });
    Some(text)
}

fn deprecated(id: &str) -> Option<&'static Deprecated> {
    DEPRECATED.iter().find(|one| one.id.eq_ignore_ascii_case(id))
}

fn facts(entry: &Entry, shown: &Demonstration) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if !entry.breaks().is_empty() {
        let words: Vec<_> = entry.breaks().iter().map(|one| one.word()).collect();
        facts.push(("breaks", words.join(", ")));
    }
    match &shown.verdicts[..] {
        [(_, one), rest @ ..] if rest.iter().all(|(_, other)| other == one) => {
            facts.push(("verdict", format!("{one} in every role")));
        }
        all => facts.extend(all.iter().map(|(role, verdict)| {
            let label = if *role == Role::Request { "verdict" } else { "" };
            (label, format!("{role}: {verdict}"))
        })),
    }
    if let ([], Some(verdict)) =
        (&shown.verdicts[..], shown.findings.first().and_then(|one| one.verdict))
    {
        facts.push(("verdict", verdict.to_string()));
    }
    if entry.sort() != Sort::Own {
        for version in ConfigVersion::ALL {
            let is_default = if entry.is_default(version) { " (default)" } else { "" };
            let all = match entry.categories(version) {
                None => "unknown".to_owned(),
                Some(_) if entry.is_deprecated() => "deprecated, finds nothing".to_owned(),
                Some(all) if all.is_empty() => "by id only".to_owned(),
                Some(all) => all.join(", "),
            };
            facts.push((version.id(), format!("{all}{is_default}")));
        }
    }
    let (check, waive) = match entry.sort() {
        Sort::Lint => ("no", "except, ignore or ignore_only in buf.yaml, or a comment"),
        _ if entry.is_checked() => ("yes", "a [[waiver]] in contract.toml"),
        _ => ("no", "except, ignore or ignore_only in buf.yaml"),
    };
    facts.push(("in check", check.to_owned()));
    facts.push(("waived by", waive.to_owned()));
    facts
}

/// Set in lines, each paragraph for itself.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if width > 0 && width + 1 + letters > WIDTH {
            lines.push('\n');
            width = 0;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines += word;
        width += letters;
    }
    lines + "\n"
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a list tells machines of a rule.
#[derive(Serialize)]
struct Summary {
    id: &'static str,
    sort: &'static str,
    finds: &'static str,
    why: &'static str,
    remedy: &'static str,
    breaks: &'static [Breaks],
    /// By version of the configuration; null where that does not know the rule.
    categories: BTreeMap<&'static str, Option<Vec<&'static str>>>,
    /// The versions in which it runs where nothing is chosen.
    default: Vec<&'static str>,
    /// Whether `treaty check` runs it.
    check: bool,
    deprecated: bool,
}

impl Summary {
    fn new(entry: &Entry) -> Self {
        let versions = || ConfigVersion::ALL.into_iter();
        Self {
            id: entry.id(),
            sort: match entry.sort() {
                Sort::Breaking => "breaking",
                Sort::Own => "own",
                Sort::Lint => "lint",
            },
            finds: entry.finds(),
            why: entry.why(),
            remedy: entry.remedy(),
            breaks: entry.breaks(),
            categories: versions().map(|one| (one.id(), entry.categories(one))).collect(),
            default: versions().filter(|one| entry.is_default(*one)).map(|one| one.id()).collect(),
            check: entry.is_checked(),
            deprecated: entry.is_deprecated(),
        }
    }
}

/// The same, and the example with what the engine makes of it.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    summary: Summary,
    example: ExampleOf,
    verdicts: BTreeMap<Role, Verdict>,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct ExampleOf {
    text: &'static str,
    old: BTreeMap<String, String>,
    new: BTreeMap<String, String>,
}

/// All about one rule, for machines.
pub(super) fn json(id: &str) -> anyhow::Result<Option<String>> {
    if let Some(old) = deprecated(id) {
        let value = serde_json::json!({
            "id": old.id, "deprecated": true, "replacements": old.replacements,
        });
        return Ok(Some(serde_json::to_string_pretty(&value)? + "\n"));
    }
    if let Some((id, about)) = OTHERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)) {
        let value = serde_json::json!({ "id": id, "finds": about });
        return Ok(Some(serde_json::to_string_pretty(&value)? + "\n"));
    }
    let Some(entry) = book::entry(id) else { return Ok(None) };
    let (example, shown) = (entry.example(), entry.demonstrate());
    let texts = |side: treaty_engine::Sources| {
        side.into_iter().map(|(name, text)| (name, text.to_string())).collect()
    };
    let whole = Whole {
        summary: Summary::new(&entry),
        example: ExampleOf {
            text: example.text(),
            old: texts(example.old_side()),
            new: texts(example.new_side()),
        },
        verdicts: shown.verdicts.into_iter().collect(),
        findings: shown.findings,
    };
    Ok(Some(serde_json::to_string_pretty(&whole)? + "\n"))
}

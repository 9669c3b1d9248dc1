//! Writes the rule book as `docs/rules.md` has it.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{Demonstration, Entry, Sort, entries};
use crate::rules::breaking::DEPRECATED;
use crate::rules::{Breaks, ConfigVersion, own};
use crate::{Proof, Role, Verdict};

const HEAD: &str = "\
# The rule book

<!-- Written by `treaty explain --book` from the files under crates/treaty-engine/src/rules/; to
     change a text, change it there. -->

What `treaty breaking`, `treaty lint` and `treaty check` look for, why it matters, and what to do
instead. `treaty explain <RULE>` shows one of these pages in a terminal.

## How to read it

A protobuf contract is kept in four places, and each rule says in which of them it is broken:

- **bytes**: a field is a number, a wire type and a value; names are not sent. Whoever gives a number
  another meaning has others read something that was never written.
- **JSON**: names are sent, numbers are not.
- **calls**: a client knows `/package.Service/Method`, the kind of stream, and what it may repeat.
- **code**: whoever builds against generated code no longer compiles, or does something else.

Old and new versions run at the same time: during a rollout, and for as long as clients are out
there. So every finding has a **verdict** on the order of the rollout, which depends on who reads
the message:

| verdict | meaning |
| --- | --- |
| safe | old and new understand each other in any order |
| servers first | every server takes the new version before any client does |
| clients first | every client takes the new version before any server does |
| breaking | no order of rollout keeps old and new apart |

The **role** of a message says who reads it: a *request* is read by servers, a *response* by clients,
some are *both*, and what no method reaches is taken for an *event or stored*: written and read at
any time by any version. The verdicts below are those of the example.

The **witness** is the smallest message found that one side writes and the other misreads. It is
computed when this book is written, as `treaty check` computes it for your change.

In examples a line with `-` is only in the old version and one with `+` only in the new one; a line
such as `// shop/v1/order.proto` begins a file. Where an example does not say otherwise it is proto3
in the package `shop.v1`.

**Which rules run.** `treaty breaking` and `treaty lint` run those that the `buf.yaml` chooses by id
or category, or the default ones, as buf does. `treaty check` runs the category FILE of version v2
and all of ours, against every released version that is still in use.

**Letting one pass.** A finding of `treaty check` can be waived in `contract.toml`, each rule for one
element, with a reason, an owner and a last day. `treaty breaking` and `treaty lint` have `except`,
`ignore` and `ignore_only` in `buf.yaml`, and lint a comment `// buf:lint:ignore RULE`. What does not
compile, and a released file that was changed, cannot be waived.
";

/// Where an answer is meant to be another than buf's, as `interop/oracle/accepted.json` has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Accepted {
    /// What it is called.
    pub id: String,
    /// The reason.
    #[serde(alias = "reason")]
    pub why: String,
}

/// The whole book.
#[must_use]
pub fn markdown(accepted: &[Accepted]) -> String {
    let mut text = HEAD.to_owned();
    for (sort, title, about) in [
        (Sort::Breaking, "Breaking rules", "They compare two versions, and are buf's."),
        (
            Sort::Own,
            "Rules of ours",
            "They compare versions too, find what buf cannot tell, and run in `treaty check` only.",
        ),
        (Sort::Lint, "Lint rules", "They look at one version, and are buf's."),
    ] {
        let of_sort = || entries().filter(|entry| entry.sort() == sort);
        _ = writeln!(text, "\n## {title}\n\n{about}\n");
        text += &table(sort, of_sort());
        if sort == Sort::Breaking {
            text += &deprecated();
        }
        of_sort().for_each(|entry| text += &page(&entry));
    }
    text + &differences(accepted)
}

/// What no comparison of annotations can show.
const BESIDE_RULES: &str = "
Beside what rules find:

- What does not compile is refused by both, but told in the words of each compiler: at times a column
  apart, and with more or fewer faults that only follow from the first. Where an import is missing, we
  tell of that alone.
- A file in UTF-16 is refused. buf reads it as an empty one, so that all of its types are gone.
- `generate --clean` refuses a folder that holds protos which it generates from; buf deletes them.
- Message sets are checked like any other message; `buf lint` and `buf breaking` refuse them.
- An image names types in full, with a leading dot, as compilers write them; buf looks up other names.
";

fn differences(accepted: &[Accepted]) -> String {
    let mut text = "\n## Differences from buf\n\n`make interop` asks buf and Treaty about every fixture of \
                    a rule, about random changes of real files and about whole corpora, and compares every \
                    annotation with its place. "
        .to_owned();
    if accepted.is_empty() {
        return text + "No difference is accepted.\n" + BESIDE_RULES;
    }
    text += "These differences are meant:\n\n| difference | why |\n| --- | --- |\n";
    for Accepted { id, why } in accepted {
        _ = writeln!(text, "| {id} | {} |", why.replace('|', "\\|").replace('\n', " "));
    }
    text + BESIDE_RULES
}

fn table(sort: Sort, entries: impl Iterator<Item = Entry>) -> String {
    let mut text = match sort {
        Sort::Breaking => {
            "| rule | finds | breaks | categories in v2 |\n| --- | --- | --- | --- |\n"
        }
        Sort::Own => "| rule | finds | breaks |\n| --- | --- | --- |\n",
        Sort::Lint => "| rule | finds | categories in v2 |\n| --- | --- | --- |\n",
    }
    .to_owned();
    for entry in entries {
        let (id, finds) = (entry.id(), entry.finds());
        let link = format!("[{id}](#{})", id.to_lowercase());
        let (breaks, categories) = (breaks(entry.breaks()), categories(&entry, ConfigVersion::V2));
        _ = match sort {
            Sort::Breaking => writeln!(text, "| {link} | {finds} | {breaks} | {categories} |"),
            Sort::Own => writeln!(text, "| {link} | {finds} | {breaks} |"),
            Sort::Lint => writeln!(text, "| {link} | {finds} | {categories} |"),
        };
    }
    text
}

fn deprecated() -> String {
    let mut text =
        "\nIds that check nothing themselves any more; a `buf.yaml` that names them still \
                    works, with a warning:\n\n| id | checked by | known to |\n| --- | --- | --- |\n"
            .to_owned();
    for one in DEPRECATED {
        let link = |id: &&str| format!("[{id}](#{})", id.to_lowercase());
        let by: Vec<_> = one.replacements.iter().map(link).collect();
        let by = if by.is_empty() { "nothing".to_owned() } else { by.join(", ") };
        let known: Vec<_> = one.versions.iter().map(|version| version.id()).collect();
        _ = writeln!(text, "| {} | {by} | {} |", one.id, known.join(", "));
    }
    text
}

fn breaks(all: &[Breaks]) -> String {
    all.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ")
}

/// A default set is marked by its default category, in bold.
fn categories(entry: &Entry, version: ConfigVersion) -> String {
    match entry.categories(version) {
        None => "–".to_owned(),
        Some(_) if entry.is_deprecated() => "deprecated".to_owned(),
        Some(all) if all.is_empty() => "by id only".to_owned(),
        Some(all) => all.join(", "),
    }
}

fn page(entry: &Entry) -> String {
    let mut text = format!("\n### {}\n\n{}.\n", entry.id(), entry.finds());
    _ = writeln!(text, "\n```diff\n{}\n```\n", entry.example().text());
    _ = writeln!(text, "**Why it matters.** {}\n", entry.why());
    _ = writeln!(text, "**Instead:** {}.\n", entry.remedy());
    if !entry.breaks().is_empty() {
        _ = writeln!(text, "- breaks: {}", breaks(entry.breaks()));
    }
    text += &chosen(entry);
    if entry.sort() == Sort::Lint {
        return text;
    }
    let shown = entry.demonstrate();
    _ = writeln!(text, "- verdict: {}", verdict(entry, &shown));
    if let Some(Proof::None(why)) = shown.proof() {
        _ = writeln!(text, "- witness: none: {why}");
    }
    if let Some(first) = shown.findings.first() {
        _ = writeln!(text, "\n> {}", first.message);
    }
    if let Some(Proof::Witness(witness)) = shown.proof() {
        _ = writeln!(text, "\n```text\n{witness}\n```");
    }
    text
}

/// The verdict on the example, for each role where it has one.
fn verdict(entry: &Entry, shown: &Demonstration) -> String {
    let only_code = if entry.breaks() == [Breaks::Source] { "; only code is broken" } else { "" };
    let is = |all: Verdict| shown.verdicts.iter().all(|(_, one)| *one == all);
    let alone = shown.findings.first().and_then(|one| one.verdict).unwrap_or_default();
    let place = |role: &Role| match role {
        Role::Request => "in a request",
        Role::Response => "in a response",
        Role::Both => "in both",
        Role::Stored => "in events and stores",
    };
    match &shown.verdicts[..] {
        [] => format!("{alone}{only_code}"),
        [(_, one), ..] if is(*one) => format!("{one} in every role{only_code}"),
        all => {
            let each: Vec<_> =
                all.iter().map(|(role, one)| format!("{one} {}", place(role))).collect();
            each.join(", ")
        }
    }
}

/// Where the rule runs.
fn chosen(entry: &Entry) -> String {
    match entry.sort() {
        Sort::Own => {
            let ever = own::EVER.iter().any(|rule| rule.id == entry.id());
            let which = if ever {
                "every released version, retired ones too"
            } else {
                "every released version in use"
            };
            format!("- runs in `treaty check`, against {which}\n")
        }
        _ => {
            let of = |version: ConfigVersion| {
                let default = if entry.is_default(version) { " (default)" } else { "" };
                format!("{} {}{default}", version.id(), categories(entry, version))
            };
            let all = ConfigVersion::ALL.map(of).join("; ");
            let check = if entry.is_checked() { "; runs in `treaty check`" } else { "" };
            format!("- categories: {all}{check}\n")
        }
    }
}

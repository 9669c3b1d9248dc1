//! The rule book: every rule with what it finds, whom that hurts, an example and what to do instead.
//! — *Does not* hold any of that itself: each rule does, in its own file. — *Holds*: an example's
//! findings and bytes are computed, never written down.

mod example;
mod markdown;
mod nearest;

use crate::rules::{self, Breaks, Category, ConfigVersion, breaking, lint, own};
use crate::{
    Deprecation, Finding, Gate, LintOptions, Policy, Proof, Released, Role, Verdict, compare, prove,
};

pub use example::{Example, compile as compile_example};
pub use markdown::{Accepted, markdown};
pub use nearest::{nearest, nearest_of};

/// Which of the three tables a rule is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A rule of buf that compares two versions.
    Breaking,
    /// A rule of ours that compares versions.
    Own,
    /// A rule of buf that looks at one version.
    Lint,
}

/// One rule as people are told of it.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// A rule that compares versions.
    Pair(Sort, &'static breaking::Rule),
    /// A rule that looks at one version.
    Single(&'static lint::Rule),
}

/// Every rule: those that compare by id, then ours, then lint rules.
pub fn entries() -> impl Iterator<Item = Entry> {
    let of = |sort| move |rule: &&'static breaking::Rule| Entry::Pair(sort, rule);
    let pairs =
        breaking::ALL.iter().map(of(Sort::Breaking)).chain(own::ALL.iter().map(of(Sort::Own)));
    pairs.chain(lint::ALL.iter().map(|rule| Entry::Single(rule)))
}

/// The rule of that id, in any case.
#[must_use]
pub fn entry(id: &str) -> Option<Entry> {
    entries().find(|entry| entry.id().eq_ignore_ascii_case(id))
}

impl Entry {
    /// buf's id, or ours.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Pair(_, rule) => rule.id,
            Self::Single(rule) => rule.id,
        }
    }

    /// Its table.
    #[must_use]
    pub fn sort(&self) -> Sort {
        match self {
            Self::Pair(sort, _) => *sort,
            Self::Single(_) => Sort::Lint,
        }
    }

    /// What it finds, in one sentence without its stop.
    #[must_use]
    pub fn finds(&self) -> &'static str {
        match self {
            Self::Pair(_, rule) => rule.finds,
            Self::Single(rule) => rule.finds,
        }
    }

    /// Why that matters.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self {
            Self::Pair(_, rule) => rule.why,
            Self::Single(rule) => rule.why,
        }
    }

    /// What to do instead.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Pair(_, rule) => rule.remedy,
            Self::Single(rule) => rule.remedy,
        }
    }

    /// Where somebody notices; a lint rule breaks nobody yet.
    #[must_use]
    pub fn breaks(&self) -> &'static [Breaks] {
        match self {
            Self::Pair(_, rule) => rule.breaks,
            Self::Single(_) => &[],
        }
    }

    /// What shows it.
    #[must_use]
    pub fn example(&self) -> Example {
        Example::new(match self {
            Self::Pair(_, rule) => rule.example,
            Self::Single(rule) => rule.example,
        })
    }

    /// The categories in a version of the configuration; none where that does not know the rule.
    #[must_use]
    pub fn categories(&self, version: ConfigVersion) -> Option<Vec<&'static str>> {
        match self {
            Self::Pair(_, rule) => {
                Some(rule.categories.of(version)?.iter().map(|one| one.id()).collect())
            }
            Self::Single(rule) => {
                Some(rule.categories.of(version)?.iter().map(|one| one.id()).collect())
            }
        }
    }

    /// Whether it runs in that version where a configuration chooses nothing.
    #[must_use]
    pub fn is_default(&self, version: ConfigVersion) -> bool {
        let default = match self.sort() {
            Sort::Breaking => Category::File.id(),
            Sort::Lint => lint::Category::Standard.id(),
            Sort::Own => return false,
        };
        !self.is_deprecated() && self.categories(version).is_some_and(|all| all.contains(&default))
    }

    /// Whether `treaty check` runs it.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        match self {
            Self::Pair(Sort::Breaking, rule) => {
                rules::of(Category::File).iter().any(|one| one.id == rule.id)
            }
            Self::Pair(..) => true,
            Self::Single(_) => false,
        }
    }

    /// Whether it finds nothing any more.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        matches!(self, Self::Single(rule) if rule.deprecated)
    }

    /// Has the rule look at its example, and looks for the bytes that prove what it finds.
    #[must_use]
    pub fn demonstrate(&self) -> Demonstration {
        match self {
            Self::Pair(_, rule) => demonstrate(rule, self.example()),
            Self::Single(rule) => {
                let (bad, broken) = example::compile(self.example().old_side());
                let rules = [*rule];
                let options = LintOptions::new(ConfigVersion::V2, &rules);
                let findings = [broken, crate::lint(&bad, &options)].concat();
                Demonstration { findings, verdicts: Vec::new() }
            }
        }
    }
}

/// What a rule makes of its example.
#[derive(Debug, Clone)]
pub struct Demonstration {
    /// What it finds, with bytes that prove it or why there are none.
    pub findings: Vec<Finding>,
    /// What the first finding would mean for the rollout in each role; empty where it is about
    /// nothing that has a role.
    pub verdicts: Vec<(Role, Verdict)>,
}

impl Demonstration {
    /// The best proof: bytes before a reason why there are none.
    #[must_use]
    pub fn proof(&self) -> Option<&Proof> {
        let proofs = || self.findings.iter().filter_map(|one| one.proof.as_ref());
        proofs().find(|one| matches!(one, Proof::Witness(_))).or_else(|| proofs().next())
    }
}

/// What examples say of themselves beyond their files.
fn policy() -> Policy {
    Policy {
        contract_options: vec!["shop.v1.audience".to_owned()],
        deprecation: Some(Deprecation { versions: Some(1), days: None }),
        ..Policy::default()
    }
}

fn demonstrate(rule: &'static breaking::Rule, example: Example) -> Demonstration {
    let (old, broken) = example::compile(example.old_side());
    let (new, broken_too) = example::compile(example.new_side());
    let released = [Released { version: semver::Version::new(1, 0, 0), descriptors: old.clone() }];
    let gate = Gate { rules: vec![rule], policy: policy(), retired: &[] };
    let mut findings = gate.judge(&new, &released).findings;
    prove(&new, &released, &mut findings);
    let changes = compare(&old.schema(), &new.schema(), &[]).changes;
    let first = findings.iter().find_map(|one| one.element.as_ref().filter(|_| one.role.is_some()));
    let about: Vec<_> = first.map_or_else(Vec::new, |element| {
        changes.iter().filter(|change| change.subject.key() == element.key()).collect()
    });
    let verdict = |role| Verdict::join_all(about.iter().map(|change| change.verdict_in(role)));
    let verdicts = match about.is_empty() {
        true => Vec::new(),
        false => Role::ALL.map(|role| (role, verdict(role))).to_vec(),
    };
    Demonstration { findings: [broken, broken_too, findings].concat(), verdicts }
}

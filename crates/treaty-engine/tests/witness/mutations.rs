//! No witness contradicts a verdict: over seeded mutations of small contracts in proto2, proto3 and
//! an edition. `TREATY_MUTATIONS` says how many mutated contracts are tried, `TREATY_SEED` from
//! which seed on; `make proof` tries 100,000.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use treaty_compiler::Pool;
use treaty_compiler::descriptor::{Encoding, File, SourceInfo, Syntax};
use treaty_compiler::wire::put_message;
use treaty_engine::witness::{NoWitness, Side, witness, witness_of_message};
use treaty_engine::{
    Change, Descriptors, Effect, Gate, Proof, Released, Sources, Subject, compare, prove,
};

use crate::mutator::{Random, mutate};

const BODY: &str = r#"
package p;
enum Color { COLOR_ZERO = 0; COLOR_RED = 1; COLOR_BLUE = 2; }
enum Size { SIZE_ZERO = 0; SIZE_SMALL = 1; SIZE_LARGE = 5; }
message Order {
  OPT int32 id = 1;
  OPT int64 total = 2;
  OPT string note = 3;
  OPT bytes raw = 4;
  OPT Color color = 5;
  repeated Size sizes = 6;
  repeated int32 numbers = 7;
  map<string, Color> colors = 8;
  map<int32, Item> items = 9;
  OPT Item item = 10;
  oneof pay { string card = 11; int32 cash = 12; Item barter = 13; }
  optional uint32 maybe = 14;
  OPT sint32 zig = 15;
  OPT bool flag = 16;
  OPT double price = 17;
}
message Item {
  OPT string name = 1;
  OPT fixed32 count = 2;
  repeated Item parts = 3;
  OPT Color color = 4;
}
message Twin {
  OPT string name = 1;
  OPT fixed32 count = 2;
}
"#;

fn bases() -> Vec<File> {
    let compile = |syntax: &str, label: &str| {
        let source = format!("syntax = \"{syntax}\";{}", BODY.replace("OPT", label));
        let sources = Sources::from([("a.proto".to_owned(), source.into())]);
        let (descriptors, findings) = Descriptors::compile(&sources);
        assert_eq!(findings, []);
        let mut file = File::clone(descriptors.files().next().unwrap());
        file.locations = Default::default();
        file
    };
    let proto2 = compile("proto2", "optional");
    let mut required = proto2.clone();
    for message in &mut required.messages {
        message.fields[0].label = treaty_compiler::descriptor::Label::Required;
    }
    let edition = File { syntax: Syntax::EDITION_2023, ..proto2.clone() };
    vec![compile("proto3", ""), proto2, required, edition]
}

fn descriptors(file: &File) -> Option<Descriptors> {
    let mut set = Vec::new();
    let encoding = Encoding { source_info: SourceInfo::Excluded, image: false };
    put_message(&mut set, 1, |into| file.encode(into, encoding));
    Descriptors::decode(&set).ok()
}

/// The types that a type is made of, itself among them.
pub(crate) fn reached(pools: [&Pool; 2], name: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for message in pools.iter().filter_map(|pool| pool.message(&name)) {
            for field in message.fields() {
                open.extend(field.message_type().map(|of| of.full_name().to_owned()));
                open.extend(field.enum_type().map(|of| of.full_name().to_owned()));
            }
        }
    }
    seen
}

fn effect(change: &Change, writer: Side) -> Effect {
    if writer == Side::Old { change.old_to_new } else { change.new_to_old }
}

pub(crate) fn rank(effect: Effect) -> u8 {
    effect as u8
}

/// What all changes of the types together may do at most.
pub(crate) fn allowed(changes: &[Change], types: &BTreeSet<String>, writer: Side) -> Effect {
    let about = changes.iter().filter(|change| match &change.subject {
        Subject::File(_) => true,
        subject => subject.type_name().is_some_and(|name| types.contains(name)),
    });
    about
        .map(|change| effect(change, writer))
        .max_by_key(|effect| rank(*effect))
        .unwrap_or(Effect::Kept)
}

/// What was tried and found; tallies of several seeds add up.
#[derive(Default)]
struct Tally {
    /// Contracts that were mutated.
    contracts: usize,
    /// Mutations in all of them.
    mutations: usize,
    /// Comparisons: each contract with the mutated one and back.
    pairs: usize,
    changes: usize,
    /// Questions whether somebody misreads something, one for each change or message and writer.
    searches: usize,
    witnesses: usize,
    /// Findings of `treaty check`.
    findings: usize,
    proven: usize,
    unproven: BTreeMap<String, usize>,
    contradictions: Vec<String>,
    /// Kind, effect and answer, with how often it was so.
    answers: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.contracts += other.contracts;
        self.mutations += other.mutations;
        self.pairs += other.pairs;
        self.changes += other.changes;
        self.searches += other.searches;
        self.witnesses += other.witnesses;
        self.findings += other.findings;
        self.proven += other.proven;
        self.contradictions.extend(other.contradictions);
        for (into, from) in
            [(&mut self.unproven, other.unproven), (&mut self.answers, other.answers)]
        {
            for (key, count) in from {
                *into.entry(key).or_default() += count;
            }
        }
    }

    fn told(&self) -> String {
        let table = |all: &BTreeMap<String, usize>, before: &str| -> String {
            all.iter().map(|(what, count)| format!("{count:8} {before}{what}\n")).collect()
        };
        let (contracts, mutations) = (self.contracts, self.mutations);
        table(&self.answers, "")
            + &format!("{contracts:8} contracts mutated, by {mutations} mutations\n")
            + &format!("{:8} comparisons with {} changes\n", self.pairs, self.changes)
            + &format!("{:8} searches with {} witnesses\n", self.searches, self.witnesses)
            + &format!("{:8} findings, {} of them with a witness\n", self.findings, self.proven)
            + &table(&self.unproven, "findings without: ")
            + &format!("{:8} contradictions", self.contradictions.len())
    }

    /// One comparison: what is found about every change and every message, and about each finding.
    fn compare(&mut self, old: &Descriptors, new: &Descriptors, what: &str) {
        let (before, after) = (old.pool(), new.pool());
        let changes = compare(&old.schema(), &new.schema(), &[]).changes;
        self.pairs += 1;
        self.changes += changes.len();
        let subjects = changes.iter().map(|change| (change.subject.clone(), Some(change)));
        let messages = ["p.Order", "p.Item", "p.Twin"];
        let messages = messages.map(|name| (Subject::Message(name.to_owned()), None));
        for (subject, change) in subjects.chain(messages) {
            for writer in [Side::Old, Side::New] {
                self.searches += 1;
                let found = witness(&before, &after, &subject, writer);
                if let Ok(found) = &found {
                    self.witnesses += 1;
                    let types = reached([&before, &after], &found.message);
                    let most = allowed(&changes, &types, writer);
                    if rank(found.effect) > rank(most) {
                        let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
                        self.contradictions.push(format!(
                            "{what}\n{subject}, {writer} writes: judged {most:?} for {kinds:?}, but {:?}: {found}",
                            found.effect
                        ));
                    }
                }
                if let Some(change) = change {
                    self.answer(change, writer, found.map(|found| found.effect));
                }
            }
        }
        self.prove(old, new);
    }

    fn answer(&mut self, change: &Change, writer: Side, found: Result<Effect, NoWitness>) {
        let judged = effect(change, writer);
        if judged == Effect::Kept {
            return;
        }
        let answer = match found {
            Ok(effect) => format!("{effect:?}"),
            Err(none) => format!("none: {none:?}"),
        };
        let line = format!("{:?}, {writer} writes: {judged:?} -> {answer}", change.kind);
        *self.answers.entry(line).or_default() += 1;
    }

    /// As `treaty check` does it: no finding is left without an answer.
    fn prove(&mut self, old: &Descriptors, new: &Descriptors) {
        let version = "1.0.0".parse().unwrap();
        let released = [Released { version, descriptors: old.clone() }];
        let mut findings = Gate::check().judge(new, &released).findings;
        prove(new, &released, &mut findings);
        self.findings += findings.len();
        for finding in findings {
            match finding.proof.unwrap_or_else(|| panic!("{} has no proof", finding.message)) {
                Proof::Witness(_) => self.proven += 1,
                none => *self.unproven.entry(none.to_string()).or_default() += 1,
            }
        }
    }
}

/// How many lanes the seeds run in; each has the same share, so that an answer does not depend on
/// the machine.
const LANES: usize = 4;

fn lane(bases: &[File], first: u64, contracts: usize) -> Tally {
    let mut tally = Tally::default();
    let mut seed = first;
    while tally.contracts < contracts {
        tally.mutated(bases, seed);
        seed += LANES as u64;
    }
    tally
}

impl Tally {
    /// One contract and what the seed makes of it, if it makes anything.
    fn mutated(&mut self, bases: &[File], seed: u64) {
        let mut random = Random::new(seed);
        let base = &bases[random.below(bases.len())];
        let mut changed = base.clone();
        let mutations: Vec<_> =
            (0..1 + random.below(3)).filter_map(|_| mutate(&mut changed, &mut random)).collect();
        let what = format!("seed {seed}, {:?}: {}", base.syntax, mutations.join("; "));
        let (Some(old), Some(new)) = (descriptors(base), descriptors(&changed)) else { return };
        if mutations.is_empty() {
            return;
        }
        self.contracts += 1;
        self.mutations += mutations.len();
        self.compare(&old, &new, &what);
        self.compare(&new, &old, &format!("{what} (reversed)"));
    }
}

/// An alias that is declared before the old name is the one that JSON writes.
const ONCE_CONTRADICTED: [u64; 6] = [4953, 21217, 31033, 36053, 95697, 100_193];

#[test]
fn seeds_that_once_contradicted_no_longer_do() {
    let (bases, mut tally) = (bases(), Tally::default());
    for seed in ONCE_CONTRADICTED {
        tally.mutated(&bases, seed);
    }
    assert_eq!(tally.contradictions, [""; 0], "{}", tally.contradictions.join("\n\n"));
    assert_eq!(tally.contracts, ONCE_CONTRADICTED.len());
}

#[test]
fn no_witness_contradicts_a_verdict() {
    let given = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let wanted: u64 = given("TREATY_MUTATIONS").unwrap_or(100);
    let first: u64 = given("TREATY_SEED").unwrap_or(1);
    println!("TREATY_SEED={first} TREATY_MUTATIONS={wanted}");
    let (bases, mut tally) = (bases(), Tally::default());
    std::thread::scope(|scope| {
        let lanes = (0..LANES as u64).map(|index| {
            let (bases, share) = (&bases, (wanted + LANES as u64 - 1 - index) / LANES as u64);
            scope.spawn(move || lane(bases, first + index, share as usize))
        });
        let lanes: Vec<_> = lanes.collect();
        lanes.into_iter().for_each(|lane| tally.add(lane.join().unwrap()));
    });
    println!("{}", tally.told());
    let found = &tally.contradictions;
    assert!(
        found.is_empty(),
        "{} contradictions:\n{}",
        found.len(),
        found[..found.len().min(25)].join("\n\n")
    );
    assert_eq!(tally.contracts as u64, wanted);
    assert!(tally.witnesses > 0 && tally.proven > 0);
}

#[test]
fn what_is_the_same_has_no_witness() {
    for file in bases() {
        let pool = Pool::new(vec![Arc::new(file)]);
        for message in pool.messages() {
            for writer in [Side::Old, Side::New] {
                let found = witness_of_message(&pool, &pool, message.full_name(), writer);
                assert_eq!(found, Err(NoWitness::ReadAlike), "{}", message.full_name());
            }
        }
    }
}

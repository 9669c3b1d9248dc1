//! No witness contradicts a verdict: over seeded mutations of small contracts in proto2, proto3 and
//! an edition. `TREATY_MUTATIONS` sets how many pairs are tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use treaty_compiler::Pool;
use treaty_compiler::descriptor::{Encoding, File, SourceInfo, Syntax};
use treaty_compiler::wire::put_message;
use treaty_engine::witness::{NoWitness, Side, witness, witness_of_message};
use treaty_engine::{Change, Descriptors, Effect, Sources, Subject, compare};

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

struct Tally {
    pairs: usize,
    witnesses: usize,
    contradictions: Vec<String>,
    /// Kind, effect and answer, with how often it was so.
    answers: BTreeMap<String, usize>,
}

fn check(old: &Descriptors, new: &Descriptors, what: &str, tally: &mut Tally) {
    let (before, after) = (old.pool(), new.pool());
    let changes = compare(&old.schema(), &new.schema(), &[]).changes;
    tally.pairs += 1;
    for message in ["p.Order", "p.Item", "p.Twin"] {
        let types = reached([&before, &after], message);
        for writer in [Side::Old, Side::New] {
            let most = allowed(&changes, &types, writer);
            if let Ok(found) = witness_of_message(&before, &after, message, writer) {
                tally.witnesses += 1;
                if rank(found.effect) > rank(most) {
                    let kinds: Vec<_> = changes.iter().map(|change| change.kind).collect();
                    tally.contradictions.push(format!(
                        "{what}\n{message}, {writer} writes: judged {most:?} for {kinds:?}, but {:?}: {found}",
                        found.effect
                    ));
                }
            }
        }
    }
    for change in &changes {
        for writer in [Side::Old, Side::New] {
            let judged = effect(change, writer);
            let found = witness(&before, &after, &change.subject, writer);
            if let Ok(found) = &found {
                let types = reached([&before, &after], &found.message);
                let most = allowed(&changes, &types, writer);
                if rank(found.effect) > rank(most) {
                    let about = format!("{:?} {}", change.kind, change.subject);
                    tally.contradictions.push(format!(
                        "{what}\n{about}, {writer} writes: judged {most:?}, but {:?}: {found}",
                        found.effect
                    ));
                }
            }
            if judged == Effect::Kept {
                continue;
            }
            let answer = match found {
                Ok(found) => format!("{:?}", found.effect),
                Err(none) => format!("none: {none:?}"),
            };
            let line = format!("{:?}, {writer} writes: {judged:?} -> {answer}", change.kind);
            *tally.answers.entry(line).or_default() += 1;
        }
    }
}

#[test]
fn no_witness_contradicts_a_verdict() {
    let wanted = std::env::var("TREATY_MUTATIONS").ok().and_then(|text| text.parse().ok());
    let wanted = wanted.unwrap_or(600);
    let bases = bases();
    let mut tally =
        Tally { pairs: 0, witnesses: 0, contradictions: Vec::new(), answers: BTreeMap::new() };
    let mut seed = 0;
    while tally.pairs < wanted {
        seed += 1;
        let mut random = Random::new(seed);
        let base = &bases[random.below(bases.len())];
        let mut changed = base.clone();
        let mutations: Vec<_> =
            (0..1 + random.below(3)).filter_map(|_| mutate(&mut changed, &mut random)).collect();
        let (Some(old), Some(new)) = (descriptors(base), descriptors(&changed)) else { continue };
        if mutations.is_empty() {
            continue;
        }
        let what = format!("seed {seed}, {:?}: {}", base.syntax, mutations.join("; "));
        check(&old, &new, &what, &mut tally);
        check(&new, &old, &format!("{what} (reversed)"), &mut tally);
    }
    for (answer, count) in &tally.answers {
        println!("{count:6} {answer}");
    }
    println!("{} pairs, {} witnesses of whole messages", tally.pairs, tally.witnesses);
    let found = &tally.contradictions;
    assert!(
        found.is_empty(),
        "{} contradictions:\n{}",
        found.len(),
        found[..found.len().min(25)].join("\n\n")
    );
    assert!(tally.witnesses > 0);
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

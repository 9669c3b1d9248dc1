//! Random messages cross from every released version to the current one and back: no loss that the
//! changes did not announce. — *Holds*: with `JUDGE_SEED=<number>` it draws the same messages
//! again; a failure prints the number.

mod cross;
mod generate;

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use treaty_engine::{Change, Descriptors, Effect, compare};

use crate::history::contracts;
use crate::planted::{self, Planted};
use cross::{Direction, Loss};

/// Messages of each type in each direction.
const CASES: u32 = 64;

#[test]
fn nothing_is_lost_that_was_not_announced() {
    let seed = seed();
    for (name, contract) in contracts() {
        for released in &contract.released {
            let changes = changes(&released.descriptors, &contract.current);
            let losses = losses(&released.descriptors, &contract.current, &changes, seed);
            assert!(
                losses.is_empty(),
                "JUDGE_SEED={seed}: {name} {}: {losses:#?}",
                released.version
            );
        }
    }
}

#[test]
fn every_planted_break_loses_something_and_announces_it() {
    let seed = seed();
    let whole = Planted::whole();
    let nothing = losses(&whole, &whole, &[], seed);
    assert!(nothing.is_empty(), "JUDGE_SEED={seed}: with itself: {nothing:#?}");
    for planted in planted::ALL {
        let broken = planted.broken();
        let withheld = losses(&whole, &broken, &[], seed);
        assert!(!withheld.is_empty(), "JUDGE_SEED={seed}: {}: no loss was found", planted.name);
        let unannounced = losses(&whole, &broken, &changes(&whole, &broken), seed);
        assert!(unannounced.is_empty(), "JUDGE_SEED={seed}: {}: {unannounced:#?}", planted.name);
    }
}

#[test]
fn an_announcement_of_something_else_excuses_nothing() {
    let seed = seed();
    let whole = Planted::whole();
    let [one, other] = ["field renumbered", "field retyped"]
        .map(|name| planted::ALL.iter().find(|planted| planted.name == name).unwrap().broken());
    let losses = losses(&whole, &one, &changes(&whole, &other), seed);
    assert!(!losses.is_empty(), "JUDGE_SEED={seed}: no loss was found");
}

fn changes(old: &Descriptors, new: &Descriptors) -> Vec<Change> {
    compare(&old.schema(), &new.schema(), &[]).changes
}

fn seed() -> u64 {
    match std::env::var("JUDGE_SEED") {
        Ok(seed) => seed.parse().expect("JUDGE_SEED is a number"),
        Err(_) => RandomState::new().hash_one("judge"),
    }
}

/// The losses that no change announces, each with the smallest message that shows it.
fn losses(old: &Descriptors, new: &Descriptors, announced: &[Change], seed: u64) -> Vec<String> {
    let mut found = Vec::new();
    for (direction, writer, reader) in
        [(Direction::OldToNew, old, new), (Direction::NewToOld, new, old)]
    {
        found.extend(
            cross::calls(writer, reader, direction)
                .into_iter()
                .filter(|loss| !is_announced(loss, announced, &BTreeSet::new()))
                .map(|loss| loss.to_string()),
        );
        let readers = pool(reader);
        for written in own_messages(writer) {
            let Some(read) = readers.get_message_by_name(written.full_name()) else {
                continue;
            };
            found.extend(first_loss(&written, &read, direction, announced, seed));
        }
    }
    found
}

fn first_loss(
    written: &MessageDescriptor,
    read: &MessageDescriptor,
    direction: Direction,
    announced: &[Change],
    seed: u64,
) -> Option<String> {
    let mut reach = BTreeSet::new();
    generate::reach(written, &mut reach);
    generate::reach(read, &mut reach);
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&generate::message(written, 3), |message| {
        match cross::over(&message, read, direction)
            .into_iter()
            .find(|loss| !is_announced(loss, announced, &reach))
        {
            Some(loss) => Err(proptest::test_runner::TestCaseError::fail(loss.to_string())),
            None => Ok(()),
        }
    });
    match outcome {
        Ok(()) => None,
        Err(TestError::Fail(reason, message)) => Some(format!("{reason}: {message}")),
        Err(TestError::Abort(reason)) => panic!("{}: {reason}", written.full_name()),
    }
}

/// Whether a change says that a reader of this direction misses what was lost.
fn is_announced(loss: &Loss, announced: &[Change], reach: &BTreeSet<String>) -> bool {
    announced.iter().any(|change| {
        let effect = match loss.direction {
            Direction::OldToNew => change.old_to_new,
            Direction::NewToOld => change.new_to_old,
        };
        let is_about = match &loss.subject {
            Some(subject) => change.subject.key() == subject.key(),
            None => change.subject.type_name().is_some_and(|name| reach.contains(name)),
        };
        effect != Effect::Kept && is_about
    })
}

/// The messages of the own files, without the entries of maps.
fn own_messages(descriptors: &Descriptors) -> Vec<MessageDescriptor> {
    let own: BTreeSet<_> = descriptors.own().collect();
    let pool = pool(descriptors);
    let all = pool.all_messages();
    all.filter(|one| own.contains(one.parent_file().name()) && !one.is_map_entry()).collect()
}

/// The same descriptors as another library sees them, so that we do not judge ourselves.
fn pool(descriptors: &Descriptors) -> DescriptorPool {
    DescriptorPool::decode(&*descriptors.encode()).expect("a released set is self-contained")
}

//! Runs random operations against the machine and against a model that is simple enough to be
//! seen to be right (B3, B4, B5). A failure prints its smallest case.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use contracts::treaty::bus::v1 as proto;
use proptest::prelude::*;
use proto::subscribe_response::Message;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Machine, Verb, job};
use crate::broker::config::Config;
use crate::broker::error::CallError;
use crate::broker::log::Record;
use crate::event::Event;

const MAX_DELIVERIES: u32 = 4;
const ACK_WAIT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
enum Op {
    Publish { key: Option<u8> },
    Repeat,
    Credit { consumer: usize, deliveries: u32 },
    Ack { pick: usize },
    LateAck { pick: usize },
    Nack { pick: usize, delay_s: u64 },
    Reject { pick: usize },
    Wait { seconds: u64 },
    Rejoin { consumer: usize },
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    let pick = 0..64_usize;
    prop_oneof![
        6 => proptest::option::weighted(0.8, 0..3_u8).prop_map(|key| Op::Publish { key }),
        1 => Just(Op::Repeat),
        4 => (0..2_usize, 1..4_u32).prop_map(|(consumer, deliveries)| Op::Credit { consumer, deliveries }),
        6 => pick.clone().prop_map(|pick| Op::Ack { pick }),
        1 => pick.clone().prop_map(|pick| Op::LateAck { pick }),
        3 => (pick.clone(), 0..5_u64).prop_map(|(pick, delay_s)| Op::Nack { pick, delay_s }),
        1 => pick.prop_map(|pick| Op::Reject { pick }),
        2 => prop_oneof![Just(1_u64), Just(31)].prop_map(|seconds| Op::Wait { seconds }),
        1 => (0..2_usize).prop_map(|consumer| Op::Rejoin { consumer }),
        1 => Just(Op::Restart),
    ]
}

type Inbox = mpsc::Receiver<Result<proto::SubscribeResponse, tonic::Status>>;

struct Consumer {
    id: u64,
    inbox: Inbox,
    credits: u32,
}

/// What must be true of an event.
#[derive(Debug, Default)]
struct Known {
    key: Option<u8>,
    /// Failed attempts.
    failed: u32,
    over: bool,
    dead: bool,
}

struct World {
    folder: TempDir,
    machine: Option<Machine>,
    now: Instant,
    consumers: Vec<Consumer>,
    events: BTreeMap<u64, Known>,
    /// Sequence, attempt, holder, deadline.
    outstanding: Vec<(u64, u32, usize, Instant)>,
    past: BTreeSet<u64>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self {
            folder,
            machine: None,
            now: Instant::now(),
            consumers: Vec::new(),
            events: BTreeMap::new(),
            outstanding: Vec::new(),
            past: BTreeSet::new(),
        };
        world.start();
        world
    }

    fn start(&mut self) {
        let config = Config::new(self.folder.path().join("bus.db"));
        self.machine = Some(Machine::open(config, self.now).unwrap());
        self.consumers = (0..2).map(|_| self.join()).collect();
    }

    fn call<R: Send + 'static>(
        &mut self,
        call: impl FnOnce(&mut Machine) -> Result<R, CallError> + Send + 'static,
    ) -> R {
        let (answer, answered) = std::sync::mpsc::channel();
        let job = job(call, move |result| answer.send(result).unwrap());
        self.machine.as_mut().unwrap().step(vec![job], self.now);
        answered.try_recv().unwrap().unwrap()
    }

    fn join(&mut self) -> Consumer {
        let (to, mut inbox) = mpsc::channel(1026);
        let open = proto::OpenGroup {
            group: "g".to_owned(),
            max_deliveries: MAX_DELIVERIES,
            max_in_flight: 5,
            backoff: vec![prost_types::Duration { seconds: 1, nanos: 0 }],
            ..proto::OpenGroup::default()
        };
        let id = self.call(move |machine| machine.join(&open, to));
        assert!(matches!(inbox.try_recv().unwrap().unwrap().message, Some(Message::Opened(_))));
        Consumer { id, inbox, credits: 0 }
    }

    fn say(&mut self, consumer: usize, verb: Verb) {
        let id = self.consumers[consumer].id;
        self.call(move |machine| {
            machine.hear("g", id, verb);
            Ok(())
        });
    }

    fn failed(&mut self, sequence: u64) {
        let known = self.events.get_mut(&sequence).unwrap();
        known.failed += 1;
        known.dead = known.failed >= MAX_DELIVERIES;
        known.over = known.dead;
    }

    /// Takes the outstanding delivery that `pick` means.
    fn picked(&mut self, pick: usize) -> Option<(u64, u32, usize)> {
        let count = self.outstanding.len();
        let (sequence, attempt, holder, _) =
            (count > 0).then(|| self.outstanding.remove(pick % count))?;
        Some((sequence, attempt, holder))
    }

    fn publish(&mut self, id: String, key: Option<u8>) -> (u64, bool) {
        let mut event = Event::new("//model", "model.v1.Happened", "", &()).with_id(&id);
        if let Some(key) = key {
            event = event.with_key(key.to_string());
        }
        let record = Record {
            source: "//model".to_owned(),
            id,
            type_name: "model.v1.Happened".to_owned(),
            key: event.key().map(str::to_owned),
            body: prost::Message::encode_to_vec(event.as_ref()),
        };
        let published = self.call(move |machine| machine.publish(&[record]));
        (published[0].sequence, published[0].duplicate)
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Publish { key } => {
                let next = self.events.len() as u64 + 1;
                // The model must know the event before the step that may already deliver it.
                self.events.insert(next, Known { key, ..Known::default() });
                assert_eq!(self.publish(next.to_string(), key), (next, false), "B2");
            }
            Op::Repeat => {
                if let Some((first, key)) = self.events.iter().next().map(|(s, k)| (*s, k.key)) {
                    assert_eq!(self.publish(first.to_string(), key), (first, true), "B2");
                }
            }
            Op::Credit { consumer, deliveries } => {
                self.consumers[consumer].credits += deliveries;
                self.say(consumer, Verb::Credit { deliveries });
            }
            Op::Ack { pick } => {
                let Some((sequence, _, holder)) = self.picked(pick) else { return };
                self.events.get_mut(&sequence).unwrap().over = true;
                self.past.insert(sequence);
                self.say(holder, Verb::Ack { sequence });
            }
            Op::LateAck { pick } => {
                let settled: Vec<u64> = self.past.iter().copied().collect();
                if !settled.is_empty() {
                    self.say(0, Verb::Ack { sequence: settled[pick % settled.len()] });
                }
            }
            Op::Nack { pick, delay_s } => {
                let Some((sequence, attempt, holder)) = self.picked(pick) else { return };
                self.failed(sequence);
                let delay = Some(Duration::from_secs(delay_s));
                let reason = "no".to_owned();
                self.say(holder, Verb::Nack { sequence, attempt, delay, reason });
            }
            Op::Reject { pick } => {
                let Some((sequence, attempt, holder)) = self.picked(pick) else { return };
                let known = self.events.get_mut(&sequence).unwrap();
                (known.over, known.dead) = (true, true);
                let (reason, code) = ("never".to_owned(), proto::DeadLetterCode::Rejected);
                self.say(holder, Verb::Reject { sequence, attempt, reason, code });
            }
            Op::Wait { seconds } => {
                self.now += Duration::from_secs(seconds);
                let now = self.now;
                let (overdue, left) =
                    self.outstanding.drain(..).partition(|(.., deadline)| *deadline <= now);
                self.outstanding = left;
                for (sequence, ..) in Vec::<(u64, u32, usize, Instant)>::clone(&overdue) {
                    self.failed(sequence);
                }
                self.call(|_| Ok(()));
            }
            Op::Rejoin { consumer } => {
                let held: Vec<u64> = self
                    .outstanding
                    .iter()
                    .filter(|(_, _, holder, _)| *holder == consumer)
                    .map(|(sequence, ..)| *sequence)
                    .collect();
                self.outstanding.retain(|(_, _, holder, _)| *holder != consumer);
                held.into_iter().for_each(|sequence| self.failed(sequence));
                let id = self.consumers[consumer].id;
                self.call(move |machine| {
                    machine.leave("g", id, None);
                    Ok(())
                });
                // What the other was given at once is looked at before this one is replaced.
                self.look();
                self.consumers[consumer] = self.join();
            }
            Op::Restart => {
                // As after a kill: nothing is closed in order, and what was in flight is forgotten.
                self.outstanding.clear();
                self.machine = None;
                self.start();
            }
        }
        self.look();
    }

    /// Checks every delivery against the model.
    fn look(&mut self) {
        for index in 0..self.consumers.len() {
            while let Ok(message) = self.consumers[index].inbox.try_recv() {
                let Some(Message::Delivery(delivery)) = message.unwrap().message else {
                    panic!("greeted twice")
                };
                let sequence = delivery.sequence;
                let known = &self.events[&sequence];
                assert!(!known.over, "B3: {sequence} is settled");
                assert_eq!(delivery.attempt, known.failed + 1, "B4: attempts of {sequence}");
                assert_eq!(delivery.event.unwrap().id, sequence.to_string(), "B3: the event");
                assert!(!delivery.replayed);
                if let Some(key) = known.key {
                    let mut before = self.events.range(..sequence);
                    let open = before.find(|(_, other)| other.key == Some(key) && !other.over);
                    assert!(open.is_none(), "B5: {sequence} before {open:?}");
                }
                assert!(
                    self.outstanding.iter().all(|(other, ..)| *other != sequence),
                    "B5: {sequence} is outstanding twice"
                );
                let credits = &mut self.consumers[index].credits;
                assert!(*credits > 0, "B8: a delivery without a credit");
                *credits -= 1;
                self.outstanding.push((sequence, delivery.attempt, index, self.now + ACK_WAIT));
                assert!(self.outstanding.len() <= 5, "B3: more than max in flight");
            }
        }
    }

    /// Everything that is left is delivered and settled; nothing was lost.
    fn finish(mut self) {
        for _ in 0..2 * self.events.len() + 4 {
            self.apply(Op::Wait { seconds: 10 });
            self.apply(Op::Credit { consumer: 0, deliveries: 5 });
            while !self.outstanding.is_empty() {
                self.apply(Op::Ack { pick: 0 });
            }
        }
        let open: Vec<_> = self.events.iter().filter(|(_, known)| !known.over).collect();
        assert!(open.is_empty(), "B3: never delivered: {open:?}");
        let dead = self.call(|machine| machine.list_dead(None, &(String::new(), 0), 1000));
        let dead: Vec<u64> = dead.into_iter().map(|letter| letter.sequence).collect();
        let expected: Vec<u64> =
            self.events.iter().filter(|(_, known)| known.dead).map(|(s, _)| *s).collect();
        assert_eq!(dead, expected, "B6: dead letters");
        let status = self.call(|machine| machine.status());
        assert_eq!(status.groups[0].pending, 0, "B10: pending");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn b3_b4_b5_hold_for_random_operations(ops in proptest::collection::vec(op(), 1..80)) {
        let mut world = World::new();
        for op in ops {
            world.apply(op);
        }
        world.finish();
    }
}

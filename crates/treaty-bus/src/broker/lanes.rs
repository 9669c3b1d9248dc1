//! Decides, for one group, which event of each key may be shown, and when.
//! Long, because every transition of a lane touches the same maps and must be read together.
//!
//! A *lane* is a key with something unsettled that the group's cursor has passed. *Does not*
//! know the log, the clock or consumers' credits: it is given sequences, moments and ids.
//! *Holds* (B5): a lane has at most one current event, and takes the next only when that one
//! ended; a redriven event goes before the lane's next event of the log.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

/// Which consumer of the bus.
pub(crate) type ConsumerId = u64;

/// The state of all keys of one group.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    lanes: HashMap<Arc<str>, Lane>,
    /// Which lane an event is the current one of.
    current: HashMap<u64, Arc<str>>,
    ready: BTreeMap<u64, Arc<str>>,
    timers: BTreeSet<(Instant, u64)>,
    outstanding: usize,
    /// Lanes that are not on disk as they are here, and whether they have a row there.
    changed: HashMap<Arc<str>, bool>,
}

#[derive(Debug, Default)]
struct Lane {
    /// The first event of the log that is not settled, if the cursor has passed one.
    head: Option<u64>,
    /// Dead letters on their way again, with their attempts so far.
    redrives: VecDeque<(u64, u32)>,
    current: Option<Current>,
    parked: bool,
    stored: bool,
    /// What disk says of the head, until it is current again.
    saved: Option<Row>,
}

#[derive(Debug)]
struct Current {
    sequence: u64,
    redriven: bool,
    /// Attempts before it was redriven.
    base: u32,
    attempts: u32,
    first_error: String,
    last_error: String,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Ready,
    Waiting { until: Instant },
    Outstanding { consumer: ConsumerId, deadline: Instant },
}

/// An event to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) sequence: u64,
    pub(crate) attempt: u32,
    pub(crate) redriven: bool,
}

/// An event that is no longer its lane's current one; [`Lanes::proceed`] must follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) lane: Arc<str>,
    pub(crate) sequence: u64,
    pub(crate) redriven: bool,
    pub(crate) attempts: u32,
    pub(crate) first_error: String,
    pub(crate) last_error: String,
}

/// What a failed attempt leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It was not the attempt that is outstanding.
    Stale,
    /// There will be another attempt.
    Again,
    /// There will be none.
    Exhausted(Ended),
}

/// A lane as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) head: Option<u64>,
    /// Failed attempts; the one that is outstanding is not among them.
    pub(crate) attempts: u32,
    pub(crate) until: Option<Instant>,
    pub(crate) first_error: String,
    pub(crate) last_error: String,
    pub(crate) parked: bool,
}

impl Lanes {
    /// The cursor passes an event.
    pub(crate) fn discover(&mut self, lane: &str, sequence: u64) {
        let key = self.open(lane);
        let entry = self.lanes.get_mut(&key).expect("opened above");
        if entry.head.is_none() {
            entry.head = Some(sequence);
            self.change(&key);
            self.choose(&key);
        }
    }

    /// A lane comes back from disk, after its redrives.
    pub(crate) fn restore(&mut self, lane: &str, row: Row) {
        let key = self.open(lane);
        let entry = self.lanes.get_mut(&key).expect("opened above");
        (entry.head, entry.parked, entry.stored) = (row.head, row.parked, true);
        entry.saved = Some(row);
        self.choose(&key);
    }

    /// A dead letter is to be shown again; its lane is no longer parked.
    pub(crate) fn redrive(&mut self, lane: &str, sequence: u64, attempts: u32) {
        let key = self.open(lane);
        let entry = self.lanes.get_mut(&key).expect("opened above");
        entry.redrives.push_back((sequence, attempts));
        entry.parked = false;
        self.change(&key);
        self.choose(&key);
    }

    /// A parked lane goes on.
    pub(crate) fn unpark(&mut self, lane: &str) {
        let Some((key, _)) = self.lanes.get_key_value(lane) else { return };
        let key = key.clone();
        if let Some(entry) = self.lanes.get_mut(&key) {
            entry.parked = false;
        }
        self.change(&key);
        self.choose(&key);
    }

    /// Shows the oldest event that is ready.
    pub(crate) fn take(&mut self, consumer: ConsumerId, deadline: Instant) -> Option<Taken> {
        let (&sequence, _) = self.ready.first_key_value()?;
        self.enter(sequence, Phase::Outstanding { consumer, deadline });
        let current = self.current_mut(sequence)?;
        current.attempts = current.attempts.saturating_add(1);
        Some(Taken { sequence, attempt: current.attempts, redriven: current.redriven })
    }

    /// An event that was taken could not be shown after all.
    pub(crate) fn untake(&mut self, sequence: u64, until: Instant) {
        if let Some(current) = self.current_mut(sequence) {
            current.attempts = current.attempts.saturating_sub(1);
            self.enter(sequence, Phase::Waiting { until });
        }
    }

    /// An event is settled, whoever says so and however late.
    pub(crate) fn end(&mut self, sequence: u64) -> Option<Ended> {
        self.current_mut(sequence)?;
        self.enter(sequence, Phase::Ready);
        self.ready.remove(&sequence);
        let lane = self.current.remove(&sequence)?;
        let current = self.lanes.get_mut(&lane)?.current.take()?;
        self.change(&lane);
        Some(Ended {
            lane,
            sequence,
            redriven: current.redriven,
            attempts: current.attempts,
            first_error: current.first_error,
            last_error: current.last_error,
        })
    }

    /// The lane of an ended event goes on: with the next event of the log where the ended one
    /// was the head (`head`), parked or not.
    pub(crate) fn proceed(&mut self, ended: &Ended, head: Option<u64>, park: bool) {
        let Some(entry) = self.lanes.get_mut(&ended.lane) else { return };
        if !ended.redriven {
            (entry.head, entry.saved) = (head, None);
        }
        entry.parked = park;
        self.change(&ended.lane);
        self.choose(&ended.lane);
    }

    /// An attempt failed; the next one comes at `again`, unless `max` attempts were made.
    pub(crate) fn fail(
        &mut self,
        sequence: u64,
        attempt: u32,
        error: &str,
        again: impl FnOnce(u32) -> Option<Instant>,
        max: u32,
    ) -> Failure {
        let Some(current) = self.outstanding_mut(sequence, attempt) else { return Failure::Stale };
        current.note(error);
        let made = current.attempts - current.base;
        if made >= max {
            return self.end(sequence).map_or(Failure::Stale, Failure::Exhausted);
        }
        let phase = again(made).map_or(Phase::Ready, |until| Phase::Waiting { until });
        self.enter(sequence, phase);
        if let Some(lane) = self.current.get(&sequence).cloned() {
            self.change(&lane);
        }
        Failure::Again
    }

    /// An attempt found that there is no point in another.
    pub(crate) fn reject(&mut self, sequence: u64, attempt: u32, error: &str) -> Option<Ended> {
        self.outstanding_mut(sequence, attempt)?.note(error);
        self.end(sequence)
    }

    /// The wait for an answer starts anew.
    pub(crate) fn extend(&mut self, sequence: u64, attempt: u32, deadline: Instant) {
        let Some(current) = self.outstanding_mut(sequence, attempt) else { return };
        if let Phase::Outstanding { consumer, .. } = current.phase {
            self.enter(sequence, Phase::Outstanding { consumer, deadline });
        }
    }

    /// Lets what has waited long enough be ready, and tells whose answers are overdue.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<(u64, u32)> {
        let mut overdue = Vec::new();
        let due: Vec<u64> =
            self.timers.iter().take_while(|(at, _)| *at <= now).map(|(_, event)| *event).collect();
        for sequence in due {
            let Some(current) = self.current_mut(sequence) else { continue };
            match current.phase {
                Phase::Outstanding { .. } => overdue.push((sequence, current.attempts)),
                Phase::Waiting { .. } | Phase::Ready => self.enter(sequence, Phase::Ready),
            }
        }
        overdue
    }

    /// What a consumer has not answered.
    pub(crate) fn held_by(&self, consumer: ConsumerId) -> Vec<(u64, u32)> {
        let held = |current: &&Current| matches!(current.phase, Phase::Outstanding { consumer: holder, .. } if holder == consumer);
        let currents = self.lanes.values().filter_map(|lane| lane.current.as_ref());
        currents.filter(held).map(|current| (current.sequence, current.attempts)).collect()
    }

    /// When [`Lanes::due`] has something to do.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    pub(crate) fn ready(&self) -> usize {
        self.ready.len()
    }

    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    pub(crate) fn parked(&self) -> usize {
        self.lanes.values().filter(|lane| lane.parked).count()
    }

    /// The heads of all lanes.
    pub(crate) fn heads(&self) -> impl Iterator<Item = (&str, u64)> {
        self.lanes.iter().filter_map(|(lane, entry)| Some((lane.as_ref(), entry.head?)))
    }

    /// Lanes to write to disk, or, where there is no row, to delete from it.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&str, Option<Row>)> {
        self.changed.iter().filter_map(|(lane, stored)| {
            let row = self.lanes.get(lane).and_then(Lane::row);
            (row.is_some() || *stored).then_some((lane.as_ref(), row))
        })
    }

    /// What changed is on disk now.
    pub(crate) fn written(&mut self) {
        for (lane, _) in std::mem::take(&mut self.changed) {
            if let Some(entry) = self.lanes.get_mut(&lane) {
                entry.stored = entry.row().is_some();
            }
        }
    }

    fn open(&mut self, lane: &str) -> Arc<str> {
        if let Some((key, _)) = self.lanes.get_key_value(lane) {
            return key.clone();
        }
        let key: Arc<str> = lane.into();
        let stored = self.changed.get(&key).copied().unwrap_or(false);
        self.lanes.insert(key.clone(), Lane { stored, ..Lane::default() });
        key
    }

    /// Gives a lane its next current event, or closes it when it has none.
    fn choose(&mut self, lane: &Arc<str>) {
        let Some(entry) = self.lanes.get_mut(lane) else { return };
        if entry.current.is_some() || entry.parked {
            return;
        }
        let (sequence, redriven, base) = match (entry.redrives.pop_front(), entry.head) {
            (Some((sequence, attempts)), _) => (sequence, true, attempts),
            (None, Some(head)) => (head, false, 0),
            (None, None) => {
                self.lanes.remove(lane);
                return;
            }
        };
        let saved = if redriven { None } else { entry.saved.take() };
        let until = saved.as_ref().and_then(|row| row.until);
        let (attempts, first_error, last_error) = saved
            .map_or_else(Default::default, |row| (row.attempts, row.first_error, row.last_error));
        let phase = Phase::Ready;
        let attempts = base + attempts;
        let current =
            Current { sequence, redriven, base, attempts, first_error, last_error, phase };
        entry.current = Some(current);
        self.current.insert(sequence, lane.clone());
        self.ready.insert(sequence, lane.clone());
        if let Some(until) = until {
            self.enter(sequence, Phase::Waiting { until });
        }
    }

    fn change(&mut self, lane: &Arc<str>) {
        let stored = self.lanes.get(lane).is_some_and(|entry| entry.stored);
        self.changed.entry(lane.clone()).or_insert(stored);
    }

    fn current_mut(&mut self, sequence: u64) -> Option<&mut Current> {
        let lane = self.current.get(&sequence)?;
        self.lanes.get_mut(lane)?.current.as_mut()
    }

    fn outstanding_mut(&mut self, sequence: u64, attempt: u32) -> Option<&mut Current> {
        self.current_mut(sequence).filter(|current| {
            current.attempts == attempt && matches!(current.phase, Phase::Outstanding { .. })
        })
    }

    /// Moves a current event to another phase, and the indexes with it.
    fn enter(&mut self, sequence: u64, phase: Phase) {
        let Some(lane) = self.current.get(&sequence).cloned() else { return };
        let Some(current) = self.current_mut(sequence) else { return };
        let before = std::mem::replace(&mut current.phase, phase);
        match before {
            Phase::Ready => drop(self.ready.remove(&sequence)),
            Phase::Waiting { until } => drop(self.timers.remove(&(until, sequence))),
            Phase::Outstanding { deadline, .. } => {
                self.timers.remove(&(deadline, sequence));
                self.outstanding -= 1;
            }
        }
        match phase {
            Phase::Ready => drop(self.ready.insert(sequence, lane)),
            Phase::Waiting { until } => drop(self.timers.insert((until, sequence))),
            Phase::Outstanding { deadline, .. } => {
                self.timers.insert((deadline, sequence));
                self.outstanding += 1;
            }
        }
    }
}

impl Lane {
    /// `None` when disk need not know the lane.
    fn row(&self) -> Option<Row> {
        if self.head.is_none() && !self.parked {
            return None;
        }
        if let Some(saved) = &self.saved {
            return Some(Row { head: self.head, parked: self.parked, ..saved.clone() });
        }
        let log = self.current.as_ref().filter(|current| !current.redriven);
        let text = |of: fn(&Current) -> &String| log.map(|one| of(one).clone()).unwrap_or_default();
        Some(Row {
            head: self.head,
            attempts: log.map_or(0, |current| match current.phase {
                Phase::Outstanding { .. } => current.attempts.saturating_sub(1),
                Phase::Ready | Phase::Waiting { .. } => current.attempts,
            }),
            until: log.and_then(|current| match current.phase {
                Phase::Waiting { until } => Some(until),
                Phase::Ready | Phase::Outstanding { .. } => None,
            }),
            first_error: text(|current| &current.first_error),
            last_error: text(|current| &current.last_error),
            parked: self.parked,
        })
    }
}

impl Current {
    fn note(&mut self, error: &str) {
        if self.first_error.is_empty() {
            error.clone_into(&mut self.first_error);
        }
        error.clone_into(&mut self.last_error);
    }
}

//! Applies what has queued up, commits it, and then delivers.
//!
//! *Does not* wait or know tasks: the writer calls [`Machine::step`] with the jobs and the
//! moment. *Holds*: an answer is given after the commit that it depends on; a delivery is made
//! after the commit that allowed it (B1, B5); after a commit that failed, memory is what disk
//! says, and consumers see unsettled events again.

mod dead_letters;
mod deliver;
mod groups;
mod publish;
mod settle;
mod status;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use dead_letters::Which;
pub(crate) use settle::Verb;

use super::config::Config;
use super::error::{CallError, OpenError};
use super::group::{Consumer, Group};
use super::lanes::ConsumerId;
use super::log::Log;
use super::settings::Settings;

/// What someone wants done; its answer waits for the commit.
pub(crate) type Job = Box<dyn FnOnce(&mut Machine) -> Answer + Send>;

/// Gives the answer, or tells that the commit failed.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), CallError>) + Send>;

/// How many events one sweep deletes before others get their turn.
const SWEEP: u64 = 5_000;

/// How long nothing is delivered after a commit that failed.
const RECOVERY: Duration = Duration::from_secs(1);

/// The bus without its tasks.
#[derive(Debug)]
pub(crate) struct Machine {
    config: Config,
    log: Log,
    groups: BTreeMap<String, Group>,
    next_consumer: ConsumerId,
    now: Instant,
    sweep_at: Instant,
    /// A database error in this step: nothing of it may be committed.
    failed: Option<CallError>,
    /// Consumers that left; their streams end after the commit.
    leaving: Vec<Consumer>,
    last_commit: Duration,
    /// After a commit that failed, when to deliver again: not at once, or a full disk would
    /// have consumers see the same events in a loop.
    hold_until: Option<Instant>,
    /// Neither memory nor disk can be trusted any more.
    lost: bool,
    faults: HashSet<u64>,
}

impl Machine {
    pub(crate) fn open(config: Config, now: Instant) -> Result<Self, OpenError> {
        let log = Log::open(&config.path, config.limits.checked_on_open)?;
        let mut machine = Self {
            sweep_at: now,
            config,
            log,
            groups: BTreeMap::new(),
            next_consumer: 1,
            now,
            failed: None,
            leaving: Vec::new(),
            last_commit: Duration::ZERO,
            hold_until: None,
            lost: false,
            faults: HashSet::new(),
        };
        machine.load()?;
        Ok(machine)
    }

    /// Does jobs and whatever is due, commits, answers, and delivers.
    pub(crate) fn step(&mut self, jobs: Vec<Job>, now: Instant) {
        self.now = now;
        self.commit(|machine| {
            let answers = jobs.into_iter().map(|job| job(machine)).collect();
            machine.run_timers();
            machine.sweep();
            answers
        });
        while self.hold_until.is_none_or(|until| until <= now) {
            let broken = self.deliver();
            if broken.is_empty() {
                break;
            }
            self.commit(|machine| {
                machine.bury_broken(broken);
                Vec::new()
            });
        }
        self.leaving.clear();
    }

    /// When [`Machine::step`] has something to do even without jobs.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let timers = self.groups.values().filter_map(|group| group.lanes.next_due());
        let sweep = (self.log.first() <= self.log.last()).then_some(self.sweep_at);
        timers.chain(sweep).chain(self.hold_until).min()
    }

    /// Whether the bus must be opened anew.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    pub(crate) fn close(self) -> rusqlite::Result<()> {
        self.log.close()
    }

    fn commit(&mut self, work: impl FnOnce(&mut Self) -> Vec<Answer>) {
        self.failed = self.log.begin().err().map(CallError::from);
        let answers = work(self);
        let started = std::time::Instant::now();
        let result = match self.failed.clone() {
            Some(error) => Err(error),
            None => self.write().and_then(|()| self.log.commit()).map_err(CallError::from),
        };
        match &result {
            Ok(()) => {
                self.last_commit = started.elapsed();
                self.hold_until = None;
                for group in self.groups.values_mut() {
                    group.changed = false;
                    group.lanes.written();
                }
            }
            Err(error) => {
                tracing::error!(%error, "a commit failed; what it held was not done");
                self.hold_until = Some(self.now + RECOVERY);
                self.fall_back();
            }
        }
        for answer in answers {
            answer(result.clone());
        }
    }

    /// Writes what changed since the last commit. What was read ahead and settled in between
    /// leaves no row of its own, only the cursor.
    fn write(&mut self) -> rusqlite::Result<()> {
        let (now, now_ms) = (self.now, self.config.clock.millis());
        for group in self.groups.values() {
            let mut rows = group.lanes.changed().peekable();
            if group.changed || rows.peek().is_some() {
                self.log.write_group(&group.stored)?;
            }
            for (lane, row) in rows {
                self.log.write_lane(group.name(), lane, row.as_ref(), now, now_ms)?;
            }
        }
        Ok(())
    }

    /// Takes memory back to what is on disk.
    fn fall_back(&mut self) {
        if let Err(error) = self.log.roll_back().and_then(|()| self.load()) {
            tracing::error!(%error, "the log cannot be read either");
            self.lost = true;
        }
    }

    /// Reads all groups from disk; consumers stay.
    fn load(&mut self) -> rusqlite::Result<()> {
        let mut groups = BTreeMap::new();
        for stored in self.log.groups()? {
            let name = stored.open.group.clone();
            // What was accepted once may be beyond limits that were lowered since.
            let settings = Settings::new(&stored.open, &self.config).unwrap_or_else(|error| {
                tracing::warn!(group = name, %error, "the group gets the bus's defaults");
                Settings::defaults(&self.config)
            });
            let mut group = Group::new(stored, settings);
            for (sequence, lane, attempts) in self.log.dead_of(&name, true)? {
                group.lanes.redrive(&lane, sequence, attempts);
            }
            for (lane, row) in self.log.lanes(&name, self.now, self.config.clock.millis())? {
                group.lanes.restore(&lane, row);
            }
            group.lanes.written();
            groups.insert(name, group);
        }
        for (name, old) in std::mem::replace(&mut self.groups, groups) {
            if let Some(group) = self.groups.get_mut(&name) {
                (group.consumers, group.redeliveries) = (old.consumers, old.redeliveries);
            }
        }
        Ok(())
    }

    fn run_timers(&mut self) {
        let names: Vec<String> = self.groups.keys().cloned().collect();
        for name in names {
            self.prune(&name);
            let now = self.now;
            let Some(group) = self.groups.get_mut(&name) else { continue };
            let wait = group.settings.ack_wait;
            for (sequence, attempt) in group.lanes.due(now) {
                let error = format!("no answer within {wait:?}");
                self.fail(&name, sequence, attempt, &error, |_| None);
            }
        }
    }

    /// Deletes events that are past retention and that no group needs.
    fn sweep(&mut self) {
        if self.now < self.sweep_at {
            return;
        }
        let floor = self.groups.values().map(Group::floor).min().unwrap_or(u64::MAX);
        let retention = i64::try_from(self.config.retention.as_millis()).unwrap_or(i64::MAX);
        let cutoff = self.config.clock.millis().saturating_sub(retention);
        let swept =
            self.log.first_since(cutoff).and_then(|young| self.log.forget(young.min(floor), SWEEP));
        match swept {
            Ok(true) => self.sweep_at = self.now,
            Ok(false) => self.sweep_at = self.now + self.config.sweep,
            Err(error) => self.fail_step(error),
        }
    }

    /// Nothing of this step may be committed.
    fn fail_step(&mut self, error: rusqlite::Error) {
        self.sweep_at = self.sweep_at.max(self.now + Duration::from_secs(1));
        self.failed.get_or_insert(error.into());
    }

    fn group(&mut self, name: &str) -> Result<&mut Group, CallError> {
        self.groups.get_mut(name).ok_or(CallError::NotFound("group"))
    }
}

/// Makes a job of a call, whose result goes to `answer` after the commit.
pub(crate) fn job<R: Send + 'static>(
    call: impl FnOnce(&mut Machine) -> Result<R, CallError> + Send + 'static,
    answer: impl FnOnce(Result<R, CallError>) + Send + 'static,
) -> Job {
    Box::new(move |machine| {
        let result = call(machine);
        if let Err(error @ CallError::Database(_)) = &result {
            machine.failed.get_or_insert(error.clone());
        }
        Box::new(move |committed| answer(committed.and(result)))
    })
}

#[cfg(test)]
mod model;

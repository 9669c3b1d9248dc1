//! One group: its place in the log, its lanes and its consumers.
//!
//! *Does not* write; the machine does. *Holds* (B8): no consumer is shown more than it granted
//! credits for, and the group as a whole no more than its `max_in_flight`; the cursor runs
//! ahead only as far as there is someone to show events to.

use contracts::treaty::bus::v1 as proto;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::lanes::{ConsumerId, Lanes, Taken};
use super::log::{Log, StoredGroup};
use super::settings::Settings;

/// How many records one look into the log takes.
const SCAN: u32 = 512;

/// What goes to a consumer.
pub(crate) type ToConsumer = mpsc::Sender<Result<proto::SubscribeResponse, tonic::Status>>;

/// An instance that consumes.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) id: ConsumerId,
    pub(crate) name: String,
    pub(crate) credits: u32,
    pub(crate) to: ToConsumer,
}

/// A group at work.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) stored: StoredGroup,
    pub(crate) settings: Settings,
    pub(crate) lanes: Lanes,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) redeliveries: u64,
    /// The cursor or the settings are not on disk as they are here.
    pub(crate) changed: bool,
    /// Whose turn it is.
    turn: usize,
}

impl Group {
    pub(crate) fn new(stored: StoredGroup, settings: Settings) -> Self {
        Self {
            stored,
            settings,
            lanes: Lanes::default(),
            consumers: Vec::new(),
            redeliveries: 0,
            changed: false,
            turn: 0,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.stored.open.group
    }

    pub(crate) fn consumer(&mut self, id: ConsumerId) -> Option<&mut Consumer> {
        self.consumers.iter_mut().find(|consumer| consumer.id == id)
    }

    /// How many events could be shown now.
    fn demand(&self) -> usize {
        let room = self.settings.max_in_flight.saturating_sub(self.lanes.outstanding());
        let credits: usize = self.consumers.iter().map(|consumer| consumer.credits as usize).sum();
        room.min(credits)
    }

    /// Moves the cursor until there are enough events to show; tells records that are missing
    /// or not sound.
    pub(crate) fn read_ahead(&mut self, log: &Log, keys: usize) -> rusqlite::Result<Vec<u64>> {
        let mut faults = Vec::new();
        while self.lanes.ready() < self.demand()
            && self.lanes.len() < keys
            && self.stored.cursor <= log.last()
        {
            // What retention has deleted was settled, or older than the group.
            let mut next = self.stored.cursor.max(log.first());
            let found = log.scan(next, SCAN)?;
            for event in &found {
                next = self.pass_gap(next, event.sequence, keys, &mut faults);
                if next < event.sequence || self.lanes.len() >= keys {
                    break;
                }
                if !event.sound {
                    faults.push(event.sequence);
                }
                if !event.sound || self.settings.hears(&event.type_name) {
                    self.lanes.discover(&event.lane, event.sequence);
                }
                next = event.sequence + 1;
            }
            if found.len() < SCAN as usize && found.last().is_none_or(|last| last.sequence < next) {
                next = self.pass_gap(next, log.last() + 1, keys, &mut faults);
            }
            self.stored.cursor = next;
            self.changed = true;
        }
        Ok(faults)
    }

    /// Passes records that are missing: each stands alone, as it has no key any more.
    fn pass_gap(&mut self, from: u64, to: u64, keys: usize, faults: &mut Vec<u64>) -> u64 {
        let mut next = from;
        while next < to && self.lanes.len() < keys {
            faults.push(next);
            self.lanes.discover(&format!("#{next}"), next);
            next += 1;
        }
        next
    }

    /// Takes the next event to show, and the consumer to show it to.
    pub(crate) fn take(&mut self, now: Instant) -> Option<(usize, Taken)> {
        if self.lanes.ready() == 0 || self.demand() == 0 {
            return None;
        }
        let count = self.consumers.len();
        let turns = (0..count).map(|step| (self.turn + step) % count);
        let index = turns.into_iter().find(|index| {
            let consumer = &self.consumers[*index];
            consumer.credits > 0 && consumer.to.capacity() > 0 && !consumer.to.is_closed()
        })?;
        self.turn = index + 1;
        let consumer = &mut self.consumers[index];
        let taken = self.lanes.take(consumer.id, now + self.settings.ack_wait)?;
        consumer.credits -= 1;
        if taken.attempt > 1 {
            self.redeliveries += 1;
        }
        Some((index, taken))
    }

    /// The oldest event that the group still needs.
    pub(crate) fn floor(&self) -> u64 {
        self.lanes.heads().map(|(_, head)| head).min().unwrap_or(u64::MAX).min(self.stored.cursor)
    }
}

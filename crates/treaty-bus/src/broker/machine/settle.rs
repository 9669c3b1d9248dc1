//! Settles deliveries, by consumers' verbs, by their leaving, and by time.
//!
//! *Holds* (B4): an acknowledgement counts once, however late; every other verb counts only
//! for the attempt that is outstanding.

use std::time::Duration;

use contracts::treaty::bus::v1::DeadLetterCode;

use super::Machine;
use crate::broker::lanes::{ConsumerId, Ended, Failure};
use crate::broker::log::Dead;

/// What a consumer says of a delivery or of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verb {
    Credit { deliveries: u32 },
    Ack { sequence: u64 },
    Nack { sequence: u64, attempt: u32, delay: Option<Duration>, reason: String },
    InProgress { sequence: u64, attempt: u32 },
    Reject { sequence: u64, attempt: u32, reason: String, code: DeadLetterCode },
}

impl Machine {
    /// A consumer says something; what comes from one that left is not heard.
    pub(crate) fn hear(&mut self, group: &str, consumer: ConsumerId, verb: Verb) {
        let (now, most) = (self.now, self.config.limits.credits);
        let Some(entry) = self.groups.get_mut(group) else { return };
        let settings = entry.settings.clone();
        let Some(consumer) = entry.consumer(consumer) else { return };
        match verb {
            Verb::Credit { deliveries } => {
                consumer.credits = consumer.credits.saturating_add(deliveries).min(most);
            }
            Verb::Ack { sequence } => {
                if let Some(ended) = entry.lanes.end(sequence) {
                    self.settled(group, &ended);
                }
            }
            Verb::Nack { sequence, attempt, delay, reason } => {
                let wait = |made| Some(delay.unwrap_or_else(|| settings.backoff_after(made)));
                self.fail(group, sequence, attempt, &reason, wait);
            }
            Verb::InProgress { sequence, attempt } => {
                entry.lanes.extend(sequence, attempt, now + settings.ack_wait);
            }
            Verb::Reject { sequence, attempt, reason, code } => {
                let reason = self.cut(&reason);
                let Some(entry) = self.groups.get_mut(group) else { return };
                if let Some(ended) = entry.lanes.reject(sequence, attempt, &reason) {
                    self.bury(group, &ended, code);
                }
            }
        }
    }

    /// A consumer leaves; what it holds is given to others at once.
    pub(crate) fn leave(&mut self, group: &str, id: ConsumerId, status: Option<tonic::Status>) {
        let Some(entry) = self.groups.get_mut(group) else { return };
        let Some(index) = entry.consumers.iter().position(|consumer| consumer.id == id) else {
            return;
        };
        let consumer = entry.consumers.remove(index);
        tracing::info!(group, consumer = consumer.name, "a consumer left");
        if let Some(status) = status {
            // It may not listen any more.
            let _ = consumer.to.try_send(Err(status));
        }
        let held = entry.lanes.held_by(id);
        self.leaving.push(consumer);
        for (sequence, attempt) in held {
            self.fail(group, sequence, attempt, "the consumer left", |_| None);
        }
    }

    /// Lets consumers leave that do not listen any more.
    pub(super) fn prune(&mut self, group: &str) {
        let Some(entry) = self.groups.get(group) else { return };
        let gone: Vec<ConsumerId> = entry
            .consumers
            .iter()
            .filter(|consumer| consumer.to.is_closed())
            .map(|consumer| consumer.id)
            .collect();
        for id in gone {
            self.leave(group, id, None);
        }
    }

    /// An attempt failed; the next comes after `wait(attempts made)`, at once for `None`.
    pub(super) fn fail(
        &mut self,
        group: &str,
        sequence: u64,
        attempt: u32,
        error: &str,
        wait: impl FnOnce(u32) -> Option<Duration>,
    ) {
        let (now, error) = (self.now, self.cut(error));
        let Some(entry) = self.groups.get_mut(group) else { return };
        let max = entry.settings.max_deliveries;
        let again = |made| {
            let wait = wait(made).filter(|wait| !wait.is_zero())?;
            // A wait beyond the clock's end is as good as one of a century.
            Some(now.checked_add(wait).unwrap_or(now + Duration::from_secs(3_155_760_000)))
        };
        if let Failure::Exhausted(ended) = entry.lanes.fail(sequence, attempt, &error, again, max) {
            self.bury(group, &ended, DeadLetterCode::MaxDeliveries);
        }
    }

    /// An event was handled; its lane goes on.
    fn settled(&mut self, group: &str, ended: &Ended) {
        if ended.redriven
            && let Err(error) = self.log.delete_dead(group, ended.sequence)
        {
            return self.fail_step(error);
        }
        self.go_on(group, ended, false);
    }

    /// An event is given up; its lane goes on or parks, as the group wants.
    pub(super) fn bury(&mut self, group: &str, ended: &Ended, code: DeadLetterCode) {
        let Some(entry) = self.groups.get(group) else { return };
        let park = entry.settings.park;
        let dead = Dead {
            group: group.to_owned(),
            sequence: ended.sequence,
            lane: ended.lane.to_string(),
            event: Err(crate::broker::log::Unreadable),
            attempts: ended.attempts,
            first_error: ended.first_error.clone(),
            last_error: ended.last_error.clone(),
            code: code.into(),
            dead_ms: self.config.clock.millis(),
            redriving: false,
        };
        tracing::warn!(
            group,
            sequence = ended.sequence,
            attempts = ended.attempts,
            error = ended.last_error,
            code = code.as_str_name(),
            "an event became a dead letter"
        );
        match self.log.bury(&dead) {
            Ok(()) => self.go_on(group, ended, park),
            Err(error) => self.fail_step(error),
        }
    }

    fn go_on(&mut self, group: &str, ended: &Ended, park: bool) {
        let Some(entry) = self.groups.get_mut(group) else { return };
        let next = if ended.redriven {
            Ok(None)
        } else {
            let (after, before) = (ended.sequence, entry.stored.cursor);
            self.log.next_in_lane(&ended.lane, after, before, &entry.settings)
        };
        match next {
            Ok(next) => entry.lanes.proceed(ended, next, park),
            Err(error) => self.fail_step(error),
        }
    }

    /// An error text within its bound.
    fn cut(&self, text: &str) -> String {
        let mut end = text.len().min(self.config.limits.error_bytes);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    }
}

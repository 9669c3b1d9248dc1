//! Shows events to consumers.
//!
//! *Holds*: an event that cannot be read is never passed over in silence: it becomes a dead
//! letter of every group that would have got it, it is logged, and it is counted.

use std::time::Duration;

use contracts::io::cloudevents::v1::CloudEvent;
use contracts::treaty::bus::v1 as proto;
use proto::subscribe_response::Message;

use super::Machine;
use crate::broker::lanes::Taken;
use crate::broker::log::Unreadable;

/// Where a record is broken: the group that found it, its sequence and the attempt.
pub(super) type Broken = (String, u64, u32);

impl Machine {
    /// Shows what can be shown; tells what could not be read.
    pub(super) fn deliver(&mut self) -> Vec<Broken> {
        let mut broken = Vec::new();
        let names: Vec<String> = self.groups.keys().cloned().collect();
        for name in names {
            if let Err(error) = self.deliver_group(&name, &mut broken) {
                tracing::error!(group = name, %error, "events cannot be read; trying again");
            }
        }
        broken
    }

    fn deliver_group(&mut self, name: &str, broken: &mut Vec<Broken>) -> rusqlite::Result<()> {
        let Some(group) = self.groups.get_mut(name) else { return Ok(()) };
        for sequence in group.read_ahead(&self.log, self.config.limits.keys)? {
            note_fault(&mut self.faults, sequence);
        }
        while let Some(group) = self.groups.get_mut(name) {
            let Some((consumer, taken)) = group.take(self.now) else { break };
            let event = match self.fetch(name, &taken) {
                Ok(Ok(event)) => event,
                Ok(Err(Unreadable)) => {
                    note_fault(&mut self.faults, taken.sequence);
                    broken.push((name.to_owned(), taken.sequence, taken.attempt));
                    continue;
                }
                Err(error) => {
                    let later = self.now + Duration::from_secs(1);
                    if let Some(group) = self.groups.get_mut(name) {
                        group.lanes.untake(taken.sequence, later);
                    }
                    return Err(error);
                }
            };
            let Some(group) = self.groups.get_mut(name) else { break };
            let replayed = !taken.redriven && taken.sequence < group.stored.replay_before;
            let Taken { sequence, attempt, .. } = taken;
            let delivery = proto::Delivery { sequence, event: Some(event), attempt, replayed };
            let message = Some(Message::Delivery(delivery));
            // A consumer that is gone by now is let go in the next step, with what it holds.
            let _ = group.consumers[consumer].to.try_send(Ok(proto::SubscribeResponse { message }));
        }
        Ok(())
    }

    fn fetch(
        &self,
        group: &str,
        taken: &Taken,
    ) -> rusqlite::Result<Result<CloudEvent, Unreadable>> {
        if taken.redriven {
            let dead = self.log.dead_letter(group, taken.sequence)?;
            return Ok(dead.map_or(Err(Unreadable), |dead| dead.event));
        }
        // A record whose head is wrong may have come here by a wrong lane or type.
        let found = self.log.scan(taken.sequence, 1)?;
        if !found.iter().any(|found| found.sequence == taken.sequence && found.sound) {
            return Ok(Err(Unreadable));
        }
        self.log.body(taken.sequence)
    }

    /// Makes dead letters of what could not be read.
    pub(super) fn bury_broken(&mut self, broken: Vec<Broken>) {
        for (group, sequence, attempt) in broken {
            let Some(entry) = self.groups.get_mut(&group) else { continue };
            let error = "the record does not match its checksum";
            if let Some(ended) = entry.lanes.reject(sequence, attempt, error) {
                self.bury(&group, &ended, proto::DeadLetterCode::Corrupt);
            }
        }
    }
}

fn note_fault(faults: &mut std::collections::HashSet<u64>, sequence: u64) {
    // As many as anyone will look at; the log has them all.
    if faults.len() < 100_000 && faults.insert(sequence) {
        tracing::error!(sequence, "a record of the log is missing or does not match its checksum");
    }
}

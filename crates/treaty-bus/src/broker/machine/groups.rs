//! Opens, moves and forgets groups.

use contracts::treaty::bus::v1 as proto;
use proto::start_position::Position;
use proto::subscribe_response::Message;

use super::Machine;
use crate::broker::error::CallError;
use crate::broker::group::{Consumer, Group, ToConsumer};
use crate::broker::lanes::ConsumerId;
use crate::broker::log::StoredGroup;
use crate::broker::settings::Settings;

impl Machine {
    /// A consumer joins a group, which is made if need be, and is told so.
    pub(crate) fn join(
        &mut self,
        open: &proto::OpenGroup,
        to: ToConsumer,
    ) -> Result<ConsumerId, CallError> {
        let settings = Settings::new(open, &self.config)?;
        if open.consumer.len() > 128 {
            return Err(CallError::invalid("consumer", "must be at most 128 bytes long"));
        }
        if !self.groups.contains_key(&open.group) {
            if self.groups.len() >= self.config.limits.groups {
                return Err(CallError::TooMany("the bus has as many groups as it may"));
            }
            let cursor = self.place(open.start.as_ref())?;
            let stored = StoredGroup { open: open.clone(), cursor, replay_before: 0 };
            self.groups.insert(open.group.clone(), Group::new(stored, settings.clone()));
            tracing::info!(group = open.group, cursor, "a group was made");
        }
        let (most, id) = (self.config.limits.consumers, self.next_consumer);
        let group = self.group(&open.group)?;
        if group.consumers.len() >= most {
            return Err(CallError::TooMany("the group has as many consumers as it may"));
        }
        group.stored.open =
            proto::OpenGroup { start: None, consumer: String::new(), ..open.clone() };
        group.changed = true;
        let ack_wait = prost_types::Duration::try_from(settings.ack_wait).ok();
        group.settings = settings;
        let message = Some(Message::Opened(proto::Opened { ack_wait }));
        // The channel is new, so it has room, or its reader is gone already.
        let _ = to.try_send(Ok(proto::SubscribeResponse { message }));
        let name = open.consumer.clone();
        tracing::info!(group = open.group, consumer = name, "a consumer joined");
        group.consumers.push(Consumer { id, name, credits: 0, to });
        self.next_consumer += 1;
        Ok(id)
    }

    /// Moves a group; what it has in flight is void.
    pub(crate) fn seek(
        &mut self,
        name: &str,
        position: Option<&proto::StartPosition>,
    ) -> Result<u64, CallError> {
        if position.and_then(|position| position.position.as_ref()).is_none() {
            return Err(CallError::invalid("position", "must be set"));
        }
        let to = self.place(position)?;
        let redriving = self.log.dead_of(name, true)?;
        let group = self.group(name)?;
        group.stored.replay_before = group.stored.replay_before.max(group.stored.cursor);
        group.stored.cursor = to;
        group.changed = true;
        group.lanes = crate::broker::lanes::Lanes::default();
        for (sequence, lane, attempts) in redriving {
            group.lanes.redrive(&lane, sequence, attempts);
        }
        self.log.delete_lanes(name)?;
        tracing::info!(group = name, cursor = to, "a group was moved");
        Ok(to)
    }

    /// Forgets a group that nobody consumes.
    pub(crate) fn delete_group(&mut self, name: &str) -> Result<(), CallError> {
        self.prune(name);
        if !self.group(name)?.consumers.is_empty() {
            return Err(CallError::InUse);
        }
        self.log.delete_group(name)?;
        self.groups.remove(name);
        tracing::info!(group = name, "a group was forgotten");
        Ok(())
    }

    /// The sequence that a position means.
    fn place(&self, position: Option<&proto::StartPosition>) -> Result<u64, CallError> {
        let (first, next) = (self.log.first(), self.log.last() + 1);
        Ok(match position.and_then(|position| position.position.as_ref()) {
            None | Some(Position::First(_)) => first,
            Some(Position::New(_)) => next,
            Some(Position::Sequence(sequence)) => (*sequence).clamp(first, next),
            Some(Position::Time(time)) => {
                let ms = time
                    .seconds
                    .saturating_mul(1000)
                    .saturating_add(i64::from(time.nanos) / 1_000_000);
                self.log.first_since(ms)?
            }
        })
    }
}

//! Counts what groups have before them and what topics hold (B10).

use std::time::Duration;

use contracts::treaty::bus::v1 as proto;

use super::Machine;
use crate::broker::error::CallError;
use crate::broker::group::Group;

impl Machine {
    pub(crate) fn status(&self) -> Result<proto::GetStatusResponse, CallError> {
        let groups = self.groups.values().map(|group| self.group_status(group));
        let topics = self.log.topics(0)?.into_iter();
        Ok(proto::GetStatusResponse {
            groups: groups.collect::<Result<_, CallError>>()?,
            topics: topics
                .map(|(topic, events, bytes)| proto::TopicStatus { topic, events, bytes })
                .collect(),
            last_sequence: self.log.last(),
            last_commit: prost_types::Duration::try_from(self.last_commit).ok(),
            corrupt_records: self.faults.len() as u64,
        })
    }

    fn group_status(&self, group: &Group) -> Result<proto::GroupStatus, CallError> {
        let (name, cursor) = (group.name(), group.stored.cursor);
        let ahead = self.log.topics(cursor)?.into_iter();
        let mut pending: u64 = ahead
            .filter(|(topic, ..)| group.settings.hears(topic))
            .map(|(_, events, _)| events)
            .sum();
        for (lane, head) in group.lanes.heads() {
            pending += match lane.strip_prefix('=') {
                Some(_) => self.log.count_in_lane(lane, head, cursor, &group.settings)?,
                None => 1,
            };
        }
        pending += self.log.dead_of(name, true)?.len() as u64;
        let oldest_age = if pending == 0 {
            None
        } else {
            let stored = self.log.stored_ms(group.floor().max(self.log.first()))?;
            stored.and_then(|stored| {
                let age = self.config.clock.millis().saturating_sub(stored).max(0);
                prost_types::Duration::try_from(Duration::from_millis(age.cast_unsigned())).ok()
            })
        };
        Ok(proto::GroupStatus {
            group: name.to_owned(),
            consumers: group.consumers.iter().map(|consumer| consumer.name.clone()).collect(),
            pending,
            in_flight: group.lanes.outstanding() as u64,
            oldest_age,
            redeliveries: group.redeliveries,
            dead_letters: self.log.count_dead(name)?,
            parked_keys: group.lanes.parked() as u64,
        })
    }
}

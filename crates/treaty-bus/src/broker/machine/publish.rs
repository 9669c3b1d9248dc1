//! Stores the events of a publish.

use super::Machine;
use crate::broker::error::CallError;
use crate::broker::log::Record;
use crate::client::Published;

impl Machine {
    /// Stores all events, or none when the log would grow beyond its bound.
    pub(crate) fn publish(&mut self, records: &[Record]) -> Result<Vec<Published>, CallError> {
        let size: u64 = records.iter().map(|record| record.body.len() as u64).sum();
        if self.log.bytes().saturating_add(size) > self.config.limits.log_bytes {
            return Err(CallError::Full);
        }
        let now_ms = self.config.clock.millis();
        let mut published = Vec::with_capacity(records.len());
        for record in records {
            let (sequence, duplicate) = self.log.append(record, now_ms)?;
            published.push(Published { sequence, duplicate });
        }
        Ok(published)
    }
}

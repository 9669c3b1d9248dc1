//! Lists, shows, redrives and purges dead letters (B6).

use super::Machine;
use crate::broker::error::CallError;
use crate::broker::log::{Dead, DeadKey};

/// Which dead letters of a group.
#[derive(Debug, Clone)]
pub(crate) enum Which {
    All,
    These(Vec<u64>),
}

impl Machine {
    pub(crate) fn list_dead(
        &self,
        group: Option<&str>,
        after: &DeadKey,
        limit: u32,
    ) -> Result<Vec<Dead>, CallError> {
        Ok(self.log.dead_letters(group, after, limit)?)
    }

    pub(crate) fn get_dead(&self, group: &str, sequence: u64) -> Result<Dead, CallError> {
        self.log.dead_letter(group, sequence)?.ok_or(CallError::NotFound("dead letter"))
    }

    /// Gives dead letters to their group again, oldest first.
    pub(crate) fn redrive(&mut self, group: &str, which: &Which) -> Result<u32, CallError> {
        let mut count = 0;
        for (sequence, lane, attempts) in self.chosen(group, which)? {
            self.log.mark_redriving(group, sequence)?;
            self.group(group)?.lanes.redrive(&lane, sequence, attempts);
            count += 1;
        }
        Ok(count)
    }

    /// Deletes dead letters; a key that waited for its last one goes on.
    pub(crate) fn purge(&mut self, group: &str, which: &Which) -> Result<u32, CallError> {
        let mut count = 0;
        for (sequence, lane, _) in self.chosen(group, which)? {
            self.log.delete_dead(group, sequence)?;
            if !self.log.has_dead(group, &lane)? {
                self.group(group)?.lanes.unpark(&lane);
            }
            count += 1;
        }
        Ok(count)
    }

    fn chosen(&mut self, group: &str, which: &Which) -> Result<Vec<(u64, String, u32)>, CallError> {
        self.group(group)?;
        let mut dead = self.log.dead_of(group, false)?;
        if let Which::These(sequences) = which {
            dead.retain(|(sequence, ..)| sequences.contains(sequence));
        }
        Ok(dead)
    }
}

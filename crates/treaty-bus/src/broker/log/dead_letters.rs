//! Dead letters, each with its own copy of its event, so that retention does not touch them.

use contracts::io::cloudevents::v1::CloudEvent;
use rusqlite::{OptionalExtension as _, Row, params};

use super::events::{Unreadable, bytes, read};
use super::{Log, sql};

/// Which dead letter.
pub(crate) type DeadKey = (String, u64);

/// An event that a group could not handle.
#[derive(Debug, Clone)]
pub(crate) struct Dead {
    pub(crate) group: String,
    pub(crate) sequence: u64,
    pub(crate) lane: String,
    pub(crate) event: Result<CloudEvent, Unreadable>,
    pub(crate) attempts: u32,
    pub(crate) first_error: String,
    pub(crate) last_error: String,
    pub(crate) code: i32,
    pub(crate) dead_ms: i64,
    pub(crate) redriving: bool,
}

const COLUMNS: &str = "group_name, sequence, lane, body, body_sum, attempts, first_error,
    last_error, code, dead_ms, redriving";

impl Log {
    /// Writes a dead letter with a copy of its event; one that was being redriven is one again.
    pub(crate) fn bury(&mut self, dead: &Dead) -> rusqlite::Result<()> {
        if self.dead_letter(&dead.group, dead.sequence)?.is_some() {
            // Its first error stays the one of its first life.
            self.db
                .prepare_cached(
                    "UPDATE dead_letters SET attempts = ?3, last_error = ?4, code = ?5,
                         dead_ms = ?6, redriving = 0
                     WHERE group_name = ?1 AND sequence = ?2",
                )?
                .execute(params![
                    dead.group,
                    sql(dead.sequence),
                    dead.attempts,
                    dead.last_error,
                    dead.code,
                    dead.dead_ms
                ])?;
            return Ok(());
        }
        let (body, sum) = self.raw(dead.sequence)?.unwrap_or_default();
        self.db
            .prepare_cached(&format!(
                "INSERT INTO dead_letters ({COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)"
            ))?
            .execute(params![
                dead.group,
                sql(dead.sequence),
                dead.lane,
                body,
                sum,
                dead.attempts,
                dead.first_error,
                dead.last_error,
                dead.code,
                dead.dead_ms
            ])?;
        self.bytes += body.len() as u64;
        Ok(())
    }

    pub(crate) fn dead_letter(&self, group: &str, sequence: u64) -> rusqlite::Result<Option<Dead>> {
        self.db
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM dead_letters WHERE group_name = ?1 AND sequence = ?2"
            ))?
            .query_row(params![group, sql(sequence)], dead)
            .optional()
    }

    /// Dead letters of one group or all, after a place, at most so many.
    pub(crate) fn dead_letters(
        &self,
        group: Option<&str>,
        after: &DeadKey,
        limit: u32,
    ) -> rusqlite::Result<Vec<Dead>> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM dead_letters
             WHERE (group_name, sequence) > (?1, ?2) AND (?3 IS NULL OR group_name = ?3)
             ORDER BY group_name, sequence LIMIT ?4"
        ))?;
        let rows = statement.query_map(params![after.0, sql(after.1), group, limit], dead)?;
        rows.collect()
    }

    /// Sequence, lane and attempts of a group's dead letters that are, or are not, being
    /// redriven; without their events.
    pub(crate) fn dead_of(
        &self,
        group: &str,
        redriving: bool,
    ) -> rusqlite::Result<Vec<(u64, String, u32)>> {
        let mut statement = self.db.prepare_cached(
            "SELECT sequence, lane, attempts FROM dead_letters
             WHERE group_name = ?1 AND redriving = ?2 ORDER BY sequence",
        )?;
        let rows = statement.query_map(params![group, redriving], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?, row.get(2)?))
        })?;
        rows.collect()
    }

    pub(crate) fn mark_redriving(&self, group: &str, sequence: u64) -> rusqlite::Result<()> {
        self.db
            .prepare_cached(
                "UPDATE dead_letters SET redriving = 1 WHERE group_name = ?1 AND sequence = ?2",
            )?
            .execute(params![group, sql(sequence)])?;
        Ok(())
    }

    pub(crate) fn delete_dead(&mut self, group: &str, sequence: u64) -> rusqlite::Result<()> {
        let bytes: Option<i64> = self
            .db
            .prepare_cached(
                "DELETE FROM dead_letters WHERE group_name = ?1 AND sequence = ?2
                 RETURNING length(body)",
            )?
            .query_row(params![group, sql(sequence)], |row| row.get(0))
            .optional()?;
        self.bytes = self.bytes.saturating_sub(bytes.unwrap_or_default().cast_unsigned());
        Ok(())
    }

    /// Whether a lane has dead letters that are not being redriven.
    pub(crate) fn has_dead(&self, group: &str, lane: &str) -> rusqlite::Result<bool> {
        self.db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM dead_letters
                 WHERE group_name = ?1 AND lane = ?2 AND redriving = 0)",
            )?
            .query_row([group, lane], |row| row.get(0))
    }

    pub(crate) fn count_dead(&self, group: &str) -> rusqlite::Result<u64> {
        let count: i64 = self
            .db
            .prepare_cached("SELECT COUNT(*) FROM dead_letters WHERE group_name = ?1")?
            .query_row([group], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }
}

fn dead(row: &Row<'_>) -> rusqlite::Result<Dead> {
    let sequence = row.get::<_, i64>(1)?.cast_unsigned();
    let body = bytes(row, 3)?;
    Ok(Dead {
        group: row.get(0)?,
        sequence,
        lane: row.get(2)?,
        event: read(sequence, &body, row.get(4)?),
        attempts: row.get(5)?,
        first_error: row.get(6)?,
        last_error: row.get(7)?,
        code: row.get(8)?,
        dead_ms: row.get(9)?,
        redriving: row.get(10)?,
    })
}

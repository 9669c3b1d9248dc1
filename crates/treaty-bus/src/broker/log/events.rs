//! The events themselves: append, find, read, forget.

use contracts::io::cloudevents::v1::CloudEvent;
use prost::Message as _;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Log, sql};
use crate::broker::checksum::{self, Head};
use crate::broker::settings::Settings;

/// An event that is ready to be stored.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) source: String,
    pub(crate) id: String,
    pub(crate) type_name: String,
    /// The ordering key, if it has one.
    pub(crate) key: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What a scan shows of an event.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) sequence: u64,
    pub(crate) type_name: String,
    pub(crate) lane: String,
    /// The record's head matches its checksum.
    pub(crate) sound: bool,
}

/// A record is missing or not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Log {
    /// Stores an event, unless its source and id are known: its sequence, and whether it was.
    pub(crate) fn append(&mut self, record: &Record, now_ms: i64) -> rusqlite::Result<(u64, bool)> {
        let known: Option<i64> = self
            .db
            .prepare_cached("SELECT sequence FROM events WHERE source = ?1 AND id = ?2")?
            .query_row([&record.source, &record.id], |row| row.get(0))
            .optional()?;
        if let Some(known) = known {
            return Ok((known.cast_unsigned(), true));
        }
        let sequence = self.last + 1;
        let lane = match &record.key {
            Some(key) => format!("={key}"),
            None => format!("#{sequence}"),
        };
        let (source, id, type_name) = (&record.source, &record.id, &record.type_name);
        let head_sum = checksum::of_head(&Head { sequence, source, id, type_name, lane: &lane });
        let body_sum = checksum::of_body(sequence, &record.body);
        let stored_ms = now_ms.max(self.stored_ms(self.last)?.unwrap_or(i64::MIN));
        self.db
            .prepare_cached(
                "INSERT INTO events (sequence, source, id, type, lane, stored_ms, bytes,
                                     head_sum, body_sum, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                sql(sequence),
                source,
                id,
                type_name,
                lane,
                stored_ms,
                record.body.len() as i64,
                head_sum,
                body_sum,
                record.body
            ])?;
        self.last = sequence;
        self.bytes += record.body.len() as u64;
        Ok((sequence, false))
    }

    /// Events from a sequence on, at most so many.
    pub(crate) fn scan(&self, from: u64, limit: u32) -> rusqlite::Result<Vec<Found>> {
        let mut statement = self.db.prepare_cached(
            "SELECT sequence, source, id, type, lane, head_sum FROM events
             WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2",
        )?;
        let rows = statement.query_map(params![sql(from), limit], |row| {
            let sequence = row.get::<_, i64>(0)?.cast_unsigned();
            let text = |index| row.get::<_, String>(index).unwrap_or_default();
            let (source, id, type_name, lane) = (text(1), text(2), text(3), text(4));
            let head =
                Head { sequence, source: &source, id: &id, type_name: &type_name, lane: &lane };
            let sound = row.get::<_, i64>(5)? == checksum::of_head(&head);
            Ok(Found { sequence, type_name, lane, sound })
        })?;
        rows.collect()
    }

    /// The first event of a lane after one and before another that a group hears.
    pub(crate) fn next_in_lane(
        &self,
        lane: &str,
        after: u64,
        before: u64,
        settings: &Settings,
    ) -> rusqlite::Result<Option<u64>> {
        if lane.starts_with('#') {
            return Ok(None);
        }
        let mut statement = self.db.prepare_cached(
            "SELECT sequence, type FROM events
             WHERE lane = ?1 AND sequence > ?2 AND sequence < ?3 ORDER BY sequence",
        )?;
        let mut rows = statement.query(params![lane, sql(after), sql(before)])?;
        while let Some(row) = rows.next()? {
            if settings.hears(&row.get::<_, String>(1)?) {
                return Ok(Some(row.get::<_, i64>(0)?.cast_unsigned()));
            }
        }
        Ok(None)
    }

    /// The bytes of an event and their checksum as it was stored, whether or not they agree.
    pub(crate) fn raw(&self, sequence: u64) -> rusqlite::Result<Option<(Vec<u8>, i64)>> {
        self.db
            .prepare_cached("SELECT body, body_sum FROM events WHERE sequence = ?1")?
            .query_row([sql(sequence)], |row| Ok((bytes(row, 0)?, row.get(1)?)))
            .optional()
    }

    /// An event as it was published.
    pub(crate) fn body(&self, sequence: u64) -> rusqlite::Result<Result<CloudEvent, Unreadable>> {
        Ok(self.raw(sequence)?.ok_or(Unreadable).and_then(|(body, sum)| read(sequence, &body, sum)))
    }

    /// When an event was stored, in milliseconds since 1970.
    pub(crate) fn stored_ms(&self, sequence: u64) -> rusqlite::Result<Option<i64>> {
        self.db
            .prepare_cached("SELECT stored_ms FROM events WHERE sequence = ?1")?
            .query_row([sql(sequence)], |row| row.get(0))
            .optional()
    }

    /// The first event that was stored at a time or later; one past the last if none was.
    pub(crate) fn first_since(&self, ms: i64) -> rusqlite::Result<u64> {
        // Times do not fall along the log, so halving finds the place.
        let (mut low, mut high) = (self.first, self.last + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.stored_ms(middle)?.is_some_and(|stored| stored < ms) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Deletes at most `limit` of the oldest events, all of them before `before`, and says
    /// whether there are more.
    pub(crate) fn forget(&mut self, before: u64, limit: u64) -> rusqlite::Result<bool> {
        let end = before.min(self.first.saturating_add(limit)).min(self.last + 1);
        if end <= self.first {
            return Ok(false);
        }
        let bytes: i64 = self.db.query_row(
            "SELECT COALESCE(SUM(bytes), 0) FROM events WHERE sequence < ?1",
            [sql(end)],
            |row| row.get(0),
        )?;
        self.db.execute("DELETE FROM events WHERE sequence < ?1", [sql(end)])?;
        self.first = end;
        self.bytes = self.bytes.saturating_sub(bytes.cast_unsigned());
        Ok(end < before.min(self.last + 1))
    }

    /// Types, their events and bytes, from a sequence on.
    pub(crate) fn topics(&self, from: u64) -> rusqlite::Result<Vec<(String, u64, u64)>> {
        let mut statement = self.db.prepare_cached(
            "SELECT type, COUNT(*), SUM(bytes) FROM events WHERE sequence >= ?1
             GROUP BY type ORDER BY type",
        )?;
        let number = |row: &rusqlite::Row<'_>, index| row.get(index).map(i64::cast_unsigned);
        let rows = statement
            .query_map([sql(from)], |row| Ok((row.get(0)?, number(row, 1)?, number(row, 2)?)))?;
        rows.collect()
    }

    /// How many events of a lane, from one on and before another, a group hears.
    pub(crate) fn count_in_lane(
        &self,
        lane: &str,
        from: u64,
        before: u64,
        settings: &Settings,
    ) -> rusqlite::Result<u64> {
        let mut statement = self.db.prepare_cached(
            "SELECT type, COUNT(*) FROM events
             WHERE lane = ?1 AND sequence >= ?2 AND sequence < ?3 GROUP BY type",
        )?;
        let mut rows = statement.query(params![lane, sql(from), sql(before)])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            if settings.hears(&row.get::<_, String>(0)?) {
                count += row.get::<_, i64>(1)?.cast_unsigned();
            }
        }
        Ok(count)
    }
}

/// What a column holds, also when something has made text of it.
pub(super) fn bytes(row: &Row<'_>, index: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(row.get_ref(index)?.as_bytes().unwrap_or_default().to_vec())
}

pub(super) fn read(sequence: u64, body: &[u8], sum: i64) -> Result<CloudEvent, Unreadable> {
    if checksum::of_body(sequence, body) != sum {
        return Err(Unreadable);
    }
    CloudEvent::decode(body).map_err(|_| Unreadable)
}

//! Opens the file, brings it to this release's format, and looks whether it is sound.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::Log;
use crate::broker::error::OpenError;

/// What `PRAGMA user_version` says.
const FORMAT: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE events (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        id TEXT NOT NULL,
        type TEXT NOT NULL,
        lane TEXT NOT NULL,
        stored_ms INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        head_sum INTEGER NOT NULL,
        body_sum INTEGER NOT NULL,
        body BLOB NOT NULL
    );
    CREATE UNIQUE INDEX events_identity ON events (source, id);
    CREATE INDEX events_lane ON events (lane, sequence);
    CREATE INDEX events_type ON events (type, sequence, bytes);
    CREATE TABLE groups (
        name TEXT PRIMARY KEY,
        settings BLOB NOT NULL,
        cursor INTEGER NOT NULL,
        replay_before INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE lanes (
        group_name TEXT NOT NULL,
        lane TEXT NOT NULL,
        head INTEGER,
        attempts INTEGER NOT NULL,
        until_ms INTEGER,
        first_error TEXT NOT NULL,
        last_error TEXT NOT NULL,
        parked INTEGER NOT NULL,
        PRIMARY KEY (group_name, lane)
    ) WITHOUT ROWID;
    CREATE TABLE dead_letters (
        group_name TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        lane TEXT NOT NULL,
        body BLOB NOT NULL,
        body_sum INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        first_error TEXT NOT NULL,
        last_error TEXT NOT NULL,
        code INTEGER NOT NULL,
        dead_ms INTEGER NOT NULL,
        redriving INTEGER NOT NULL,
        PRIMARY KEY (group_name, sequence)
    );
    CREATE INDEX dead_letters_lane ON dead_letters (group_name, lane);
    PRAGMA user_version = 1;
";

impl Log {
    /// Opens or creates the log; checks that no record is missing and that the last
    /// `checked` ones match their checksums.
    pub(crate) fn open(path: &Path, checked: u32) -> Result<Self, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(Duration::from_secs(5))?;
        db.set_prepared_statement_cache_capacity(64);
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match found {
            0 => db.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?,
            FORMAT => {}
            found => return Err(OpenError::Format { found, known: FORMAT }),
        }
        let mut log = Self { db, last: 0, first: 1, bytes: 0 };
        log.measure()?;
        if let Some(sequence) = log.first_fault(checked)? {
            return Err(OpenError::Corrupt { sequence });
        }
        Ok(log)
    }

    /// Reads what is remembered beside the database.
    pub(super) fn measure(&mut self) -> rusqlite::Result<()> {
        let last: i64 = self.db.query_row(
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)",
            [],
            |row| row.get(0),
        )?;
        let first: Option<i64> =
            self.db.query_row("SELECT MIN(sequence) FROM events", [], |row| row.get(0))?;
        let bytes: i64 = self.db.query_row(
            "SELECT (SELECT COALESCE(SUM(bytes), 0) FROM events)
                  + (SELECT COALESCE(SUM(length(body)), 0) FROM dead_letters)",
            [],
            |row| row.get(0),
        )?;
        self.last = last.cast_unsigned();
        self.first = first.map_or(self.last + 1, i64::cast_unsigned);
        self.bytes = bytes.cast_unsigned();
        Ok(())
    }

    fn first_fault(&self, checked: u32) -> rusqlite::Result<Option<u64>> {
        let count: i64 = self.db.query_row("SELECT COUNT(*) FROM events", [], |row| row.get(0))?;
        let from = self.last.saturating_sub(u64::from(checked)).max(self.first.saturating_sub(1));
        let whole = self.last + 1 - self.first == count.cast_unsigned();
        // Where a record is missing, looking for it is worth the time.
        let from = if whole { from } else { self.first - 1 };
        let mut expected = from + 1;
        while expected <= self.last {
            for found in self.scan(expected, 1000)? {
                if found.sequence != expected || !found.sound || self.body(expected)?.is_err() {
                    return Ok(Some(expected));
                }
                expected += 1;
            }
            if self.scan(expected, 1)?.is_empty() {
                break;
            }
        }
        Ok((expected <= self.last).then_some(expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b1_every_commit_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&folder.path().join("bus.db"), 0).unwrap();
        let synchronous: i64 =
            log.db.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        let journal: String =
            log.db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"));
    }

    #[test]
    fn a_later_format_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
        let opened = Log::open(&path, 0);
        assert!(matches!(opened, Err(OpenError::Format { found: 9, known: 1 })));
    }
}

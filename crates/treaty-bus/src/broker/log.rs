//! Keeps events, groups and dead letters in one SQLite file.
//!
//! *Does not* decide anything; the machine does. *Holds*: sequences have no gaps but at the
//! front, where retention deletes; a row that does not match its checksum, and a row that is
//! missing, are told apart from one that never was. *Source*: SQLite's WAL with
//! `synchronous=FULL`, which syncs at every commit.

mod dead_letters;
mod events;
mod groups;
mod open;

use rusqlite::Connection;

pub(crate) use dead_letters::{Dead, DeadKey};
pub(crate) use events::{Record, Unreadable};
pub(crate) use groups::StoredGroup;

/// The database and what is worth remembering of it.
#[derive(Debug)]
pub(crate) struct Log {
    db: Connection,
    /// The greatest sequence ever given.
    last: u64,
    /// The least sequence that is kept; one past `last` when there is none.
    first: u64,
    /// The size of all events that are kept.
    bytes: u64,
}

impl Log {
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn begin(&self) -> rusqlite::Result<()> {
        self.db.execute_batch("BEGIN IMMEDIATE")
    }

    pub(crate) fn commit(&self) -> rusqlite::Result<()> {
        self.db.execute_batch("COMMIT")
    }

    /// As if nothing had been done since [`Log::begin`].
    pub(crate) fn roll_back(&mut self) -> rusqlite::Result<()> {
        if !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK")?;
        }
        self.measure()
    }

    pub(crate) fn close(self) -> rusqlite::Result<()> {
        self.db.close().map_err(|(_, error)| error)
    }
}

/// A sequence as SQLite keeps it; those beyond its integers are negative and match nothing.
fn sql(sequence: u64) -> i64 {
    sequence.cast_signed()
}

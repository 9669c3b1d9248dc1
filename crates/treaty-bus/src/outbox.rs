//! Keeps events in the service's own database until the bus has them.
//!
//! An event is enqueued in the transaction that changes the state it tells of; a [`Relay`]
//! publishes it afterwards and deletes it. *Does not* start transactions: the service does.
//! *Holds*: a row is deleted only after the bus acknowledged it; rows of one key leave in the
//! order of their ids; there is no cursor, so a row that commits late is never skipped.

mod lease;
mod relay;

use prost::Message as _;
use rusqlite::{Connection, Transaction, params};

pub use relay::{Config, Relay, Wake};

use crate::event::{Event, InvalidEvent};

/// How many ids an outbox may span before [`enqueue`] refuses more: the bound of the table.
pub const MAX_ROWS: i64 = 1_000_000;

/// An event was not enqueued; roll back what belongs to it.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// No bus would take it.
    #[error("the event is not valid: {0}")]
    Invalid(#[from] InvalidEvent),
    /// The bus has been away for so long that the outbox has reached [`MAX_ROWS`].
    #[error("the outbox is full")]
    Full,
    /// The database failed.
    #[error("the outbox failed: {0}")]
    Database(#[from] rusqlite::Error),
}

impl From<EnqueueError> for tonic::Status {
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::Invalid(_) => Self::internal(error.to_string()),
            EnqueueError::Full | EnqueueError::Database(_) => Self::unavailable(error.to_string()),
        }
    }
}

/// Creates the tables `treaty_outbox` and `treaty_outbox_lease`, unless they are there.
///
/// # Errors
/// What SQLite fails with.
pub fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS treaty_outbox (
             id INTEGER PRIMARY KEY AUTOINCREMENT,
             lane TEXT NOT NULL,
             event BLOB NOT NULL,
             refused TEXT
         );
         CREATE INDEX IF NOT EXISTS treaty_outbox_refused
             ON treaty_outbox (lane) WHERE refused IS NOT NULL;
         CREATE TABLE IF NOT EXISTS treaty_outbox_lease (
             one INTEGER PRIMARY KEY CHECK (one = 1),
             holder TEXT NOT NULL,
             until_ms INTEGER NOT NULL
         );",
    )
}

/// Enqueues an event in the caller's transaction. After the commit, call [`Wake::wake`].
///
/// A transaction that reads before it writes should be `IMMEDIATE` and its connection have a
/// busy timeout: the relay and other processes write to the same file.
///
/// # Errors
/// [`EnqueueError`]; the event is then not enqueued.
pub fn enqueue(tx: &Transaction<'_>, event: &Event) -> Result<(), EnqueueError> {
    event.validate()?;
    // One statement that writes: a read before it would fail where another connection commits
    // in between.
    let inserted = tx
        .prepare_cached(
            "INSERT INTO treaty_outbox (lane, event) SELECT ?1, ?2
             WHERE COALESCE((SELECT MAX(id) FROM treaty_outbox)
                          - (SELECT MIN(id) FROM treaty_outbox) + 1, 0) < ?3",
        )?
        .execute(params![
            event.key().unwrap_or_default(),
            event.as_ref().encode_to_vec(),
            MAX_ROWS
        ])?;
    if inserted == 0 {
        return Err(EnqueueError::Full);
    }
    Ok(())
}

/// How many events wait, those that the bus refused included.
///
/// # Errors
/// What SQLite fails with.
pub fn depth(connection: &Connection) -> rusqlite::Result<u64> {
    let count: i64 =
        connection.query_row("SELECT COUNT(*) FROM treaty_outbox", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

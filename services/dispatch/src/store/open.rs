//! Opens a connection to the database and makes its tables.
//!
//! *Holds*: may run in several processes at once, on a file that is new or not.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{ErrorCode, TransactionBehavior};
use tokio_rusqlite::Connection;

use super::StoreError;

/// How long a statement waits for the write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait before asking again for what SQLite itself does not wait for.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

pub(super) async fn open(path: &Path) -> Result<Connection, StoreError> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let connection = Connection::open(path).await?;
    connection.call(prepare).await?;
    Ok(connection)
}

/// Whether another connection was in the way.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn prepare(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    use_wal(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(TABLES)?;
    treaty_bus::inbox::create_tables(&tx)?;
    treaty_bus::outbox::create_tables(&tx)?;
    tx.commit()?;
    Ok(())
}

/// Two that switch a new file at once would wait for each other, so SQLite refuses one of them.
fn use_wal(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    let give_up = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && Instant::now() < give_up => {
                std::thread::sleep(BUSY_PAUSE);
            }
            done => return Ok(done?),
        }
    }
}

/// A shipment without a tracking code is open, one with it has left. `place` is the order of
/// commits, so that a page never misses a shipment that was opened by another instance.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS shipments (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        shipment_id TEXT NOT NULL UNIQUE,
        order_id TEXT NOT NULL UNIQUE,
        created_micros INTEGER NOT NULL,
        tracking_code TEXT,
        shipped_micros INTEGER,
        CHECK ((tracking_code IS NULL) = (shipped_micros IS NULL))
    );
    CREATE TABLE IF NOT EXISTS shipment_lines (
        place INTEGER NOT NULL REFERENCES shipments (place),
        line INTEGER NOT NULL,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (place, line)
    ) WITHOUT ROWID;
";

//! Remembers which events a group has handled, in the consumer's own transaction.
//!
//! *Does not* make delivery exactly once; it makes the effect so. *Holds*: of any number of
//! deliveries of one event to one group, exactly one commits with `true`. A memory is kept for
//! [`RETENTION`], which is longer than the bus keeps events by default.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, Transaction, params};

use crate::event::Event;

/// How long an event is remembered.
pub const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many outlived memories each call of [`first_time`] forgets at most: more than it adds,
/// so that the table is bounded by what [`RETENTION`] holds.
const FORGET_PER_CALL: u32 = 4;

/// Creates the table `treaty_inbox`, unless it is there.
///
/// # Errors
/// What SQLite fails with.
pub fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS treaty_inbox (
             group_name TEXT NOT NULL,
             source TEXT NOT NULL,
             id TEXT NOT NULL,
             seen_ms INTEGER NOT NULL,
             PRIMARY KEY (group_name, source, id)
         ) WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS treaty_inbox_seen ON treaty_inbox (seen_ms);",
    )
}

/// Notes the event as handled by the group, and says whether that is new.
///
/// When it is, write the effect in the same transaction, commit, then acknowledge; when it is
/// not, acknowledge and do nothing.
///
/// # Errors
/// What SQLite fails with; roll back and fail the delivery, and it comes again.
pub fn first_time(tx: &Transaction<'_>, group: &str, event: &Event) -> rusqlite::Result<bool> {
    first_time_at(tx, group, event, SystemTime::now())
}

fn first_time_at(
    tx: &Transaction<'_>,
    group: &str,
    event: &Event,
    now: SystemTime,
) -> rusqlite::Result<bool> {
    let now = millis(now);
    tx.prepare_cached(
        "DELETE FROM treaty_inbox WHERE (group_name, source, id) IN (
             SELECT group_name, source, id FROM treaty_inbox
             WHERE seen_ms < ?1 ORDER BY seen_ms LIMIT ?2)",
    )?
    .execute(params![now - millis(SystemTime::UNIX_EPOCH + RETENTION), FORGET_PER_CALL])?;
    let inserted = tx
        .prepare_cached(
            "INSERT INTO treaty_inbox (group_name, source, id, seen_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![group, event.source(), event.id(), now])?;
    Ok(inserted == 1)
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Event {
        Event::new("//test", "test.v1.Happened", "thing", &()).with_id(id)
    }

    fn database() -> Connection {
        let database = Connection::open_in_memory().unwrap();
        create_tables(&database).unwrap();
        database
    }

    #[test]
    fn b13_a_second_delivery_is_not_the_first() {
        let mut database = database();
        let tx = database.transaction().unwrap();
        assert!(first_time(&tx, "g", &event("1")).unwrap());
        assert!(!first_time(&tx, "g", &event("1")).unwrap());
        assert!(first_time(&tx, "other", &event("1")).unwrap());
        tx.commit().unwrap();
        let tx = database.transaction().unwrap();
        assert!(!first_time(&tx, "g", &event("1")).unwrap());
    }

    #[test]
    fn b13_a_rollback_forgets() {
        let mut database = database();
        let tx = database.transaction().unwrap();
        assert!(first_time(&tx, "g", &event("1")).unwrap());
        drop(tx);
        let tx = database.transaction().unwrap();
        assert!(first_time(&tx, "g", &event("1")).unwrap());
    }

    #[test]
    fn memories_are_bounded_by_retention() {
        let mut database = database();
        let start = SystemTime::UNIX_EPOCH + RETENTION;
        let tx = database.transaction().unwrap();
        for index in 0..100 {
            first_time_at(&tx, "g", &event(&index.to_string()), start).unwrap();
        }
        let late = start + RETENTION + Duration::from_secs(1);
        for index in 100..125 {
            first_time_at(&tx, "g", &event(&index.to_string()), late).unwrap();
        }
        let kept: i64 =
            tx.query_row("SELECT COUNT(*) FROM treaty_inbox", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 25);
    }
}

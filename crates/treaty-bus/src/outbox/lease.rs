//! Lets one of several relays on one database work at a time.
//!
//! *Does not* carry the ordering: a relay always starts with the lowest row that is left, and
//! the bus absorbs repeats, so that two relays at once only do double work. *Holds*: a lease
//! that is not renewed ends by itself.

use std::time::{Duration, SystemTime};

use rusqlite::{OptionalExtension as _, Transaction, params};

/// Takes or renews the lease; otherwise says how long the other's still lasts.
pub(crate) fn acquire(
    tx: &Transaction<'_>,
    holder: &str,
    lease: Duration,
    now: SystemTime,
) -> rusqlite::Result<Result<(), Duration>> {
    let now = millis(now);
    let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let current: Option<(String, i64)> = tx
        .prepare_cached("SELECT holder, until_ms FROM treaty_outbox_lease WHERE one = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((other, until)) = current
        // A lease that lasts longer than any lease was written under a clock that ran ahead.
        && other != holder && until > now && until - now <= lease
    {
        return Ok(Err(Duration::from_millis(u64::try_from(until - now).unwrap_or_default())));
    }
    tx.prepare_cached(
        "INSERT INTO treaty_outbox_lease (one, holder, until_ms) VALUES (1, ?1, ?2)
         ON CONFLICT (one) DO UPDATE SET holder = ?1, until_ms = ?2",
    )?
    .execute(params![holder, now.saturating_add(lease)])?;
    Ok(Ok(()))
}

/// Gives the lease back, if it is the holder's.
pub(crate) fn release(connection: &rusqlite::Connection, holder: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM treaty_outbox_lease WHERE holder = ?1", [holder])?;
    Ok(())
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

//! Groups and their lanes, as they are on disk.

use std::time::Duration;

use contracts::treaty::bus::v1 as proto;
use prost::Message as _;
use rusqlite::params;
use tokio::time::Instant;

use super::{Log, sql};
use crate::broker::lanes::Row;

/// A group without its lanes.
#[derive(Debug, Clone)]
pub(crate) struct StoredGroup {
    pub(crate) open: proto::OpenGroup,
    pub(crate) cursor: u64,
    pub(crate) replay_before: u64,
}

impl Log {
    pub(crate) fn groups(&self) -> rusqlite::Result<Vec<StoredGroup>> {
        let mut statement = self.db.prepare_cached(
            "SELECT name, settings, cursor, replay_before FROM groups ORDER BY name",
        )?;
        let rows = statement.query_map([], |row| {
            let settings: Vec<u8> = row.get(1)?;
            // What this release wrote decodes; the name alone makes a group with defaults.
            let open = proto::OpenGroup::decode(settings.as_slice()).unwrap_or_default();
            Ok(StoredGroup {
                open: proto::OpenGroup { group: row.get(0)?, ..open },
                cursor: row.get::<_, i64>(2)?.cast_unsigned(),
                replay_before: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        })?;
        rows.collect()
    }

    pub(crate) fn write_group(&self, group: &StoredGroup) -> rusqlite::Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO groups (name, settings, cursor, replay_before) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE
                 SET settings = ?2, cursor = ?3, replay_before = ?4",
            )?
            .execute(params![
                group.open.group,
                group.open.encode_to_vec(),
                sql(group.cursor),
                sql(group.replay_before)
            ])?;
        Ok(())
    }

    pub(crate) fn delete_group(&mut self, name: &str) -> rusqlite::Result<()> {
        for table in
            ["groups WHERE name", "lanes WHERE group_name", "dead_letters WHERE group_name"]
        {
            self.db.execute(&format!("DELETE FROM {table} = ?1"), [name])?;
        }
        self.measure()
    }

    /// A group's lanes; `now` is the moment of `now_ms`.
    pub(crate) fn lanes(
        &self,
        group: &str,
        now: Instant,
        now_ms: i64,
    ) -> rusqlite::Result<Vec<(String, Row)>> {
        let mut statement = self.db.prepare_cached(
            "SELECT lane, head, attempts, until_ms, first_error, last_error, parked
             FROM lanes WHERE group_name = ?1",
        )?;
        let rows = statement.query_map([group], |row| {
            let until = row
                .get::<_, Option<i64>>(3)?
                .map(|until| now + Duration::from_millis((until - now_ms).max(0).cast_unsigned()));
            let lane = Row {
                head: row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned),
                attempts: row.get(2)?,
                until: until.filter(|until| *until > now),
                first_error: row.get(4)?,
                last_error: row.get(5)?,
                parked: row.get(6)?,
            };
            Ok((row.get(0)?, lane))
        })?;
        rows.collect()
    }

    pub(crate) fn write_lane(
        &self,
        group: &str,
        lane: &str,
        row: Option<&Row>,
        now: Instant,
        now_ms: i64,
    ) -> rusqlite::Result<()> {
        let Some(row) = row else {
            self.db
                .prepare_cached("DELETE FROM lanes WHERE group_name = ?1 AND lane = ?2")?
                .execute([group, lane])?;
            return Ok(());
        };
        let until = row.until.map(|until| {
            let wait = until.saturating_duration_since(now).as_millis();
            now_ms.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX))
        });
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO lanes
                 (group_name, lane, head, attempts, until_ms, first_error, last_error, parked)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                group,
                lane,
                row.head.map(sql),
                row.attempts,
                until,
                row.first_error,
                row.last_error,
                row.parked
            ])?;
        Ok(())
    }

    /// Forgets all lanes of a group.
    pub(crate) fn delete_lanes(&self, group: &str) -> rusqlite::Result<()> {
        self.db.execute("DELETE FROM lanes WHERE group_name = ?1", [group])?;
        Ok(())
    }
}

//! Carries events from an outbox to the bus.
//!
//! *Holds*: rows are read lowest id first, published in one batch, and deleted after the bus
//! acknowledged; a crash in between publishes them again, and the bus knows them by source and
//! id. A row that the bus will never take stays, is reported, and holds back the later rows of
//! its key only.

use std::sync::Arc;
use std::time::Duration;

use contracts::io::cloudevents::v1::CloudEvent;
use prost::Message as _;
use rusqlite::{TransactionBehavior, params};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::lease;
use crate::broker::Clock;
use crate::client::{Backoff, Channel, Client};
use crate::event::Event;

/// How a relay works.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many events one publish carries at most; 100.
    pub batch_events: u32,
    /// After how many bytes of events a batch is closed; 1 MiB.
    pub batch_bytes: usize,
    /// How often to look for rows of which nothing woke the relay; 250 ms.
    pub poll: Duration,
    /// How long this relay keeps others away after its last sign of life; 5 s.
    pub lease: Duration,
    /// How long a publish may take before it counts as failed; 4 s.
    pub publish_timeout: Duration,
    /// What time it is, for the lease.
    pub clock: Clock,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            batch_events: 100,
            batch_bytes: 1024 * 1024,
            poll: Duration::from_millis(250),
            lease: Duration::from_secs(5),
            publish_timeout: Duration::from_secs(4),
            clock: Clock::system(),
        }
    }
}

/// Wakes a relay after a commit, so that it need not wait for its next poll.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There are new rows.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// A task that empties one outbox.
#[derive(Debug)]
pub struct Relay<T> {
    database: tokio_rusqlite::Connection,
    client: Client<T>,
    config: Config,
    wake: Wake,
    holder: String,
}

/// What one round came to.
enum Round {
    /// Rows were published, or set aside; there may be more.
    Progress,
    /// There is nothing to publish.
    Idle,
    /// Another relay is at work, for at most this long.
    Leased(Duration),
}

#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error("the outbox failed: {0}")]
    Database(#[from] tokio_rusqlite::Error),
    #[error("the bus did not take the events: {0}")]
    Publish(#[from] tonic::Status),
}

struct Row {
    id: i64,
    event: Option<Event>,
}

impl<T: Channel> Relay<T> {
    /// A relay over a connection to the service's database; it may be the service's own.
    #[must_use]
    pub fn new(database: tokio_rusqlite::Connection, client: Client<T>) -> Self {
        Self::with_config(database, client, Config::default())
    }

    /// A relay that works as `config` says.
    #[must_use]
    pub fn with_config(
        database: tokio_rusqlite::Connection,
        client: Client<T>,
        config: Config,
    ) -> Self {
        let holder = Uuid::now_v7().to_string();
        Self { database, client, config, wake: Wake::default(), holder }
    }

    /// The handle that wakes this relay; any number of clones.
    #[must_use]
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }

    /// Publishes until `shutdown`; whatever fails is tried again with backoff.
    ///
    /// Rows that are left stay in the outbox for the next run.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut backoff = Backoff::random();
        while !shutdown.is_cancelled() {
            let pause = match self.round().await {
                Ok(Round::Progress) => {
                    backoff.reset();
                    continue;
                }
                Ok(Round::Idle) => {
                    backoff.reset();
                    self.config.poll
                }
                Ok(Round::Leased(left)) => {
                    let _ = tokio::time::timeout(left, shutdown.cancelled()).await;
                    continue;
                }
                Err(error) => {
                    let wait = backoff.next();
                    tracing::warn!(%error, ?wait, "events stay in the outbox");
                    let _ = tokio::time::timeout(wait, shutdown.cancelled()).await;
                    continue;
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.wake.0.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        let holder = self.holder.clone();
        let released =
            self.database.call(move |connection| lease::release(connection, &holder)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "the outbox lease ends by itself");
        }
    }

    async fn round(&self) -> Result<Round, RoundError> {
        let rows = match self.take().await? {
            Ok(rows) => rows,
            Err(left) => return Ok(Round::Leased(left)),
        };
        if rows.is_empty() {
            return Ok(Round::Idle);
        }
        for row in rows.iter().filter(|row| row.event.is_none()) {
            self.refuse(row.id, "the row is not an event".to_owned()).await?;
        }
        let rows: Vec<(i64, Event)> =
            rows.into_iter().filter_map(|row| Some((row.id, row.event?))).collect();
        match self.publish(&rows).await {
            Ok(()) => self.delete(&rows).await?,
            Err(status) if is_final(&status) => self.one_by_one(rows).await?,
            Err(status) => return Err(status.into()),
        }
        Ok(Round::Progress)
    }

    /// Finds the row that the bus refuses, and publishes those before it.
    async fn one_by_one(&self, rows: Vec<(i64, Event)>) -> Result<(), RoundError> {
        for row in rows {
            let one = std::slice::from_ref(&row);
            match self.publish(one).await {
                Ok(()) => self.delete(one).await?,
                // What follows may be of the same key; the next round knows.
                Err(status) if is_final(&status) => {
                    return self.refuse(row.0, status.message().to_owned()).await;
                }
                Err(status) => return Err(status.into()),
            }
        }
        Ok(())
    }

    async fn publish(&self, rows: &[(i64, Event)]) -> Result<(), tonic::Status> {
        if rows.is_empty() {
            return Ok(());
        }
        let events = rows.iter().map(|(_, event)| event.clone()).collect();
        match tokio::time::timeout(self.config.publish_timeout, self.client.publish(events)).await {
            Ok(answer) => answer.map(drop),
            Err(_) => Err(tonic::Status::deadline_exceeded("the bus did not answer in time")),
        }
    }

    /// The next rows in the order of their ids, if the lease can be had.
    async fn take(&self) -> Result<Result<Vec<Row>, Duration>, tokio_rusqlite::Error> {
        let Config { batch_events, batch_bytes, lease, .. } = self.config;
        let (holder, now) = (self.holder.clone(), self.config.clock.now());
        self.database
            .call(move |connection| {
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                if let Err(left) = lease::acquire(&tx, &holder, lease, now)? {
                    return Ok(Err(left));
                }
                let rows = read(&tx, batch_events, batch_bytes)?;
                tx.commit()?;
                Ok(Ok(rows))
            })
            .await
    }

    async fn delete(&self, rows: &[(i64, Event)]) -> Result<(), RoundError> {
        let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
        self.database
            .call(move |connection| {
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                for id in ids {
                    tx.prepare_cached("DELETE FROM treaty_outbox WHERE id = ?1")?.execute([id])?;
                }
                tx.commit()
            })
            .await?;
        Ok(())
    }

    async fn refuse(&self, id: i64, reason: String) -> Result<(), RoundError> {
        tracing::error!(row = id, reason, "the bus never takes this event; its key is held back");
        self.database
            .call(move |connection| {
                connection.execute(
                    "UPDATE treaty_outbox SET refused = ?2 WHERE id = ?1",
                    params![id, reason],
                )
            })
            .await?;
        Ok(())
    }
}

fn read(tx: &rusqlite::Transaction<'_>, events: u32, bytes: usize) -> rusqlite::Result<Vec<Row>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, event FROM treaty_outbox AS waiting
         WHERE refused IS NULL AND (lane = '' OR NOT EXISTS (
             SELECT 1 FROM treaty_outbox AS stuck
             WHERE stuck.lane = waiting.lane AND stuck.refused IS NOT NULL))
         ORDER BY id LIMIT ?1",
    )?;
    let mut found = statement.query([events])?;
    let (mut rows, mut size) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let (id, event): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        size += event.len();
        if !rows.is_empty() && size > bytes {
            break;
        }
        let event = CloudEvent::decode(event.as_slice()).ok().map(Event::from);
        rows.push(Row { id, event });
    }
    Ok(rows)
}

/// The bus judged the event and would judge the same again.
fn is_final(status: &tonic::Status) -> bool {
    matches!(status.code(), tonic::Code::InvalidArgument | tonic::Code::OutOfRange)
}

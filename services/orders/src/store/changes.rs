//! Tells watchers that the database may have changed, by this instance or another.
//!
//! *Does not* say what changed. — *Holds*: a change of this instance is told at once, one of
//! another after [`POLL`] at most; several may be told as one.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_rusqlite::Connection;
use tokio_util::sync::CancellationToken;

/// How often to look for changes of other instances while somebody watches.
const POLL: Duration = Duration::from_millis(100);

/// The news of one database; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    /// Never writes, so that its `data_version` moves with every write of anyone.
    reader: Connection,
    news: watch::Sender<()>,
}

impl Changes {
    pub(super) fn new(reader: Connection) -> Self {
        Self { reader, news: watch::Sender::new(()) }
    }

    /// From now on; look first, then wait.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    pub(super) fn tell(&self) {
        self.news.send_replace(());
    }

    /// Looks for changes of other instances until `shutdown`.
    pub(crate) async fn follow(self, shutdown: CancellationToken) {
        let mut known = None;
        let mut turns = tokio::time::interval(POLL);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = turns.tick() => {}
            }
            if self.news.receiver_count() == 0 {
                continue;
            }
            match self.version().await {
                Ok(version) if known == Some(version) => {}
                Ok(version) => {
                    known = Some(version);
                    self.tell();
                }
                Err(error) => tracing::warn!(%error, "cannot look for changes of the database"),
            }
        }
    }

    async fn version(&self) -> Result<i64, tokio_rusqlite::Error> {
        self.reader
            .call(|connection| {
                connection.pragma_query_value(None, "data_version", |row| row.get(0))
            })
            .await
    }
}

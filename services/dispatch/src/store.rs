//! Keeps shipments, and the events about them, in SQLite: the only place that knows SQL.
//!
//! *Holds*: any number of instances may share one file; writes go through one connection per
//! instance and take the database's write lock when they begin; what was committed is on disk.

mod open;
mod read;
mod write;

use std::path::Path;

use rusqlite::TransactionBehavior;
use tokio_rusqlite::Connection;
use treaty_bus::outbox::EnqueueError;

pub(crate) use write::Marked;

/// The database of shipments; clones share its connections.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: Connection,
    reader: Connection,
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the folder of the database cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the event was not enqueued: {0}")]
    Enqueue(#[from] EnqueueError),
    #[error("the database was closed")]
    Closed,
}

impl StoreError {
    /// Another instance held the database for too long, or the bus has been away for so long
    /// that the outbox is full; a later call may succeed.
    pub(crate) fn is_busy(&self) -> bool {
        match self {
            Self::Sqlite(error) | Self::Enqueue(EnqueueError::Database(error)) => {
                open::is_busy(error)
            }
            Self::Enqueue(EnqueueError::Full) => true,
            _ => false,
        }
    }
}

impl From<tokio_rusqlite::Error<Self>> for StoreError {
    fn from(error: tokio_rusqlite::Error<Self>) -> Self {
        match error {
            tokio_rusqlite::Error::Error(error) => error,
            tokio_rusqlite::Error::Close((_, error)) => Self::Sqlite(error),
            _ => Self::Closed,
        }
    }
}

impl Store {
    /// Opens the file, and makes it if it is not there.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = open::open(path).await?;
        let reader = open::open(path).await?;
        Ok(Self { writer, reader })
    }

    /// Where the outbox is, for its relay: the connection that writes, so that the two queue up
    /// instead of getting into each other's way.
    pub(crate) fn outbox(&self) -> Connection {
        self.writer.clone()
    }

    /// Reads one state of the database.
    async fn read<R: Send + 'static>(
        &self,
        query: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let answer = self.reader.call(move |connection| query(&connection.transaction()?)).await?;
        Ok(answer)
    }

    /// Changes everything or nothing.
    async fn write<R: Send + 'static>(
        &self,
        change: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let answer = self
            .writer
            .call(move |connection| -> Result<R, StoreError> {
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let answer = change(&tx)?;
                tx.commit()?;
                Ok(answer)
            })
            .await?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;

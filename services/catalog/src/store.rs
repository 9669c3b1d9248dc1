//! Keeps products and their stock in SQLite: the only place that knows SQL.
//!
//! *Holds*: any number of instances may share one file; writes go through one connection per
//! instance and take the database's write lock when they begin; what was committed is on disk.

mod changes;
mod open;
mod products;
mod stock;

use std::path::Path;

use rusqlite::TransactionBehavior;
use tokio_rusqlite::Connection;

pub(crate) use changes::Changes;

/// The catalog's database; clones share its connections.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: Connection,
    reader: Connection,
    changes: Changes,
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the folder of the database cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the database was closed")]
    Closed,
    #[error("product {0} is not known")]
    UnknownProduct(String),
}

impl StoreError {
    /// Another instance held the database for too long; a repeated call may succeed.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(error) if open::is_busy(error))
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
        let changes = Changes::new(reader.clone());
        Ok(Self { writer, reader, changes })
    }

    /// Tells when something may have changed.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Reads one state of the database.
    async fn read<R: Send + 'static>(
        &self,
        query: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let answer = self.reader.call(move |connection| query(&connection.transaction()?)).await?;
        Ok(answer)
    }

    /// Changes everything or nothing, and tells of it.
    async fn write<R: Send + 'static>(
        &self,
        change: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let changes = self.changes.clone();
        let answer = self
            .writer
            .call(move |connection| -> Result<R, StoreError> {
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let answer = change(&tx)?;
                tx.commit()?;
                changes.tell();
                Ok(answer)
            })
            .await?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;

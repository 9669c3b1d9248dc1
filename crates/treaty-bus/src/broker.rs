//! The bus itself: a durable log in SQLite, and groups that read it.
//!
//! One task, the writer, owns the database and the state of all groups. It takes whatever has
//! queued up, applies it, commits once, answers, and only then delivers; so a publish is
//! answered after the fsync, many publishes share one, and no event is shown before what
//! settled its predecessor is on disk. *Does not* listen on a socket: serve [`Broker::server`]
//! with any tonic server.

mod clock;
mod config;
mod error;
mod server;

use contracts::treaty::bus::v1::bus_service_server::BusServiceServer;
use tokio_util::sync::CancellationToken;

pub use clock::Clock;
pub use config::{Config, GroupDefaults, Limits};
pub use error::{OpenError, Stopped};
pub use server::BusServer;

/// A running bus.
#[derive(Debug)]
pub struct Broker {
    shutdown: CancellationToken,
}

impl Broker {
    /// Opens or creates the log and starts the bus's tasks.
    ///
    /// A tail that a crash tore is repaired: it held nothing that was acknowledged.
    ///
    /// # Errors
    /// [`OpenError`], also when the log's last records do not match their checksums.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let _ = config;
        todo!()
    }

    /// The implementation of `treaty.bus.v1.BusService`; clones serve the same bus.
    #[must_use]
    pub fn service(&self) -> BusServer {
        todo!()
    }

    /// The same, ready for a tonic router, with the message sizes that [`Limits`] allow.
    #[must_use]
    pub fn server(&self) -> BusServiceServer<BusServer> {
        BusServiceServer::new(self.service())
    }

    /// Waits for `shutdown`, then ends as [`Broker::shutdown`] does.
    ///
    /// # Errors
    /// [`Stopped`] when the bus ended by itself: it must be opened anew.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<(), Stopped> {
        shutdown.cancelled().await;
        self.shutdown().await;
        Ok(())
    }

    /// Ends all subscriptions, answers what is queued, and closes the log.
    pub async fn shutdown(&self) {
        self.shutdown.cancel();
    }
}

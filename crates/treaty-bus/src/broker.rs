//! The bus itself: a durable log in SQLite, and groups that read it.
//!
//! One task, the writer, owns the database and the state of all groups. It takes whatever has
//! queued up, applies it, commits once, answers, and only then delivers; so a publish is
//! answered after the fsync, many publishes share one, and no event is shown before what
//! settled its predecessor is on disk. *Does not* listen on a socket: serve [`Broker::server`]
//! with any tonic server.

mod checksum;
mod clock;
mod config;
mod error;
mod group;
mod lanes;
mod log;
mod machine;
mod server;
mod settings;
mod writer;

use std::sync::Arc;

use contracts::treaty::bus::v1::bus_service_server::BusServiceServer;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

pub use clock::Clock;
pub use config::{Config, GroupDefaults, Limits};
pub use error::{OpenError, Stopped};
pub use server::{BusServer, Deliveries};

use machine::Machine;
use writer::Queue;

/// A running bus. Dropping it ends it, without waiting.
#[derive(Debug)]
pub struct Broker {
    server: BusServer,
    /// Ends the writer, after the subscriptions.
    stop: CancellationToken,
    /// The writer has ended.
    ended: CancellationToken,
    _on_drop: (DropGuard, DropGuard),
}

impl Broker {
    /// Opens or creates the log and starts the bus's tasks.
    ///
    /// A tail that a crash tore is repaired: it held nothing that was acknowledged.
    ///
    /// # Errors
    /// [`OpenError`], also when a record is missing, or one of the last does not match its
    /// checksum.
    ///
    /// # Panics
    /// Outside a tokio runtime with time.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let (limits, now) = (config.limits.clone(), Instant::now());
        let opening = tokio::task::spawn_blocking(move || Machine::open(config, now));
        let machine = opening.await.map_err(|_| OpenError::Interrupted)??;
        let (queue, jobs) = Queue::new(limits.queue);
        let (stop, shutdown) = (CancellationToken::new(), CancellationToken::new());
        let ended = CancellationToken::new();
        let at_end = ended.clone().drop_guard();
        let running = writer::run(machine, jobs, limits.commit, stop.clone());
        tokio::spawn(
            async move {
                let _at_end = at_end;
                running.await;
            }
            .instrument(tracing::info_span!("bus_writer")),
        );
        let server = BusServer {
            queue,
            limits: Arc::new(limits),
            shutdown: shutdown.clone(),
            subscriptions: TaskTracker::new(),
        };
        let _on_drop = (shutdown.drop_guard(), stop.clone().drop_guard());
        Ok(Self { server, stop, ended, _on_drop })
    }

    /// The implementation of `treaty.bus.v1.BusService`; clones serve the same bus.
    #[must_use]
    pub fn service(&self) -> BusServer {
        self.server.clone()
    }

    /// The same, ready for a tonic router, with the message sizes that [`Limits`] allow.
    #[must_use]
    pub fn server(&self) -> BusServiceServer<BusServer> {
        let most = self.server.limits.message_bytes;
        BusServiceServer::new(self.service())
            .max_decoding_message_size(most)
            .max_encoding_message_size(most)
    }

    /// Waits for `shutdown`, then ends as [`Broker::shutdown`] does.
    ///
    /// # Errors
    /// [`Stopped`] when the bus ended by itself: it must be opened anew.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<(), Stopped> {
        tokio::select! {
            () = shutdown.cancelled() => {
                self.shutdown().await;
                Ok(())
            }
            () = self.ended.cancelled() => {
                if self.stop.is_cancelled() { Ok(()) } else { Err(Stopped) }
            }
        }
    }

    /// Ends all subscriptions, does and answers what has queued up, and closes the log.
    pub async fn shutdown(&self) {
        self.server.shutdown.cancel();
        self.server.subscriptions.close();
        self.server.subscriptions.wait().await;
        self.stop.cancel();
        self.ended.cancelled().await;
    }
}

//! Looks at the configuration files for changes and takes them on as a whole.
//!
//! *Holds*: files with findings change nothing; the last good state stays in force and
//! the findings are logged once per change.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use tokio_util::sync::CancellationToken;

use crate::authority::Authority;
use crate::config::Config;
use crate::documents::Documents;
use crate::state::State;

pub(crate) async fn follow(
    config: Arc<Config>,
    state: Arc<State>,
    authority: Arc<Authority>,
    shutdown: CancellationToken,
) {
    let Ok(id) = config.id() else { return };
    let mut seen = stamps(&config.documents);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(config.watch_interval) => {}
        }
        let now = stamps(&config.documents);
        if now == seen {
            continue;
        }
        seen = now;
        match Documents::read(&config.documents, &id) {
            Ok(documents) => {
                state.configure(&documents, &authority);
                tracing::info!("took on the changed configuration");
            }
            Err(findings) => {
                for finding in findings {
                    tracing::error!(%finding, "the configuration cannot be used; the old one stays in force");
                }
            }
        }
    }
}

/// When each file was changed last, and how long it is.
fn stamps(paths: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let stamp = |path: &PathBuf| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    paths.iter().map(stamp).collect()
}

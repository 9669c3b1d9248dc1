//! What the code under test logs, for tests that ask whether it says why.
//!
//! *Holds*: one buffer for the whole test binary, of bounded size; tests find their own
//! lines by something unique in them, such as a port.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tracing_subscriber::fmt::MakeWriter;

/// How long a line is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Lines that are kept; older ones are forgotten.
const MAX_LINES: usize = 20_000;

/// The captured lines; cheap to clone.
#[derive(Clone)]
pub struct Logs {
    lines: Arc<Mutex<VecDeque<String>>>,
    written: watch::Sender<u64>,
}

/// Starts to capture, once for all tests of the binary.
pub fn capture() -> &'static Logs {
    static LOGS: OnceLock<Logs> = OnceLock::new();
    LOGS.get_or_init(|| {
        let logs = Logs { lines: Arc::default(), written: watch::Sender::new(0) };
        // When something logs already, nothing is captured and the tests that ask will say so.
        let _ = tracing_subscriber::fmt()
            .with_env_filter("info")
            .with_ansi(false)
            .with_writer(logs.clone())
            .try_init();
        logs
    })
}

impl Logs {
    /// Waits for a line that holds all of these parts, and returns it.
    ///
    /// # Panics
    /// When there is none within half a minute.
    pub async fn line_with(&self, parts: &[&str]) -> String {
        tokio::time::timeout(PATIENCE, self.find(parts))
            .await
            .unwrap_or_else(|_| panic!("nothing was logged with {parts:?}"))
    }

    async fn find(&self, parts: &[&str]) -> String {
        let mut written = self.written.subscribe();
        loop {
            written.mark_unchanged();
            let found = {
                let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.iter().find(|line| parts.iter().all(|part| line.contains(part))).cloned()
            };
            if let Some(line) = found {
                return line;
            }
            if written.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(String::from_utf8_lossy(bytes).trim_end().to_owned());
        drop(lines);
        self.written.send_modify(|count| *count += 1);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

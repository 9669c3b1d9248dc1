//! One process: started, logged, started again when it ends, and ended in the end.
//!
//! *Holds*: it runs in a process group of its own, so that Ctrl-C reaches only us and the
//! order of ending is ours; it ends with us, because we hold its standard input open.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use treaty_core::backoff;

use super::console::Console;

/// A process that lived this long was well, so the next wait begins small again.
const WELL_AFTER: Duration = Duration::from_secs(10);
/// A log file that grows beyond this is moved aside, in place of an earlier one.
const MAX_LOG_BYTES: u64 = 10 << 20;
/// Said of a process that has to be killed.
const DID_NOT_END: &str = "did not end in time and is killed";
/// The longest log line that is kept whole.
const MAX_LINE_BYTES: usize = 16 << 10;

/// How to start a process.
#[derive(Debug, Clone)]
pub(super) struct Process {
    /// Unique in the mesh, such as `catalog-1`.
    pub(super) name: String,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) log: PathBuf,
    pub(super) pid: PathBuf,
    /// How long it may take to end.
    pub(super) grace: Duration,
}

/// What ends processes.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// End, with grace.
    pub(super) soon: CancellationToken,
    /// End at once.
    pub(super) now: CancellationToken,
}

impl Process {
    /// Keeps the process running until told to stop it.
    pub(super) async fn keep_running(self, console: Console, stop: Stop) {
        let mut failures = 0;
        while !stop.soon.is_cancelled() {
            let started = Instant::now();
            match self.run_once(&console, &stop).await {
                Ok(_) if stop.soon.is_cancelled() => break,
                Ok(status) => console.trouble(&self.name, &format!("ended: {status}")),
                Err(error) => console.trouble(&self.name, &format!("cannot start: {error}")),
            }
            failures = if started.elapsed() >= WELL_AFTER { 1 } else { failures + 1 };
            let wait = backoff::Config::default().wait(failures, fastrand::u64(..));
            console.say(&format!(
                "    starting {} again in {:.1} s",
                self.name,
                wait.as_secs_f64()
            ));
            tokio::select! {
                () = stop.soon.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn run_once(&self, console: &Console, stop: &Stop) -> std::io::Result<ExitStatus> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        if let Some(pid) = child.id() {
            std::fs::write(&self.pid, pid.to_string())?;
        }
        let log = Arc::new(Mutex::new(LogFile::open(&self.log)?));
        let out = child.stdout.take().map(|out| self.copy(out, console, &log));
        let err = child.stderr.take().map(|err| self.copy(err, console, &log));
        // Held until the process has ended; its end tells the process that we are gone.
        let input = child.stdin.take();
        let status = self.wait(&mut child, console, stop).await;
        drop(input);
        for copy in [out, err].into_iter().flatten() {
            let _ = tokio::time::timeout(Duration::from_secs(1), copy).await;
        }
        let _ = std::fs::remove_file(&self.pid);
        status
    }

    async fn wait(
        &self,
        child: &mut Child,
        console: &Console,
        stop: &Stop,
    ) -> std::io::Result<ExitStatus> {
        tokio::select! {
            status = child.wait() => return status,
            () = stop.soon.cancelled() => {}
        }
        signal(child, Signal::SIGTERM);
        tokio::select! {
            status = child.wait() => return status,
            () = stop.now.cancelled() => {}
            () = tokio::time::sleep(self.grace) => {}
        }
        console.trouble(&self.name, DID_NOT_END);
        signal(child, Signal::SIGKILL);
        child.wait().await
    }

    /// Copies lines to the log file and to the console.
    fn copy(
        &self,
        from: impl AsyncRead + Unpin + Send + 'static,
        console: &Console,
        log: &Arc<Mutex<LogFile>>,
    ) -> tokio::task::JoinHandle<()> {
        let (name, console, log) = (self.name.clone(), console.clone(), Arc::clone(log));
        tokio::spawn(async move {
            let mut reader = BufReader::with_capacity(MAX_LINE_BYTES, from);
            let mut line = Vec::new();
            while let Ok(read) = read_line(&mut reader, &mut line).await {
                if read == 0 {
                    return;
                }
                let text = String::from_utf8_lossy(&line);
                let text = text.trim_end();
                log.lock().unwrap_or_else(PoisonError::into_inner).write(text);
                console.logged(&name, text);
            }
        })
    }
}

/// Reads a line, or as much of a very long one as the buffer holds.
async fn read_line<R: AsyncRead + Unpin>(
    reader: &mut BufReader<R>,
    line: &mut Vec<u8>,
) -> std::io::Result<usize> {
    line.clear();
    while line.len() < MAX_LINE_BYTES {
        let buffer = reader.fill_buf().await?;
        let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        line.extend_from_slice(&buffer[..used]);
        reader.consume(used);
        if done {
            break;
        }
    }
    Ok(line.len())
}

fn signal(child: &Child, signal: Signal) {
    if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
        // It may have ended by itself meanwhile; we have not waited for it yet, so the id
        // is still its own.
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// A log file of bounded size.
struct LogFile {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl LogFile {
    fn open(path: &std::path::Path) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, bytes })
    }

    /// Appends a line; a full disk loses log lines, not the process.
    fn write(&mut self, line: &str) {
        if self.bytes > MAX_LOG_BYTES {
            let _ = std::fs::rename(&self.path, self.path.with_extension("log.1"));
            if let Ok(fresh) = Self::open(&self.path) {
                *self = fresh;
            }
        }
        if writeln!(self.file, "{line}").is_ok() {
            self.bytes += line.len() as u64 + 1;
        }
    }
}

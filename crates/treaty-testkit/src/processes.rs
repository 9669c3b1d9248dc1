//! The same mesh as the processes of `treaty up`, for tests that kill them.
//!
//! *Holds*: programs are built before they are run; the supervisor ends with the test, and
//! everything else with the supervisor.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::plain::Plain;

/// Building may have to compile everything first.
const BUILD_TIMEOUT: Duration = Duration::from_secs(900);
const READY_TIMEOUT: Duration = Duration::from_secs(60);
const END_TIMEOUT: Duration = Duration::from_secs(30);

/// A running `treaty up`.
pub struct Processes {
    folder: TempDir,
    supervisor: Child,
    /// Reads what is said after it was ready, so that nothing waits for a reader.
    output: JoinHandle<std::io::Result<Vec<String>>>,
    plaintext: SocketAddr,
}

impl Processes {
    /// Builds the programs of the workspace and runs the mesh of a file.
    ///
    /// # Errors
    /// When something cannot be built or does not become ready.
    pub async fn up(workspace: &Path, file: &Path) -> anyhow::Result<Self> {
        let programs = build(workspace).await?;
        let folder = tempfile::tempdir()?;
        let (tls, plaintext) = (free_address()?, free_address()?);
        let mut supervisor = Command::new(programs.join("treaty"))
            .arg("up")
            .arg("--file")
            .arg(file)
            .arg("--state")
            .arg(folder.path())
            .args(["--tls", &tls.to_string(), "--plaintext", &plaintext.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = supervisor.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = async {
            let mut said = Vec::new();
            while let Some(line) = lines.next_line().await? {
                if line.starts_with("ready in") {
                    return Ok(());
                }
                said.push(line);
            }
            bail!("`treaty up` ended before it was ready:\n{}", said.join("\n"))
        };
        tokio::time::timeout(READY_TIMEOUT, ready).await.context("not ready in time")??;
        let output = tokio::spawn(read_all(lines));
        Ok(Self { folder, supervisor, output, plaintext })
    }

    /// A connection to the gateway.
    ///
    /// # Errors
    /// When the gateway does not answer.
    pub async fn outside(&self) -> anyhow::Result<Plain> {
        Plain::connect(self.plaintext).await
    }

    /// Ends a process as the kernel would when memory is short: at once, unasked.
    ///
    /// # Errors
    /// When it does not run now.
    pub fn kill(&self, process: &str) -> anyhow::Result<()> {
        let pid = std::fs::read_to_string(self.folder.path().join(format!("run/{process}.pid")))
            .with_context(|| format!("{process} does not run"))?;
        Ok(kill(Pid::from_raw(pid.trim().parse()?), Signal::SIGKILL)?)
    }

    /// Whether a process runs now, and as which.
    pub fn pid(&self, process: &str) -> Option<i32> {
        let pid = std::fs::read_to_string(self.folder.path().join(format!("run/{process}.pid")));
        pid.ok()?.trim().parse().ok()
    }

    /// The folder with data and logs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Kills `treaty up` itself, which then can end nobody, and closes what it read; tells whether
    /// all that it had started ended by itself.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn kill_supervisor(mut self) -> anyhow::Result<bool> {
        let mut left = Vec::new();
        for entry in std::fs::read_dir(self.folder.path().join("run"))? {
            left.push(std::fs::read_to_string(entry?.path())?.trim().parse()?);
        }
        anyhow::ensure!(!left.is_empty(), "`treaty up` runs nothing");
        self.supervisor.kill().await?;
        let ended = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(50));
            while !left.is_empty() {
                ticks.tick().await;
                left.retain(|pid| kill(Pid::from_raw(*pid), None).is_ok());
            }
        };
        let all = tokio::time::timeout(END_TIMEOUT, ended).await.is_ok();
        left.iter().for_each(|pid| _ = kill(Pid::from_raw(*pid), Signal::SIGKILL));
        Ok(all)
    }

    /// Ends everything as Ctrl-C does, and tells what was said after it was ready.
    ///
    /// # Errors
    /// When it does not end in time or does not end well.
    pub async fn end(mut self) -> anyhow::Result<Vec<String>> {
        let pid = self.supervisor.id().context("`treaty up` has ended by itself")?;
        kill(Pid::from_raw(i32::try_from(pid)?), Signal::SIGINT)?;
        let ended = async {
            let said = (&mut self.output).await??;
            let status = self.supervisor.wait().await?;
            if !status.success() {
                bail!("`treaty up` ended with {status}:\n{}", said.join("\n"));
            }
            Ok(said)
        };
        tokio::time::timeout(END_TIMEOUT, ended).await.context("did not end in time")?
    }
}

async fn read_all(mut lines: Lines<BufReader<ChildStdout>>) -> std::io::Result<Vec<String>> {
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        said.push(line);
    }
    Ok(said)
}

/// Builds all programs; returns the folder that they are in.
async fn build(workspace: &Path) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let building = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--quiet", "--message-format=short"])
        .current_dir(workspace)
        .stdin(Stdio::null())
        .output();
    let built = tokio::time::timeout(BUILD_TIMEOUT, building).await.context("building")??;
    if !built.status.success() {
        bail!("cannot build the programs:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.join("target"), |folder| workspace.join(folder));
    Ok(target.join("debug"))
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

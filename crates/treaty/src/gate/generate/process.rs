//! Runs one program to its end: bytes in, bytes out. — *Holds*: it runs in a process group of its
//! own, which is killed when the run fails or is given up, so that nothing that it started stays.

use std::io;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// No protobuf message is larger.
const MAX_ANSWER_BYTES: u64 = (1 << 31) - 1;
/// What a program says beyond this is not kept.
const MAX_SAID_BYTES: u64 = 1 << 20;

/// What came of a run.
#[derive(Debug)]
pub(super) struct Ended {
    /// Standard output, if it went well.
    pub(super) answer: anyhow::Result<Vec<u8>>,
    /// Standard error.
    pub(super) said: Vec<u8>,
}

/// Kills the group unless told that all is well.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may be gone already.
            _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// Runs a program.
pub(super) async fn run(program: &Path, arguments: &[String], input: &[u8]) -> Ended {
    let mut said = Vec::new();
    let answer = run_to_end(program, arguments, input, &mut said).await;
    Ended { answer, said }
}

async fn run_to_end(
    program: &Path,
    arguments: &[String],
    input: &[u8],
    said: &mut Vec<u8>,
) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let mut group = Group(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw));
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async move {
        let Some(mut stdin) = stdin else { return Ok(()) };
        match stdin.write_all(input).await {
            // A program need not read what it does not want to know.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    };
    let mut answer = Vec::new();
    let (written, read, heard, status) = tokio::join!(
        write,
        read(stdout, &mut answer, MAX_ANSWER_BYTES),
        read(stderr, said, MAX_SAID_BYTES),
        child.wait()
    );
    let status = status.context("cannot wait for the end")?;
    if !status.success() {
        bail!("{status}");
    }
    written.context("cannot write the request")?;
    heard.context("cannot read what it says")?;
    ensure!(read.context("cannot read the answer")?, "the answer is larger than 2 GiB");
    group.0 = None;
    Ok(answer)
}

/// Reads to the end; false if there was more than is kept.
async fn read(
    from: Option<impl AsyncRead + Unpin>,
    into: &mut Vec<u8>,
    limit: u64,
) -> io::Result<bool> {
    let Some(mut from) = from else { return Ok(true) };
    (&mut from).take(limit).read_to_end(into).await?;
    // The rest is read and dropped, so that the writer does not wait for ever.
    let rest = tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok(rest == 0)
}

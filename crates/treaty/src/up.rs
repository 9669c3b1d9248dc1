//! `treaty up`: a whole mesh on one machine, from one file.
//!
//! *Holds*: Ctrl-C ends everything and leaves no process behind; what crashes is started
//! again; what services keep is found again by the next run.

mod console;
mod folder;
mod plan;
mod process;
mod readiness;
mod report;
mod supervisor;
mod tiers;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use console::Console;
use plan::Plan;

/// Options of `treaty up`.
#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  treaty up\n  treaty up --plaintext 127.0.0.1:9080 --logs\n  \
    treaty up --file services/mesh.yaml --state .treaty --log-format json")]
pub(crate) struct Args {
    /// What runs in the mesh
    #[arg(long, default_value = "services/mesh.yaml")]
    file: PathBuf,
    /// The folder for identities, data and logs
    #[arg(long, default_value = ".treaty")]
    state: PathBuf,
    /// Where the gateway speaks TLS, in place of the file's address
    #[arg(long, value_name = "ADDRESS")]
    tls: Option<SocketAddr>,
    /// Where the gateway speaks plaintext, in place of the file's address
    #[arg(long, value_name = "ADDRESS")]
    plaintext: Option<SocketAddr>,
    /// Show every log line, not only warnings
    #[arg(long)]
    logs: bool,
    /// How log lines look
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}

/// Runs the mesh until Ctrl-C.
pub(crate) async fn up(args: Args) -> anyhow::Result<()> {
    let mut plan = Plan::read(&args.file)?;
    plan.listen_on(args.tls, args.plaintext)?;
    let console = Console::new(args.logs, args.log_format == LogFormat::Json);
    let folder = folder::Folder::open(&args.state, &plan)?;
    supervisor::run(plan, folder, console).await
}

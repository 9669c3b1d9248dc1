//! Starts the processes of a mesh, watches over them, and ends them in order.
//!
//! *Holds*: control is up before anyone asks it; on the way down the gateway ends first,
//! then services, then the bus, then control, each with time to finish its calls.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::console::Console;
use super::folder::Folder;
use super::plan::Plan;
use super::process::{Process, Stop};
use super::report;
use super::tiers::tiers;

/// The processes that end together.
struct Tier {
    processes: Vec<Process>,
    stop: CancellationToken,
    running: JoinSet<()>,
}

impl Tier {
    fn new(processes: Vec<Process>) -> Self {
        Self { processes, stop: CancellationToken::new(), running: JoinSet::new() }
    }
}

/// Runs the mesh until a signal ends it.
pub(super) async fn run(plan: Plan, folder: Folder, console: Console) -> anyhow::Result<()> {
    let started = Instant::now();
    check_free("--tls", plan.gateway.tls)?;
    if let Some(address) = plan.gateway.plaintext {
        check_free("--plaintext", address)?;
    }
    let control = free_address()?;
    let shown = folder.root().display();
    console.say(&format!(
        "treaty up: {} in {}, state in {shown}\n",
        plan.namespace, plan.trust_domain
    ));
    let mut signals = Signals::new()?;
    let now = CancellationToken::new();
    let mut tiers = tiers(&plan, &folder, control, console.json())?.map(Tier::new);
    let names: Vec<String> =
        tiers.iter().flat_map(|tier| &tier.processes).map(|process| process.name.clone()).collect();
    let running = async {
        for (rank, tier) in tiers.iter_mut().enumerate() {
            for process in &tier.processes {
                let stop = Stop { soon: tier.stop.clone(), now: now.clone() };
                tier.running.spawn(process.clone().keep_running(console.clone(), stop));
            }
            if rank == 0 {
                wait_for_file(&folder.ca()).await;
            }
        }
        report::watch(&plan, &folder, control, &console, &names, started).await
    };
    let outcome = tokio::select! {
        outcome = running => outcome,
        () = signals.next() => Ok(()),
    };
    console.say("\nending: calls in flight are finished first; Ctrl-C again ends at once");
    let ending = async {
        for tier in tiers.iter_mut().rev() {
            tier.stop.cancel();
            while tier.running.join_next().await.is_some() {}
        }
    };
    let at_once = async {
        signals.next().await;
        now.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = ending => {}
        () = at_once => {}
    }
    console.say("ended");
    console.finish();
    outcome
}

/// Control makes its certificate in its first run, before anyone else may start.
async fn wait_for_file(path: &Path) {
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn check_free(option: &str, address: SocketAddr) -> anyhow::Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "{address} is taken by another program; end it, or choose another address with {option} {}:PORT",
            address.ip()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on loopback")?;
    Ok(listener.local_addr()?)
}

/// SIGINT and SIGTERM.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

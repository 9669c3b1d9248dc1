//! Starts the processes of a mesh, watches over them, and ends them in order.
//!
//! *Holds*: control is up before anyone asks it; on the way down the gateway ends first,
//! then services, then the bus, then control, each with time to finish its calls.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::console::Console;
use super::folder::Folder;
use super::plan::Plan;
use super::process::{Process, Stop};
use super::readiness::Readiness;

/// How long calls in flight may go on when the mesh ends.
const DRAIN: Duration = Duration::from_secs(3);
/// How long a process may take to end, draining included.
const GRACE: Duration = Duration::from_secs(6);
/// When not everything is ready by then, say so.
const SLOW: Duration = Duration::from_secs(20);

/// The processes that end together.
struct Tier {
    processes: Vec<Process>,
    stop: CancellationToken,
    running: JoinSet<()>,
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
    let mut tiers = tiers(&plan, &folder, control, &console)?;
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
        watch(&plan, &folder, control, &console, &names, started).await
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
    outcome
}

/// In the order of starting: control; bus; services; gateway.
fn tiers(
    plan: &Plan,
    folder: &Folder,
    control: SocketAddr,
    console: &Console,
) -> anyhow::Result<Vec<Tier>> {
    let this = std::env::current_exe().context("cannot find this program's own file")?;
    let make = Make { plan, folder, control, json: console.json() };
    let mut arguments = vec!["control".to_owned()];
    for (option, value) in [
        ("--listen", control.to_string()),
        ("--folder", folder.root().display().to_string()),
        ("--trust-domain", plan.trust_domain.clone()),
        ("--namespace", plan.namespace.clone()),
    ] {
        arguments.extend([option.to_owned(), value]);
    }
    arguments.extend(plan.configuration.iter().map(|file| file.display().to_string()));
    let control = make.process("control", "control", this.clone(), arguments)?;
    let bus = make.process("bus", "bus", this.clone(), vec!["bus".to_owned()])?;
    let mut services = Vec::new();
    for service in &plan.services {
        let run = service.run.clone().unwrap_or_else(|| PathBuf::from(&service.name));
        let program = find_program(&this, &run)?;
        for instance in 1..=service.instances {
            let name = format!("{}-{instance}", service.name);
            services.push(make.process(&name, &service.name, program.clone(), Vec::new())?);
        }
    }
    let mut arguments = vec!["gateway".to_owned(), "--tls".to_owned()];
    arguments.push(plan.gateway.tls.to_string());
    if let Some(address) = plan.gateway.plaintext {
        arguments.extend(["--plaintext".to_owned(), address.to_string()]);
    }
    for name in &plan.gateway.names {
        arguments.extend(["--name".to_owned(), name.clone()]);
    }
    let gateway = make.process("gateway", "gateway", this, arguments)?;
    let tiers = [vec![control], vec![bus], services, vec![gateway]];
    Ok(tiers
        .map(|processes| Tier {
            processes,
            stop: CancellationToken::new(),
            running: JoinSet::new(),
        })
        .into())
}

struct Make<'a> {
    plan: &'a Plan,
    folder: &'a Folder,
    control: SocketAddr,
    json: bool,
}

impl Make<'_> {
    fn process(
        &self,
        name: &str,
        workload: &str,
        program: PathBuf,
        arguments: Vec<String>,
    ) -> anyhow::Result<Process> {
        let folder = self.folder;
        let path = |path: PathBuf| path.display().to_string();
        let format = if self.json { "json" } else { "text" };
        let environment = [
            ("TREATY_ID", self.plan.id(workload)?.to_string()),
            ("TREATY_NODE", name.to_owned()),
            ("TREATY_CONTROL", self.control.to_string()),
            ("TREATY_TRUST_BUNDLE", path(folder.ca())),
            ("TREATY_JOIN_TOKEN_FILE", path(folder.token(workload))),
            ("TREATY_DATA_DIR", path(folder.data(workload))),
            ("TREATY_DRAIN_SECONDS", DRAIN.as_secs().to_string()),
            ("TREATY_SUPERVISED", "1".to_owned()),
            ("TREATY_LOG_FORMAT", format.to_owned()),
        ];
        Ok(Process {
            name: name.to_owned(),
            program,
            arguments,
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
            log: folder.log(name),
            pid: folder.pid(name),
            grace: GRACE,
        })
    }
}

/// Tells what becomes ready, then goes on for ever.
async fn watch(
    plan: &Plan,
    folder: &Folder,
    control: SocketAddr,
    console: &Console,
    names: &[String],
    started: Instant,
) -> anyhow::Result<()> {
    let operator = plan.id("operator")?;
    let readiness =
        Readiness::join(operator, control.to_string(), folder.ca(), folder.token("operator"))
            .await?;
    console.ready("control", &control.to_string(), started.elapsed());
    let mut waiting: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| *name != "control").collect();
    let mut seen = 0;
    while !waiting.is_empty() {
        let ready = readiness.ready();
        waiting.retain(|name| match ready.get(*name) {
            Some(endpoint) => {
                let detail = match (*name, plan.gateway.plaintext) {
                    ("gateway", Some(plaintext)) => {
                        format!("{} TLS, {plaintext} plaintext", endpoint.address)
                    }
                    _ => format!("{}, http://{}/metrics", endpoint.address, endpoint.admin_address),
                };
                console.ready(name, &detail, started.elapsed());
                false
            }
            None => true,
        });
        if waiting.is_empty() {
            break;
        }
        if tokio::time::timeout(SLOW, readiness.changed(&mut seen)).await.is_err() {
            let logs = folder.root().join("logs");
            let waiting = waiting.join(", ");
            console.say(&format!(
                "  still waiting for {waiting}; their logs are in {}",
                logs.display()
            ));
        }
    }
    tell_how_to_call(plan, folder, console, started);
    std::future::pending().await
}

fn tell_how_to_call(plan: &Plan, folder: &Folder, console: &Console, started: Instant) {
    console.say(&format!("\nready in {:.1} s. Call it:\n", started.elapsed().as_secs_f64()));
    let ca = shorten(&folder.ca());
    for example in &plan.examples {
        let example =
            example.replace("{tls}", &plan.gateway.tls.to_string()).replace("{ca}", &ca).replace(
                "{plaintext}",
                &plan.gateway.plaintext.map(|a| a.to_string()).unwrap_or_default(),
            );
        console.say(&format!("  {example}"));
    }
    let logs = shorten(&folder.root().join("logs"));
    console.say(&format!("\nCtrl-C ends everything. Logs are in {logs}.\n"));
}

/// Relative to the current folder, where that is shorter to type.
fn shorten(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
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

/// Beside this program, or in PATH.
fn find_program(this: &Path, run: &Path) -> anyhow::Result<PathBuf> {
    let beside = this.with_file_name(run);
    if run.is_absolute() && run.is_file() {
        return Ok(run.to_owned());
    }
    if beside.is_file() {
        return Ok(beside);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(run)).find(|file| file.is_file()).with_context(
        || {
            format!(
                "there is no program `{}` beside {} or in PATH; build it with `cargo build --workspace`",
                run.display(),
                this.display()
            )
        },
    )
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

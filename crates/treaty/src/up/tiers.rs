//! Which processes make a mesh, and how each is started.
//!
//! *Holds*: a process learns who it is from its environment, and its secret from a file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use super::folder::Folder;
use super::plan::Plan;
use super::process::Process;

/// How long calls in flight may go on when the mesh ends.
const DRAIN: Duration = Duration::from_secs(3);
/// How long a process may take to end: calls drain, then background work ends in as much
/// again, with a second of margin for each.
const GRACE: Duration = Duration::from_secs(2 * (DRAIN.as_secs() + 1) + 1);

/// In the order of starting: control; bus; services; gateway.
pub(super) fn tiers(
    plan: &Plan,
    folder: &Folder,
    control: SocketAddr,
    json: bool,
) -> anyhow::Result<[Vec<Process>; 4]> {
    let this = std::env::current_exe().context("cannot find this program's own file")?;
    let make = Make { plan, folder, control, json };
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
    Ok([vec![control], vec![bus], services, vec![gateway]])
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

//! The folder that outlives a run: identities, data, logs.
//!
//! *Holds*: one `treaty up` at a time; secrets, data and logs are for their owner only; join
//! tokens are new for every run.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use treaty_control::Grant;

use super::plan::Plan;

/// The folder of a mesh, locked for this run.
pub(super) struct Folder {
    root: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes what is missing, takes the lock, and writes new join tokens.
    pub(super) fn open(root: &Path, plan: &Plan) -> anyhow::Result<Self> {
        let root = std::path::absolute(root)?;
        for folder in ["control", "tokens", "data", "logs", "run"] {
            let folder = root.join(folder);
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let lock = lock(&root.join("lock"))?;
        let folder = Self { root, _lock: lock };
        folder.write_tokens(plan)?;
        Ok(folder)
    }

    fn write_tokens(&self, plan: &Plan) -> anyhow::Result<()> {
        let mut grants = Vec::new();
        for workload in plan.workloads() {
            let mut secret = [0_u8; 32];
            getrandom::fill(&mut secret)
                .map_err(|error| anyhow::anyhow!("no randomness for join tokens: {error}"))?;
            let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            write_secret(&self.token(workload), &token)?;
            let names = if workload == "gateway" { plan.gateway.names.clone() } else { Vec::new() };
            grants.push(Grant::new(&token, &plan.id(workload)?, names));
            fs::create_dir_all(self.data(workload))?;
        }
        write_secret(
            &self.root.join("control/tokens.json"),
            &serde_json::to_string_pretty(&grants)?,
        )
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The CA's certificate, for everyone.
    pub(super) fn ca(&self) -> PathBuf {
        self.root.join("ca.pem")
    }

    /// The join token of a workload.
    pub(super) fn token(&self, workload: &str) -> PathBuf {
        self.root.join("tokens").join(workload)
    }

    /// The data of a workload, shared by its instances.
    pub(super) fn data(&self, workload: &str) -> PathBuf {
        self.root.join("data").join(workload)
    }

    /// The log of a process.
    pub(super) fn log(&self, process: &str) -> PathBuf {
        self.root.join("logs").join(format!("{process}.log"))
    }

    /// Where the process id of a running process stands.
    pub(super) fn pid(&self, process: &str) -> PathBuf {
        self.root.join("run").join(format!("{process}.pid"))
    }
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(false).read(true).write(true).open(path)?;
    if file.try_lock().is_err() {
        let mut owner = String::new();
        file.read_to_string(&mut owner)?;
        bail!(
            "another `treaty up` (process {}) uses {}; end it, or choose another folder with --state",
            owner.trim(),
            path.parent().unwrap_or(path).display()
        );
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    // A file that is already there keeps its mode, so it is made anew.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    let written = options
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))
}

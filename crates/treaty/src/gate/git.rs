//! Reads protos out of a git repository, with the `git` program.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use treaty_engine::Sources;

/// All `.proto` files and `buf.yaml`s of a revision below a folder of the repository, by their path
/// from that folder; `folder` is empty for the whole repository.
pub(super) fn files(repository: &Path, revision: &str, folder: &str) -> anyhow::Result<Sources> {
    let commit = format!("{revision}^{{commit}}");
    let shown = repository.display();
    run(repository, &["rev-parse", "--git-dir"], None)
        .with_context(|| format!("{shown} is not in a git repository"))?;
    let tree =
        run(repository, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], None)
            .map_err(|_| {
            anyhow::anyhow!("the git repository at {shown} has no revision `{revision}`")
        })?;
    let tree = String::from_utf8(tree)?.trim().to_owned();
    let list = run(repository, &["ls-tree", "-r", "-z", "--full-tree", &tree], None)?;
    let prefix =
        if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_matches('/')) };
    let mut wanted = Vec::new();
    for entry in list.split(|byte| *byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        let Some((meta, path)) = entry.split_once('\t') else { continue };
        let is_wanted = path.ends_with(".proto") || path.ends_with("buf.yaml");
        let object = meta.split(' ').nth(2);
        if let (Some(name), Some(object), true) = (path.strip_prefix(&prefix), object, is_wanted) {
            wanted.push((name.to_owned(), object.to_owned()));
        }
    }
    contents(repository, wanted)
}

/// The path of a folder within its repository; empty at the top.
pub(super) fn prefix(folder: &Path) -> anyhow::Result<String> {
    let prefix = run(folder, &["rev-parse", "--show-prefix"], None)
        .with_context(|| format!("{} is not in a git repository", folder.display()))?;
    Ok(String::from_utf8(prefix)?.trim().trim_end_matches('/').to_owned())
}

/// Reads the objects in one run of `git cat-file`.
fn contents(repository: &Path, wanted: Vec<(String, String)>) -> anyhow::Result<Sources> {
    let asked: String = wanted.iter().map(|(_, object)| format!("{object}\n")).collect();
    let answer = run(repository, &["cat-file", "--batch"], Some(asked.into_bytes()))?;
    let mut rest = &answer[..];
    let mut sources = Sources::new();
    for (name, _) in wanted {
        let end =
            rest.iter().position(|byte| *byte == b'\n').context("git cat-file ended early")?;
        let header = String::from_utf8_lossy(&rest[..end]);
        let size: usize = header
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse().ok())
            .with_context(|| format!("git cat-file answered `{header}`"))?;
        let body = rest.get(end + 1..end + 1 + size).context("git cat-file ended early")?;
        let text =
            String::from_utf8(body.to_vec()).with_context(|| format!("{name} is not UTF-8"))?;
        sources.insert(name, text.into());
        rest = rest.get(end + 2 + size..).unwrap_or_default();
    }
    Ok(sources)
}

fn run(folder: &Path, arguments: &[&str], input: Option<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().context("cannot run `git`: is it installed?")?;
    let writer = input.zip(child.stdin.take()).map(|(input, mut pipe)| {
        // Beside reading, so that neither side waits for the other with a full pipe.
        std::thread::spawn(move || pipe.write_all(&input))
    });
    let output = child.wait_with_output().context("cannot run `git`")?;
    if let Some(writer) = writer {
        _ = writer.join();
    }
    if !output.status.success() {
        bail!("git {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

//! Reads protos and configuration out of git repositories, with the `git` program. — *Does not*
//! write to a repository, or read links. — *Holds*: a repository on this machine costs two runs of
//! `git`, however many files it has; a remote one, or one with submodules, is cloned.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::bucket::{Bucket, Folder, is_wanted};
use super::reference::{GitOptions, Reference};

type Files = BTreeMap<String, Vec<u8>>;

/// The wanted files of a repository by path from its top.
pub(super) fn files(reference: &Reference) -> anyhow::Result<Files> {
    let path = reference.path.as_str();
    let remote = path.contains("://") || (path.contains('@') && path.contains(':'));
    let local = path.strip_prefix("file://").or((!remote).then_some(path));
    match local {
        Some(local) if !reference.git.recurse_submodules => {
            let repository = git_dir(local)?;
            let candidates = revisions(&reference.git);
            let list = list(&repository, &candidates).with_context(|| {
                format!(
                    "the git repository at {path} has no revision `{}`",
                    candidates.join("` or `")
                )
            })?;
            contents(&repository, &wanted(&list))
        }
        _ => cloned(reference),
    }
}

/// A revision of the repository around a folder, and where the folder is in it.
pub(super) fn revision(revision: &str, base: &Path) -> anyhow::Result<(Files, String)> {
    let shown = base.display();
    let mut where_is = command(None);
    where_is.arg("-C").arg(base).args(["rev-parse", "--absolute-git-dir", "--show-prefix"]);
    let answer = run(where_is, None).with_context(|| {
        format!(
            "`{revision}` is neither a folder nor a descriptor set, and cannot be a git revision: {shown} is not in a git repository"
        )
    })?;
    let answer = String::from_utf8(answer).context("the path of the repository is not UTF-8")?;
    let (folder, prefix) = answer.split_once('\n').unwrap_or((&answer, ""));
    let repository = PathBuf::from(folder);
    let list = list(&repository, &[revision.to_owned()]).with_context(|| {
        format!(
            "`{revision}` is neither a folder nor a descriptor set, and the git repository at {shown} has no revision `{revision}`"
        )
    })?;
    let prefix = super::path::relative(prefix.trim_end_matches('\n'))?;
    Ok((contents(&repository, &wanted(&list))?, prefix))
}

/// What may be meant, likeliest first.
fn revisions(options: &GitOptions) -> Vec<String> {
    match (&options.reference, &options.tag, &options.branch) {
        (Some(reference), _, _) => vec![reference.clone()],
        (None, Some(tag), _) => vec![format!("refs/tags/{tag}"), tag.clone()],
        (None, None, Some(branch)) => vec![format!("refs/heads/{branch}"), branch.clone()],
        (None, None, None) => vec!["HEAD".to_owned()],
    }
}

/// The folder where git keeps its data, of a repository with or without a work tree.
fn git_dir(path: &str) -> anyhow::Result<PathBuf> {
    let path = PathBuf::from(path);
    let inner = path.join(".git");
    ensure!(path.exists(), "{} is not in a git repository: it does not exist", path.display());
    // In a work tree beside the repository's first, `.git` is a file that names the folder.
    Ok(if inner.exists() { inner } else { path })
}

/// A tree, by the first of these revisions that there is.
fn list(repository: &Path, revisions: &[String]) -> anyhow::Result<Vec<u8>> {
    let mut failed = None;
    for revision in revisions {
        ensure!(!revision.starts_with('-'), "`{revision}` is not a revision");
        let mut list = command(Some(repository));
        list.args(["ls-tree", "-r", "-z", "--full-tree", revision]);
        match run(list, None) {
            Ok(list) => return Ok(list),
            Err(error) => failed = Some(error),
        }
    }
    if let Some(meant) = revisions.last().and_then(|name| of_remote(repository, name)) {
        bail!("did you mean `{meant}`? This checkout has no branch of its own for it");
    }
    Err(failed.unwrap_or_else(|| anyhow::anyhow!("no revision was given")))
}

/// A branch as a remote has it, such as `origin/main`: all that a checkout in CI has.
fn of_remote(repository: &Path, branch: &str) -> Option<String> {
    let mut refs = command(Some(repository));
    refs.args(["for-each-ref", "--count=1", "--format=%(refname:short)"]);
    refs.arg(format!("refs/remotes/*/{branch}"));
    let found = String::from_utf8(run(refs, None).ok()?).ok()?;
    found.lines().next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Path and object of each wanted file of a tree; links and submodules are not read.
fn wanted(list: &[u8]) -> Vec<(String, String)> {
    let mut wanted = Vec::new();
    for entry in list.split(|byte| *byte == 0) {
        let Ok(entry) = std::str::from_utf8(entry) else { continue };
        let Some((meta, path)) = entry.split_once('\t') else { continue };
        let mut meta = meta.split(' ');
        let is_file = meta.next().is_some_and(|mode| mode.starts_with("100"));
        if let (true, Some(object), true) = (is_file, meta.nth(1), is_wanted(path)) {
            wanted.push((path.to_owned(), object.to_owned()));
        }
    }
    wanted
}

/// Reads the objects in one run of `git cat-file`.
fn contents(repository: &Path, wanted: &[(String, String)]) -> anyhow::Result<Files> {
    if wanted.is_empty() {
        return Ok(Files::new());
    }
    let asked: String = wanted.iter().map(|(_, object)| format!("{object}\n")).collect();
    let mut cat = command(Some(repository));
    cat.args(["cat-file", "--batch", "--buffer"]);
    let answer = run(cat, Some(asked.into_bytes()))?;
    let mut rest = &answer[..];
    let mut files = Files::new();
    for (name, _) in wanted {
        let end =
            rest.iter().position(|byte| *byte == b'\n').context("git cat-file ended early")?;
        let header = String::from_utf8_lossy(&rest[..end]);
        let size: usize = header
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse().ok())
            .with_context(|| format!("git cat-file answered `{header}`"))?;
        let body = end.checked_add(size).and_then(|last| rest.get(end + 1..=last));
        let body = body.context("git cat-file ended early")?;
        files.insert(name.clone(), body.to_vec());
        rest = rest.get(end + 2 + size..).unwrap_or_default();
    }
    Ok(files)
}

/// Fetches one revision into a folder for the time being, as shallow as was asked for.
fn cloned(reference: &Reference) -> anyhow::Result<Files> {
    let options = &reference.git;
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let git = |arguments: &[&str]| {
        let mut command = command(None);
        command.arg("-C").arg(folder.path()).args(arguments);
        run(command, None).with_context(|| format!("cannot clone {}", reference.path))
    };
    let url = match reference.path.contains("://") || reference.path.contains('@') {
        true => reference.path.clone(),
        false => std::path::absolute(&reference.path)?.to_string_lossy().into_owned(),
    };
    ensure!(!url.starts_with('-'), "`{url}` is not a repository");
    git(&["init", "-q"])?;
    git(&["remote", "add", "origin", &url])?;
    // A bare revision can be far back; a name is the tip of something.
    let default = if options.reference.is_some() { 50 } else { 1 };
    let depth = options.depth.unwrap_or(default).to_string();
    let mut fetch = vec!["fetch", "-q", "--depth", &depth, "--update-head-ok"];
    if let Some(filter) = &options.filter {
        fetch.extend(["--filter", filter]);
    }
    fetch.push("origin");
    let named = options.branch.as_deref().or(options.tag.as_deref());
    let revision = options.reference.as_deref();
    let first = named.or(revision).unwrap_or("HEAD");
    ensure!(!first.starts_with('-'), "`{first}` is not a revision");
    let mut checkout = "FETCH_HEAD";
    if git(&[&fetch[..], &[first]].concat()).is_err() {
        // A shortened hash is known only to a repository that has it.
        git(&[&fetch[..], &["HEAD"]].concat())?;
        checkout = first;
    } else if let Some(revision) = revision.filter(|_| named.is_some()) {
        checkout = revision;
    }
    git(&["checkout", "-q", "--force", checkout])?;
    if options.recurse_submodules {
        git(&["submodule", "-q", "update", "--init", "--recursive", "--force", "--depth", &depth])?;
    }
    from_folder(folder.path())
}

/// The wanted files of a work tree.
fn from_folder(root: &Path) -> anyhow::Result<Files> {
    let folder = Folder { root: root.to_owned(), from: None, follow_links: false };
    let bucket = Bucket::Folder(folder);
    let mut files = Files::new();
    for name in bucket.wanted()? {
        if let Some(bytes) = bucket.read(&name)? {
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

fn command(repository: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    // Set where a hook of another repository runs this.
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    // A password that is asked for would wait forever in CI.
    command.env("GIT_TERMINAL_PROMPT", "0");
    if let Some(repository) = repository {
        command.arg("--git-dir").arg(repository);
    }
    command
}

fn run(mut command: Command, input: Option<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
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
        bail!("git: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

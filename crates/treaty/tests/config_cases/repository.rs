//! A fresh copy of a case's repository after its steps, and commands in it. — *Source*:
//! `interop/oracle/cases.py`, which did the same with buf.

use std::fs::{self, File};
use std::io::{Write as _, copy};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const WHEN: &str = "2024-01-01T00:00:00Z";
const GIT: [(&str, &str); 8] = [
    ("GIT_AUTHOR_NAME", "Fixture"),
    ("GIT_AUTHOR_EMAIL", "fixture@example.com"),
    ("GIT_COMMITTER_NAME", "Fixture"),
    ("GIT_COMMITTER_EMAIL", "fixture@example.com"),
    ("GIT_AUTHOR_DATE", WHEN),
    ("GIT_COMMITTER_DATE", WHEN),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
];

/// The copy, which goes at the end.
pub(crate) struct Repository {
    _folder: TempDir,
    path: PathBuf,
}

impl Repository {
    /// Copies it and does the steps.
    pub(crate) fn new(from: &Path, steps: &Value) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().canonicalize().unwrap().join("repo");
        copy_tree(from, &path);
        let repository = Self { _folder: folder, path };
        for step in steps.as_array().into_iter().flatten() {
            let (kind, what) = step.as_object().unwrap().iter().next().unwrap();
            repository.step(kind, what);
        }
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs the binary as a command of a case says.
    pub(crate) fn run(&self, command: &Value) -> Output {
        let folder = self.path.join(command["cwd"].as_str().unwrap_or("."));
        let mut treaty = treaty();
        treaty.args(words(&command["args"])).current_dir(folder);
        match command["stdin"].as_str() {
            Some(file) => treaty.stdin(File::open(self.path.join(file)).unwrap()),
            None => treaty.stdin(Stdio::null()),
        };
        treaty.output().unwrap()
    }

    fn step(&self, kind: &str, what: &Value) {
        match kind {
            "copy" => {
                let places = words(what);
                copy_tree(&self.path.join(places[0]), &self.path.join(places[1]));
            }
            "remove" => {
                let gone = self.path.join(what.as_str().unwrap());
                let remove = if gone.is_dir() { fs::remove_dir_all } else { remove_file };
                remove(&gone).unwrap();
            }
            "git" => self.done(Command::new("git").args(words(what)).envs(GIT)),
            "run" => self.done(treaty().args(words(what))),
            "archive" => {
                let places = words(what);
                archive(&self.path.join(places[0]), &self.path.join(places[1]));
            }
            other => panic!("{other} is no step"),
        }
    }

    fn done(&self, command: &mut Command) {
        let output = command.current_dir(&self.path).output().unwrap();
        assert!(output.status.success(), "{command:?}: {output:?}");
    }
}

fn treaty() -> Command {
    let mut treaty = Command::new(env!("CARGO_BIN_EXE_treaty"));
    treaty.envs(GIT);
    treaty
}

/// The texts of a list.
pub(crate) fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

fn remove_file(path: &PathBuf) -> std::io::Result<()> {
    fs::remove_file(path)
}

/// The files at and below a path, sorted, with their names from it.
fn files(path: &Path) -> Vec<(PathBuf, PathBuf)> {
    let (mut files, mut open) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap().path();
            match entry.is_dir() {
                true => open.push(entry),
                false => files.push((entry.strip_prefix(path).unwrap().to_owned(), entry)),
            }
        }
    }
    files.sort();
    files
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for (name, file) in files(from) {
        let to = to.join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(file, to).unwrap();
    }
}

/// Packs the contents of a folder, as the name of the archive says.
fn archive(folder: &Path, target: &Path) {
    let mut file = File::create(target).unwrap();
    let name = target.to_str().unwrap();
    if name.ends_with(".zip") {
        let mut zip = ZipWriter::new(file);
        for (name, file) in files(folder) {
            zip.start_file_from_path(name, SimpleFileOptions::default()).unwrap();
            copy(&mut File::open(file).unwrap(), &mut zip).unwrap();
        }
        zip.finish().unwrap();
        return;
    }
    let mut tar = tar::Builder::new(Vec::new());
    for (name, file) in files(folder) {
        tar.append_path_with_name(file, name).unwrap();
    }
    let packed = tar.into_inner().unwrap();
    if name.ends_with(".tar") {
        file.write_all(&packed).unwrap();
        return;
    }
    let mut gzip = GzEncoder::new(file, flate2::Compression::default());
    gzip.write_all(&packed).unwrap();
    gzip.finish().unwrap();
}

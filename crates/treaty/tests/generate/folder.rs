//! A folder for one test, and treaty run in it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use super::fake::{Answer, Plugin};

/// Gone when dropped.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.path(path).symlink_metadata().is_ok()
    }

    pub(super) fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).expect(path)
    }

    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    /// A program that runs the lines in the folder.
    pub(super) fn script(&self, name: &str, lines: &str) {
        let here = self.0.path().display();
        self.write(name, format!("#!/bin/sh\ncd '{here}' || exit 9\n{lines}\n"));
        let runs = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path(name), runs).expect("permissions");
    }

    /// A plugin that always gives the same answer.
    pub(super) fn plugin(&self, name: &str, answer: &Answer) -> Plugin {
        self.write(&format!("{name}.answer"), answer.encode());
        self.write(&format!("{name}.said"), answer.said);
        let lines = format!(
            "cat > {name}.$$.request\ncat {name}.said >&2\ncat {name}.answer\nexit {}",
            answer.status
        );
        self.script(name, &lines);
        Plugin { folder: self.0.path().to_owned(), name: name.to_owned() }
    }

    /// A template with one plugin, asked once for all files.
    pub(super) fn template(&self, version: &str, plugin: &str) {
        let text = format!(
            "version: {version}\nplugins:\n  - {plugin}\n    out: gen\n    strategy: all\n"
        );
        self.write("buf.gen.yaml", text);
    }

    pub(super) fn fifo(&self, name: &str) {
        let made = Command::new("mkfifo").arg(self.path(name)).status().expect("mkfifo");
        assert!(made.success());
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treaty"));
        // No plugin of this machine is found; the scripts need the usual programs.
        command.args(arguments).current_dir(self.0.path()).env("PATH", "/usr/bin:/bin");
        command
    }

    pub(super) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stderr(Stdio::null()).spawn().expect("treaty starts")
    }

    #[allow(clippy::print_stdout, reason = "a test tells what it runs")]
    pub(super) fn treaty(&self, arguments: &[&str]) -> Ended {
        println!("treaty {}", arguments.join(" "));
        Ended(self.command(arguments).output().expect("treaty runs"))
    }
}

/// A run of treaty.
pub(super) struct Ended(Output);

impl Ended {
    pub(super) fn succeeds(&self) {
        assert_eq!(self.0.status.code(), Some(0), "{}", self.said());
    }

    /// Checks the exit code and returns what was said.
    pub(super) fn fails(&self, code: i32) -> String {
        assert_eq!(self.0.status.code(), Some(code), "{}", self.said());
        assert!(self.0.stdout.is_empty());
        self.said()
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}

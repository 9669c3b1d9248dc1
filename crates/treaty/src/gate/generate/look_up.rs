//! Finds programs on PATH.

use std::env;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The program of that name, or at that path if the name has a slash.
pub(super) fn look_up(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| is_program(path));
    }
    if name.is_empty() {
        return None;
    }
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path);
    // An empty entry is the current folder.
    let places = folders.map(|folder| match folder.as_os_str().is_empty() {
        true => Path::new(".").join(name),
        false => folder.join(name),
    });
    places.into_iter().find(|place| is_program(place))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

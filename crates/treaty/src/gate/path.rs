//! Paths as `buf.yaml` and descriptors write them: with `/`, clean, and relative to something.
//! — *Does not* touch the file system. — *Holds*: no path that was accepted by [`relative`] leaves
//! the folder it is relative to.

use anyhow::bail;

/// Without `.`, `//` and inner `..`; `.` where nothing is left.
pub(super) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// Clean, if it stays inside the folder it is relative to.
pub(super) fn relative(path: &str) -> anyhow::Result<String> {
    let clean = clean(path);
    if clean.starts_with('/') {
        bail!("{path}: expected to be relative");
    }
    if clean == ".." || clean.starts_with("../") {
        bail!("{path}: is outside the context directory");
    }
    Ok(clean)
}

/// What is left of a clean path below a clean folder; `.` where they are the same.
pub(super) fn below<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    if folder == path {
        return Some(".");
    }
    if folder == "." {
        return (!path.starts_with('/')).then_some(path);
    }
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// Whether a path is a folder or lies below it.
pub(super) fn covers(folder: &str, path: &str) -> bool {
    below(folder, path).is_some()
}

/// Whether a path lies below a folder and is not the folder itself.
pub(super) fn contains(folder: &str, path: &str) -> bool {
    folder != path && covers(folder, path)
}

/// Whether one of these folders or files is the path or holds it.
pub(super) fn any_covers(folders: &[String], path: &str) -> bool {
    folders.iter().any(|folder| covers(folder, path))
}

/// Two paths in a row, clean; a folder without a name is where the path begins.
pub(super) fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { clean(path) } else { clean(&format!("{folder}/{path}")) }
}

/// The way from one clean path to another; both are absolute, or relative to the same folder.
pub(super) fn between(from: &str, to: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let same = from.iter().zip(&to).take_while(|(one, two)| one == two).count();
    let mut way = vec!["..".to_owned(); from.len() - same];
    way.extend_from_slice(&to[same..]);
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

/// The folder that a clean path is in.
pub(super) fn parent(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
        None => ".".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_and_kept_inside() {
        for (path, expected) in
            [("", "."), ("./a//b/", "a/b"), ("a/../b", "b"), ("../a", "../a"), ("/a/../..", "/")]
        {
            assert_eq!(clean(path), expected, "{path}");
        }
        assert_eq!(join("", "a/b"), "a/b", "the top of a repository has no name");
        assert_eq!(join("/", "a"), "/a");
        assert!(relative("a/../../b").is_err());
        assert!(relative("/a").is_err());
        assert_eq!(relative("a/./b").expect("inside"), "a/b");
    }

    #[test]
    fn a_name_that_only_starts_alike_is_not_below() {
        assert_eq!(below("a", "a/b"), Some("b"));
        assert_eq!(below("a", "ab"), None);
        assert_eq!(below(".", "a"), Some("a"));
        assert_eq!(below("a", "a"), Some("."));
        assert!(contains(".", "a") && !contains(".", "."));
        assert_eq!(between("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(between("/a", "/a"), ".");
        assert_eq!(between(".", "a/b"), "a/b");
    }
}

//! Keeps answers under keys made of all that they follow from. — *Does not* know what an answer is, or
//! when it is old: another question has another key. — *Holds*: it makes a command faster and nothing
//! else; a folder that cannot be read or written, a broken entry or one of another build is as if
//! there were none; runs at the same time do not disturb each other.

mod compile;
mod index;
mod key;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub(super) use compile::{Compiled, Files};
pub(super) use key::{Key, Parts};

/// Where it is, in a workspace.
const FOLDER: &str = ".treaty/cache/check";
/// How much is kept; the oldest goes first.
const MAX_BYTES: u64 = 64 << 20;
const MAX_ENTRIES: usize = 4096;
/// The bytes before an answer, which show that it is whole and stands under its own key.
const SEAL: usize = 32;

/// A folder of answers, or none.
#[derive(Debug)]
pub(super) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// It knows nothing and keeps nothing.
    pub(super) fn none() -> Self {
        Self { folder: None }
    }

    /// That of a workspace; the folder comes with the first answer.
    pub(super) fn of(workspace: &Path) -> Self {
        Self { folder: Some(workspace.join(FOLDER)) }
    }

    pub(super) fn is_on(&self) -> bool {
        self.folder.is_some()
    }

    /// What was kept under the key.
    pub(super) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.folder.as_ref()?.join(key.to_string());
        let mut file = fs::File::open(path).ok()?;
        if file.metadata().ok()?.len() > MAX_BYTES {
            return None;
        }
        let mut seal = Vec::new();
        file.read_to_end(&mut seal).ok()?;
        let body = seal.split_off(SEAL.min(seal.len()));
        if seal != key.seal(&body) {
            return None;
        }
        // What is asked for stays.
        _ = file.set_modified(SystemTime::now());
        Some(body)
    }

    /// Keeps an answer under its key.
    pub(super) fn put(&self, key: &Key, body: &[u8]) {
        let Some(folder) = &self.folder else { return };
        // Who cannot write goes on without.
        _ = write(folder, key, body);
    }

    /// Takes out the oldest answers where there are too many.
    pub(super) fn prune(&self) {
        let Some(folder) = &self.folder else { return };
        let mut entries = entries(folder);
        entries.sort();
        let mut bytes: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
        let mut number = entries.len();
        for (_, size, path) in entries {
            if bytes <= MAX_BYTES && number <= MAX_ENTRIES {
                return;
            }
            _ = fs::remove_file(path);
            bytes -= size;
            number -= 1;
        }
    }
}

/// Under another name first, so that nobody reads half of it.
fn write(folder: &Path, key: &Key, body: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(&key.seal(body))?;
    file.write_all(body)?;
    file.persist(folder.join(key.to_string()))?;
    Ok(())
}

/// What a run began to write, and did not end if it is old.
const UNFINISHED: &str = "unfinished-";

/// When each was last asked for, its size, and where it is.
fn entries(folder: &Path) -> Vec<(SystemTime, u64, PathBuf)> {
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let name = entry.file_name();
        let name = name.to_str()?;
        if !Key::is(name) && !name.starts_with(UNFINISHED) {
            return None;
        }
        let metadata = entry.metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len(), entry.path()))
    };
    fs::read_dir(folder).into_iter().flatten().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn key(number: usize) -> Key {
        Parts::of("test").with(number.to_string()).key()
    }

    #[test]
    fn gives_back_what_is_whole_and_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::of(folder.path());
        assert_eq!(cache.get(&key(1)), None);
        cache.put(&key(1), b"one");
        cache.put(&key(2), b"");
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"one"[..]));
        assert_eq!(cache.get(&key(2)).as_deref(), Some(&b""[..]));
        let path = |number| folder.path().join(FOLDER).join(key(number).to_string());
        fs::copy(path(1), path(3)).unwrap();
        assert_eq!(cache.get(&key(3)), None, "an entry under another key");
        let whole = fs::read(path(1)).unwrap();
        for broken in [&whole[..whole.len() - 1], &whole[..SEAL], &whole[..3], b""] {
            fs::write(path(1), broken).unwrap();
            assert_eq!(cache.get(&key(1)), None, "{broken:?}");
        }
        cache.put(&key(1), b"new");
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"new"[..]));
        let none = Cache::none();
        none.put(&key(1), b"one");
        assert_eq!(none.get(&key(1)), None);
    }

    #[test]
    fn takes_out_the_oldest_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::of(folder.path());
        let inner = folder.path().join(FOLDER);
        let now = SystemTime::now();
        for number in 0..MAX_ENTRIES + 3 {
            fs::create_dir_all(&inner).unwrap();
            let file = fs::File::create(inner.join(key(number).to_string())).unwrap();
            let age = u64::try_from(number).unwrap();
            file.set_modified(now - Duration::from_secs(1000 + age)).unwrap();
        }
        fs::write(inner.join("notes.txt"), "mine").unwrap();
        cache.put(&key(MAX_ENTRIES + 2), b"asked for again");
        cache.prune();
        assert_eq!(entries(&inner).len(), MAX_ENTRIES);
        assert!(cache.get(&key(MAX_ENTRIES + 2)).is_some());
        for gone in [MAX_ENTRIES + 1, MAX_ENTRIES, MAX_ENTRIES - 1] {
            assert!(!inner.join(key(gone).to_string()).exists(), "{gone}");
        }
        assert!(inner.join("notes.txt").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".treaty"), "a file").unwrap();
        let cache = Cache::of(folder.path());
        cache.put(&key(1), b"one");
        cache.prune();
        assert_eq!(cache.get(&key(1)), None);
    }
}

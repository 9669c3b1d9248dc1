//! Reads the protos and the configuration out of tar and zip archives. — *Holds*: names that leave
//! the archive, links and special files are never read, and size and number are bounded.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use anyhow::{Context as _, bail, ensure};

use super::super::path;
use super::bucket::is_wanted;
use super::packed::{self, MAX_BYTES};
use super::reference::{Format, Reference};

/// The most files that an archive may have.
const MAX_FILES: usize = 1_000_000;

/// The wanted files of an archive by path.
pub(super) fn files(reference: &Reference) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let read = match reference.format {
        Format::Zip => zip(reference),
        _ => tar(reference),
    };
    read.with_context(|| format!("cannot read the archive {}", reference.path))
}

fn tar(reference: &Reference) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut kept = Kept::default();
    // Also what is skipped is unpacked, so that is bounded too.
    let bounded = packed::open(reference)?.take(MAX_BYTES);
    let mut archive = tar::Archive::new(bounded);
    for entry in archive.entries()? {
        let mut entry = entry?;
        kept.count()?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path_bytes();
        let Ok(name) = std::str::from_utf8(&name) else { continue };
        if let Some(name) = place(name, reference.strip_components)? {
            kept.add(name, &mut entry)?;
        }
    }
    Ok(kept.files)
}

fn zip(reference: &Reference) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut kept = Kept::default();
    let mut archive = zip::ZipArchive::new(Cursor::new(packed::read(reference)?))?;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        kept.count()?;
        if !file.is_file() || file.is_symlink() {
            continue;
        }
        let name = file.name()?.into_owned();
        if let Some(name) = place(&name, reference.strip_components)? {
            kept.add(name, &mut file)?;
        }
    }
    Ok(kept.files)
}

/// Where a file goes; nowhere if nobody wants it.
fn place(name: &str, strip: u32) -> anyhow::Result<Option<String>> {
    let clean = path::relative(name).with_context(|| format!("bad name \"{name}\""))?;
    let stripped = clean.splitn(strip as usize + 1, '/').nth(strip as usize);
    Ok(stripped.filter(|name| is_wanted(name)).map(str::to_owned))
}

#[derive(Default)]
struct Kept {
    files: BTreeMap<String, Vec<u8>>,
    seen: usize,
    bytes: u64,
}

impl Kept {
    fn count(&mut self) -> anyhow::Result<()> {
        self.seen += 1;
        ensure!(self.seen <= MAX_FILES, "it has more than {MAX_FILES} files");
        Ok(())
    }

    fn add(&mut self, name: String, from: &mut impl Read) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        from.take(MAX_BYTES - self.bytes + 1).read_to_end(&mut bytes)?;
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_BYTES {
            bail!("it has more than {MAX_BYTES} bytes");
        }
        self.files.insert(name, bytes);
        Ok(())
    }
}

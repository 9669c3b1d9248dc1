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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::super::reference::parse;
    use super::*;

    /// Names of the files that are kept of an archive with one file of this name.
    fn kept(name: &str, options: &str) -> anyhow::Result<Vec<String>> {
        let folder = tempfile::tempdir()?;
        let mut both = Vec::new();
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        // Written by hand: the library refuses to write names that leave the archive.
        header.as_gnu_mut().context("it is one")?.name[..name.len()]
            .copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        tar.append(&header, &b"x"[..])?;
        let path = folder.path().join("x.tar");
        fs::write(&path, tar.into_inner()?)?;
        both.push(format!("{}{options}", path.display()));
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default())?;
        zip.write_all(b"x")?;
        let path = folder.path().join("x.zip");
        fs::write(&path, zip.finish()?.into_inner())?;
        both.push(format!("{}{options}", path.display()));
        let mut names = Vec::new();
        for archive in both {
            names.extend(files(&parse(&archive)?)?.into_keys());
        }
        Ok(names)
    }

    #[test]
    fn keeps_protos_and_configuration_by_clean_names() {
        for (name, options, expected) in [
            ("./a/b.proto", "", Some("a/b.proto")),
            ("a/../b.proto", "", Some("b.proto")),
            ("a/b/buf.yaml", "#strip_components=2", Some("buf.yaml")),
            ("a/b.proto", "#strip_components=2", None),
            ("a/b.txt", "", None),
        ] {
            let found = kept(name, options).expect(name);
            assert!(found.iter().all(|one| Some(one.as_str()) == expected), "{name}: {found:?}");
            assert_eq!(found.len(), if expected.is_some() { 2 } else { 0 }, "{name}");
        }
    }

    #[test]
    fn a_name_that_leaves_the_archive_is_an_error() {
        for name in ["../a.proto", "a/../../b.proto", "/etc/a.proto"] {
            let error = kept(name, "").map_err(|error| format!("{error:#}")).expect_err(name);
            assert!(error.contains("bad name"), "{error}");
        }
    }

    #[test]
    fn what_is_no_archive_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["x.tar", "x.tgz", "x.tar.zst", "x.zip"] {
            let path = folder.path().join(name);
            fs::write(&path, b"no archive at all, but some bytes".repeat(40)).expect("writable");
            let reference = parse(&path.display().to_string()).expect("a path");
            assert!(files(&reference).is_err(), "{name}");
        }
    }
}

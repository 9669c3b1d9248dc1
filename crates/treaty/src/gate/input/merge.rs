//! Makes one descriptor set of several. — *Holds*: a file that is an own file of one set stays one,
//! though others only import it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use treaty_compiler::wire::{Fields, put_bytes};

/// `FileDescriptorSet.file` and `FileDescriptorProto.name`.
const FILE: u32 = 1;
const NAME: u32 = 1;

/// buf's extension of a file in an image, and `is_import = true` in it.
const BUF_EXTENSION: u32 = 8042;
const IS_IMPORT: &[u8] = &[0x08, 0x01];

/// The files of all sets, each once; own ones win over imports.
pub(super) fn sets(sets: &[Vec<u8>]) -> anyhow::Result<Vec<u8>> {
    let mut files: Vec<(bool, &[u8])> = Vec::new();
    let mut places: BTreeMap<&[u8], usize> = BTreeMap::new();
    for set in sets {
        for file in Fields::new(set) {
            let file = file?.value.bytes().context("a released file is no message")?;
            let (mut name, mut own) = (&[][..], true);
            for field in Fields::new(file) {
                let field = field?;
                match (field.number, field.value.bytes()) {
                    (NAME, Some(bytes)) => name = bytes,
                    (BUF_EXTENSION, Some(bytes)) => own = !bytes.starts_with(IS_IMPORT),
                    _ => {}
                }
            }
            match places.get(name) {
                Some(&at) if own && !files[at].0 => files[at] = (own, file),
                Some(_) => {}
                None => {
                    places.insert(name, files.len());
                    files.push((own, file));
                }
            }
        }
    }
    let mut merged = Vec::new();
    for (_, file) in files {
        put_bytes(&mut merged, FILE, file);
    }
    Ok(merged)
}

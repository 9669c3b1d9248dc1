//! Makes one descriptor set of several. — *Holds*: a file that is an own file of one set stays one,
//! though others only import it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use treaty_engine::wire;

/// `FileDescriptorSet.file` and `FileDescriptorProto.name`.
const FILE: u64 = 1;
const NAME: u64 = 1;

/// buf's extension of a file in an image, and `is_import = true` in it.
const BUF_EXTENSION: u64 = 8042;
const IS_IMPORT: &[u8] = &[0x08, 0x01];

/// The files of all sets, each once; own ones win over imports.
pub(super) fn sets(sets: &[Vec<u8>]) -> anyhow::Result<Vec<u8>> {
    let mut files: Vec<(bool, &[u8])> = Vec::new();
    let mut places: BTreeMap<&[u8], usize> = BTreeMap::new();
    for set in sets {
        for file in wire::fields(set).context("a released set is cut short")? {
            let fields = wire::fields(file.payload).context("a released file is cut short")?;
            let name = fields.iter().find(|field| field.number == NAME);
            let name = name.map(|field| field.payload).unwrap_or_default();
            let own = !fields
                .iter()
                .any(|field| field.number == BUF_EXTENSION && field.payload.starts_with(IS_IMPORT));
            match places.get(name) {
                Some(&at) if own && !files[at].0 => files[at] = (own, file.payload),
                Some(_) => {}
                None => {
                    places.insert(name, files.len());
                    files.push((own, file.payload));
                }
            }
        }
    }
    let mut merged = Vec::new();
    for (_, file) in files {
        wire::push(&mut merged, FILE, file);
    }
    Ok(merged)
}

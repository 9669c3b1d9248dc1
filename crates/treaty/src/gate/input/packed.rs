//! Reads the bytes of a file or of standard input, and unpacks them. — *Holds*: what is unpacked is
//! bounded, so that a small hostile file cannot fill the memory.

use std::fs::File;
use std::io::{self, Read};

use anyhow::{Context as _, bail, ensure};

use super::reference::{Compression, Reference};

/// The most bytes that one input may have when it is unpacked.
pub(super) const MAX_BYTES: u64 = 2 << 30;

/// The bytes that a reference names, unpacked.
pub(super) fn read(reference: &Reference) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let path = &reference.path;
    open(reference)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {path}"))?;
    ensure!(bytes.len() as u64 <= MAX_BYTES, "{path} has more than {MAX_BYTES} bytes");
    Ok(bytes)
}

/// The unpacked bytes as they come.
pub(super) fn open(reference: &Reference) -> anyhow::Result<Box<dyn Read>> {
    let path = reference.path.as_str();
    if path.contains("://") {
        bail!("{path} is not read from the network: download it first");
    }
    let plain: Box<dyn Read> = match path {
        "-" | "/dev/stdin" => Box::new(io::stdin()),
        _ => Box::new(File::open(path).with_context(|| format!("cannot open {path}"))?),
    };
    Ok(match reference.compression {
        Compression::None => plain,
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(plain)),
        Compression::Zstd => {
            let unpacked = ruzstd::decoding::StreamingDecoder::new(plain);
            Box::new(unpacked.with_context(|| format!("{path} is not packed by zstd"))?)
        }
    })
}

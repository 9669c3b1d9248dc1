//! Writes what a command makes piece by piece, packed on the way. — *Holds*: one piece is in memory
//! at a time.

use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read, Write};

use anyhow::Context as _;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress};

use super::input::{Compression, Reference};

/// Writes the pieces where the reference says.
pub(super) fn write(
    output: &Reference,
    pieces: impl Iterator<Item = anyhow::Result<Vec<u8>>>,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", output.path);
    if matches!(&*output.path, "-" | "/dev/stdout") {
        return packed(io::stdout().lock(), output.compression, pieces).with_context(cannot);
    }
    let file = File::create(&output.path).with_context(cannot)?;
    packed(file, output.compression, pieces).with_context(cannot)
}

fn packed(
    into: impl Write,
    compression: Compression,
    pieces: impl Iterator<Item = anyhow::Result<Vec<u8>>>,
) -> anyhow::Result<()> {
    let mut into = BufWriter::with_capacity(1 << 16, into);
    match compression {
        Compression::None => {
            for piece in pieces {
                into.write_all(&piece?)?;
            }
        }
        Compression::Gzip => {
            let mut gzip = GzEncoder::new(&mut into, flate2::Compression::default());
            for piece in pieces {
                gzip.write_all(&piece?)?;
            }
            gzip.finish()?;
        }
        Compression::Zstd => zstd(&mut into, pieces)?,
    }
    into.flush()?;
    Ok(())
}

/// The encoder reads and writes by itself, and panics where one of both fails.
fn zstd(
    into: &mut impl Write,
    pieces: impl Iterator<Item = anyhow::Result<Vec<u8>>>,
) -> anyhow::Result<()> {
    let mut from = Pieces { pieces, now: Cursor::default(), failed: None };
    let mut into = Unfailing { into, failed: None };
    compress(&mut from, &mut into, CompressionLevel::Fastest);
    match (from.failed, into.failed) {
        (Some(error), _) => Err(error),
        (None, Some(error)) => Err(error.into()),
        (None, None) => Ok(()),
    }
}

/// Pieces as one stream, which ends where one fails.
struct Pieces<I> {
    pieces: I,
    now: Cursor<Vec<u8>>,
    failed: Option<anyhow::Error>,
}

impl<I: Iterator<Item = anyhow::Result<Vec<u8>>>> Read for Pieces<I> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.now.read(into)?;
            if read > 0 || into.is_empty() || self.failed.is_some() {
                return Ok(read);
            }
            match self.pieces.next() {
                Some(Ok(piece)) => self.now = Cursor::new(piece),
                Some(Err(error)) => self.failed = Some(error),
                None => return Ok(0),
            }
        }
    }
}

/// Takes everything, and tells at the end whether it went somewhere.
struct Unfailing<'a, W> {
    into: &'a mut W,
    failed: Option<io::Error>,
}

impl<W: Write> Write for Unfailing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_none() {
            self.failed = self.into.write_all(bytes).err();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> impl Iterator<Item = anyhow::Result<Vec<u8>>> {
        (0..2000_u32).map(|number| Ok(number.to_le_bytes().repeat(100)))
    }

    #[test]
    fn what_was_packed_is_the_same_when_unpacked() {
        let plain: Vec<u8> = pieces().flat_map(|piece| piece.expect("it is there")).collect();
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let mut written = Vec::new();
            packed(&mut written, compression, pieces()).expect("it is written");
            let mut read = Vec::new();
            let mut bytes = &written[..];
            match compression {
                Compression::None => read = written.clone(),
                Compression::Gzip => {
                    flate2::read::GzDecoder::new(bytes).read_to_end(&mut read).expect("it is gzip");
                }
                Compression::Zstd => {
                    let decoder = ruzstd::decoding::StreamingDecoder::new(&mut bytes);
                    decoder.expect("it is zstd").read_to_end(&mut read).expect("it is whole");
                }
            }
            assert!(read == plain, "{compression:?}: {} of {} bytes", read.len(), plain.len());
        }
    }

    #[test]
    fn a_piece_that_fails_fails_the_whole() {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let pieces = pieces().take(2).chain([Err(anyhow::anyhow!("no such piece"))]);
            let error = packed(Vec::new(), compression, pieces).expect_err("a piece failed");
            assert_eq!(error.to_string(), "no such piece", "{compression:?}");
        }
    }
}

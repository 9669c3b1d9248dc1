//! Writes `.zip` and `.jar` files as protoc and buf do: nothing compressed, no times. — *Source*:
//! the ZIP file format; the layout is that of Go's `archive/zip`, which buf uses.

use std::collections::BTreeMap;

use anyhow::Context as _;

/// The manifest that protoc puts into a `.jar`.
pub(super) const MANIFEST: (&str, &str) =
    ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nCreated-By: 1.6.0 (protoc)\n\n");

/// Sizes stand behind the content; names may be UTF-8.
const DATA_DESCRIPTOR: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
const VERSION: u16 = 20;

/// The archive of files by name.
pub(super) fn zip(files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let too_large = || format!("{name} makes the archive larger than 4 GiB");
        let offset = u32::try_from(archive.len()).ok().with_context(too_large)?;
        let size = u32::try_from(content.len()).ok().with_context(too_large)?;
        let length =
            u16::try_from(name.len()).ok().with_context(|| format!("{name} is too long"))?;
        let flags = DATA_DESCRIPTOR | if name.is_ascii() { 0 } else { UTF8 };
        let crc = crc32(content);
        let (crc, size) = (crc.to_le_bytes(), size.to_le_bytes());
        // Method 0 is stored; then time and date.
        let common = [VERSION, flags, 0, 0, 0].map(u16::to_le_bytes).concat();
        let no_extra = [length, 0].map(u16::to_le_bytes).concat();
        for part in [&b"PK\x03\x04"[..], &common, &[0; 12], &no_extra, name.as_bytes(), content] {
            archive.extend_from_slice(part);
        }
        for part in [&b"PK\x07\x08"[..], &crc, &size, &size] {
            archive.extend_from_slice(part);
        }
        let made_by = VERSION.to_le_bytes();
        // No comment, disk 0, no attributes.
        let rest = [0; 10];
        for part in [
            &b"PK\x01\x02"[..],
            &made_by,
            &common,
            &crc,
            &size,
            &size,
            &no_extra,
            &rest,
            &offset.to_le_bytes(),
            name.as_bytes(),
        ] {
            directory.extend_from_slice(part);
        }
    }
    let too_many = "an archive of more than 65,535 files or 4 GiB is not supported";
    let count = u16::try_from(files.len()).context(too_many)?.to_le_bytes();
    let start = u32::try_from(archive.len()).context(too_many)?.to_le_bytes();
    let size = u32::try_from(directory.len()).context(too_many)?.to_le_bytes();
    archive.append(&mut directory);
    for part in [&b"PK\x05\x06"[..], &[0; 4], &count, &count, &size, &start, &[0; 2]] {
        archive.extend_from_slice(part);
    }
    Ok(archive)
}

fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let (mut value, mut bit) = (index as u32, 0);
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        table
    };
    let step = |crc: u32, &byte: &u8| TABLE[usize::from(crc as u8 ^ byte)] ^ crc >> 8;
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn an_archive_ends_with_its_directory() {
        let files = BTreeMap::from([("a".to_owned(), b"text".to_vec())]);
        let archive = zip(&files).expect("small");
        // Header 30, name 1, content 4, descriptor 16; entry 46 and name 1; end 22.
        assert_eq!(archive.len(), 30 + 1 + 4 + 16 + 46 + 1 + 22);
        assert_eq!(&archive[archive.len() - 22..][..4], b"PK\x05\x06");
        assert_eq!(archive[archive.len() - 6], 51, "where the directory begins");
    }
}

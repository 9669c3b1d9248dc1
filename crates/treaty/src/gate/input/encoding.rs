//! Images in other encodings than binary. — *Does not* know them yet: JSON, text and YAML need the
//! messages of options, which this build cannot decode; asking for them is an error that says so.

use anyhow::bail;

use super::reference::Format;

/// The binary encoding of an image.
pub(super) fn to_binary(format: Format, bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    match format {
        Format::Binpb => Ok(bytes),
        other => bail!("images as {} are not read yet: use binpb", name(other)),
    }
}

/// The encoding of an image that is given as binary.
pub(in crate::gate) fn from_binary(format: Format, bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    match format {
        Format::Binpb => Ok(bytes),
        other => bail!("images as {} are not written yet: use binpb", name(other)),
    }
}

fn name(format: Format) -> &'static str {
    match format {
        Format::Json => "JSON",
        Format::Txtpb => "text",
        Format::Yaml => "YAML",
        _ => "anything but binary",
    }
}

//! Images as bytes, JSON, text and YAML.

use anyhow::{Context as _, bail, ensure};
use treaty_engine::Descriptors;
use treaty_engine::dynamic::image::{self, Images};

use super::super::path;
use super::reference::Format;

/// The descriptors of an image, whose files have names as a module's files do.
pub(super) fn read(format: Format, bytes: Vec<u8>) -> anyhow::Result<Descriptors> {
    let descriptors = decode(format, bytes)?;
    for file in descriptors.files() {
        let name = &*file.name;
        let clean = path::relative(name).context("a file has no name that can be imported")?;
        ensure!(*name == *clean, "the name of the file {name} is not clean: {clean}");
        ensure!(name.ends_with(".proto"), "the name of the file {name} does not end in .proto");
    }
    Ok(descriptors)
}

fn decode(format: Format, bytes: Vec<u8>) -> anyhow::Result<Descriptors> {
    let Some(format) = text_format(format) else {
        return match format {
            Format::Binpb => Ok(Descriptors::decode(&bytes)?),
            other => bail!("{other:?} is not a format of images"),
        };
    };
    let text = String::from_utf8(bytes).context("the image is not UTF-8")?;
    let files = Images::default().read(&text, format)?;
    drop(text);
    Ok(Descriptors::link(files)?)
}

/// The format as the engine knows it, if it is one of text.
pub(in crate::gate) fn text_format(format: Format) -> Option<image::Format> {
    match format {
        Format::Json => Some(image::Format::Json),
        Format::Txtpb => Some(image::Format::Text),
        Format::Yaml => Some(image::Format::Yaml),
        _ => None,
    }
}

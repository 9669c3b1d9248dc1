//! Images as bytes, JSON, text and YAML.

use anyhow::{Context as _, bail};
use treaty_engine::Descriptors;
use treaty_engine::dynamic::image::{self, Images};

use super::reference::Format;

/// The descriptors of an image.
pub(super) fn read(format: Format, bytes: Vec<u8>) -> anyhow::Result<Descriptors> {
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

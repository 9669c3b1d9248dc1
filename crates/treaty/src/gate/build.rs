//! `treaty build`: compiles protos into an image that buf and protoc's users can read.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use treaty_compiler::descriptor::{Encoding, File, ImageFile, SourceInfo};
use treaty_compiler::wire::{put_bytes, put_message};

use super::arguments::Common;
use super::format::ErrorFormat;
use super::image::{Files, Image};
use super::input::{self, Flags, Format};
use super::report::{self, Report};

/// Compile protos into an image
///
/// An image is a descriptor set with what buf wants to know about its files. Exits with 100 if
/// something does not compile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty build\n  treaty build -o image.binpb\n  treaty build proto -o image.binpb.gz --exclude-source-info\n  treaty build -o - --as-file-descriptor-set"
)]
#[allow(clippy::struct_excessive_bools, reason = "these are buf's flags")]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    common: Common,
    /// Where to write the image; `-` is standard output
    #[arg(
        short,
        long,
        default_value = "/dev/null",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    output: String,
    /// Leave out what only buf wants to know: a plain google.protobuf.FileDescriptorSet
    #[arg(long)]
    as_file_descriptor_set: bool,
    /// Leave out files that are only imported
    #[arg(long)]
    exclude_imports: bool,
    /// Leave out positions and comments
    #[arg(long)]
    exclude_source_info: bool,
    /// Leave out options whose retention is source
    #[arg(long)]
    exclude_source_retention_options: bool,
    /// Only these types and what they need; may be repeated
    #[arg(long = "type", value_name = "NAME", value_delimiter = ',')]
    types: Vec<String>,
}

/// Runs `treaty build`.
pub(crate) fn build(args: &BuildArgs) -> anyhow::Result<Report> {
    let format = args.common.error_format();
    if format == ErrorFormat::ConfigIgnoreYaml {
        bail!("--error-format config-ignore-yaml is for lint");
    }
    ensure!(args.types.is_empty(), "--type is not supported yet");
    ensure!(
        !args.exclude_source_retention_options,
        "--exclude-source-retention-options is not supported yet"
    );
    let output = input::parse(&args.output).context("cannot write the output")?;
    let is_nothing = output.path == "/dev/null";
    // What is not said is binary, whatever the name.
    let output_format = match output.format {
        Format::Binpb | Format::Json | Format::Txtpb | Format::Yaml => output.format,
        _ if args.output.contains("format=") => {
            bail!("cannot write the output: {} is not a format of images", args.output)
        }
        _ => Format::Binpb,
    };
    let flags = Flags { as_one: true, ..args.common.flags()? };
    let input = input::read(&args.common.input(), &flags).context("cannot read the input")?;
    if !input.built.findings.is_empty() {
        let broken = report::broken(&input.built, format, "treaty build");
        // Standard output is for the image.
        return Ok(Report { errors: broken.text, text: String::new(), ..broken });
    }
    if is_nothing {
        return Ok(Report { clean: true, ..Report::default() });
    }
    let image = image(&input.built.images, args);
    let bytes = input::from_binary(output_format, image)
        .and_then(|image| input::pack(image, output.compression))
        .with_context(|| format!("cannot write {}", output.path))?;
    if output.path == "-" || output.path == "/dev/stdout" {
        return Ok(Report { bytes, clean: true, ..Report::default() });
    }
    fs::write(&output.path, bytes).with_context(|| format!("cannot write {}", output.path))?;
    Ok(Report { clean: true, ..Report::default() })
}

/// `FileDescriptorSet.file`.
const FILE: u32 = 1;

/// The files of all images, each once; one that is meant anywhere is no import.
fn image(images: &[Image], args: &BuildArgs) -> Vec<u8> {
    let mut set = Vec::new();
    let mut seen = BTreeSet::new();
    let is_own = |name: &str| images.iter().any(|image| image.own.contains(name));
    let source_info =
        if args.exclude_source_info { SourceInfo::Excluded } else { SourceInfo::Included };
    let encoding = Encoding { source_info, ..Encoding::PLAIN };
    for image in images {
        for file in image.descriptors.imports_first() {
            let own = is_own(&file.name);
            if (args.exclude_imports && !own) || !seen.insert(&file.name) {
                continue;
            }
            put_message(&mut set, FILE, |into| {
                file.encode(into, encoding);
                if !args.as_file_descriptor_set {
                    extension(file, own, &image.files).encode(into);
                }
            });
        }
    }
    set
}

/// What buf wants to know about a file.
fn extension(file: &File, own: bool, files: &Files) -> ImageFile {
    let module = files.modules.get(&*file.name).map(|full| {
        let mut module = Vec::new();
        put_message(&mut module, 1, |into| {
            for (number, part) in (1..).zip(full.split('/')) {
                put_bytes(into, number, part.as_bytes());
            }
        });
        module.into()
    });
    let known = file.image.clone();
    ImageFile { is_import: !own, module: module.or(known.module), ..known }
}

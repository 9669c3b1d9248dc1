//! `treaty build`: compiles protos into an image that buf and protoc's users can read.

use std::fs;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use treaty_engine::wire;

use super::arguments::Common;
use super::format::ErrorFormat;
use super::image::{Files, Image};
use super::input::{self, Flags, Format};
use super::report::{self, Report};
use super::scan;

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
    let image = image(&input.built.images, args)?;
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
const FILE: u64 = 1;
/// `FileDescriptorProto.source_code_info`.
const SOURCE_CODE_INFO: u64 = 9;
/// buf's extension of `FileDescriptorProto` in images.
const BUF_EXTENSION: u64 = 8042;

/// The files of all images, each once; one that is meant anywhere is no import.
fn image(images: &[Image], args: &BuildArgs) -> anyhow::Result<Vec<u8>> {
    let mut set = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let is_own = |name: &str| images.iter().any(|image| image.own.contains(name));
    for image in images {
        for (name, _, file) in image.descriptors.encoded_files() {
            let own = is_own(&name);
            if (args.exclude_imports && !own) || !seen.insert(name.clone()) {
                continue;
            }
            let fields = wire::fields(&file).context("the engine encodes messages")?;
            let mut bytes = Vec::with_capacity(file.len());
            let mut given = None;
            for field in fields {
                match field.number {
                    SOURCE_CODE_INFO if args.exclude_source_info => {}
                    BUF_EXTENSION => given = Some(field.payload),
                    _ => bytes.extend_from_slice(field.whole),
                }
            }
            if !args.as_file_descriptor_set {
                let known = extension(&name, own, &image.files, given);
                wire::push(&mut bytes, BUF_EXTENSION, &known);
            }
            wire::push(&mut set, FILE, &bytes);
        }
    }
    Ok(set)
}

/// What buf wants to know about a file; of one that was in an image, what stood there.
fn extension(name: &str, own: bool, files: &Files, given: Option<&[u8]>) -> Vec<u8> {
    const IS_IMPORT: u8 = 1 << 3;
    const MODULE: u64 = 2;
    const SYNTAX_UNSPECIFIED: u8 = 3 << 3;
    if let Some(given) = given {
        return given.to_vec();
    }
    let mut known = vec![IS_IMPORT, u8::from(!own)];
    if let Some(full) = files.modules.get(name) {
        let mut parts = Vec::new();
        for (number, part) in (1..).zip(full.split('/')) {
            wire::push(&mut parts, number, part.as_bytes());
        }
        let mut module = Vec::new();
        wire::push(&mut module, 1, &parts);
        wire::push(&mut known, MODULE, &module);
    }
    let unspecified = files.sources.get(name).is_some_and(|text| !scan::head(text).has_syntax);
    known.extend([SYNTAX_UNSPECIFIED, u8::from(unspecified)]);
    known
}

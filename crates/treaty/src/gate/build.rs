//! `treaty build`: compiles protos into an image that buf and protoc's users can read.

use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use treaty_compiler::Retention;
use treaty_compiler::descriptor::{Encoding, File, ImageFile, SourceInfo};
use treaty_compiler::wire::{put_bytes, put_message};
use treaty_engine::dynamic::image::Images;
use treaty_engine::{Descriptors, Types};

use super::arguments::Common;
use super::format::ErrorFormat;
use super::image::{Files, Image};
use super::input::{self, Flags, Format, text_format};
use super::output;
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
    /// Not these types, nor what refers to them; may be repeated
    #[arg(long = "exclude-type", value_name = "NAME", value_delimiter = ',')]
    exclude_types: Vec<String>,
}

/// Runs `treaty build`.
pub(crate) fn build(args: &BuildArgs) -> anyhow::Result<Report> {
    let format = args.common.error_format();
    if format == ErrorFormat::ConfigIgnoreYaml {
        bail!("--error-format config-ignore-yaml is for lint");
    }
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
        // Standard output is for the image.
        return Ok(report::broken(&input.built, format, "treaty build").on_stderr());
    }
    let mut images = input.built.images;
    ensure!(images.len() == 1, "the input has {} images", images.len());
    let content = Content::new(images.remove(0), args)?;
    if !is_nothing {
        output::write(&output, content.pieces(output_format, args))?;
    }
    Ok(Report { clean: true, ..Report::default() })
}

/// The files to write, each behind its imports, in the order that all of them had together.
struct Content {
    /// All of them, also those that are only looked up in.
    descriptors: Descriptors,
    files: Vec<Arc<File>>,
    told: Arc<Files>,
}

impl Content {
    fn new(image: Image, args: &BuildArgs) -> anyhow::Result<Self> {
        let types = Types { include: args.types.clone(), exclude: args.exclude_types.clone() };
        let descriptors = image.descriptors.only(&types)?;
        let whole = image.descriptors.imports_first();
        let kept = whole.iter().filter_map(|file| descriptors.file(&file.name));
        let is_meant = |file: &&Arc<File>| !args.exclude_imports || descriptors.is_own(&file.name);
        let files = kept.filter(is_meant).cloned().collect();
        Ok(Self { descriptors, files, told: image.files })
    }

    /// The encoded image, file by file.
    fn pieces(
        &self,
        format: Format,
        args: &BuildArgs,
    ) -> Box<dyn Iterator<Item = anyhow::Result<Vec<u8>>> + '_> {
        let retention =
            args.exclude_source_retention_options.then(|| Retention::new(self.descriptors.files()));
        let stripped = move |file: &Arc<File>| match &retention {
            Some(retention) => retention.strip(file),
            None => Arc::clone(file),
        };
        let source_info =
            if args.exclude_source_info { SourceInfo::Excluded } else { SourceInfo::Included };
        let is_image = !args.as_file_descriptor_set;
        let encoding = Encoding { source_info, image: is_image };
        let Some(format) = text_format(format) else {
            let plain = Encoding { image: false, ..encoding };
            return Box::new(self.files.iter().map(move |file| {
                let mut piece = Vec::new();
                put_message(&mut piece, FILE, |into| {
                    stripped(file).encode(into, plain);
                    if is_image {
                        self.extension(file).encode(into);
                    }
                });
                Ok(piece)
            }));
        };
        let all = self.descriptors.files().cloned();
        let mut printer = Images::default().printer(all, format, encoding);
        let mut files = self.files.iter();
        let mut is_open = true;
        Box::new(std::iter::from_fn(move || {
            let Some(file) = files.next() else {
                return std::mem::take(&mut is_open).then(|| Ok(printer.end().into()));
            };
            let mut file = File::clone(&stripped(file));
            file.image = self.extension(&file);
            Some(printer.file(&file).map(String::into_bytes).map_err(anyhow::Error::from))
        }))
    }

    /// What buf wants to know about a file.
    fn extension(&self, file: &File) -> ImageFile {
        let module = self.told.modules.get(&*file.name).map(|full| {
            let mut module = Vec::new();
            put_message(&mut module, 1, |into| {
                for (number, part) in (1..).zip(full.split('/')) {
                    put_bytes(into, number, part.as_bytes());
                }
            });
            module.into()
        });
        let known = file.image.clone();
        let is_import = !self.descriptors.is_own(&file.name);
        ImageFile { is_import, module: module.or(known.module), ..known }
    }
}

/// `FileDescriptorSet.file`.
const FILE: u32 = 1;

//! `treaty generate`: code for other languages by protoc's plugins, as `buf generate` does it.
//!
//! *Does not* generate anything itself: plugins do; this reads the template and the protos, asks
//! the plugins and writes what they answer. — *Holds*: nothing is written before every plugin has
//! answered; equal input and plugins give equal output. — *Source*: buf 1.75.0.

mod archive;
mod features;
mod image;
mod insertion;
mod jobs;
mod look_up;
mod managed;
mod names;
mod output;
mod plugin;
mod process;
mod protoc;
mod request;
mod response;
mod source;
mod tell;
mod template;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use treaty_engine::{Descriptors, Types};

use self::image::Image;
use self::output::Outputs;
use self::source::{Source, Wanted};
use self::template::{Input, Template};
use super::format::ErrorFormat;
use super::report::{self, Report};

/// Generate code with protoc plugins
///
/// Reads buf.gen.yaml (v1beta1, v1 or v2) as `buf generate` does: local plugins and those built
/// into protoc. Exits with 100 if the protos do not compile; then, and if any plugin fails, nothing
/// is written.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty generate\n  treaty generate proto --template buf.gen.go.yaml -o build\n  treaty generate --type shop.orders.v1.OrderService\n  treaty generate --template '{\"version\":\"v2\",\"plugins\":[{\"local\":\"protoc-gen-es\",\"out\":\"gen\"}]}'"
)]
pub(crate) struct GenerateArgs {
    /// What to generate from; else the template's inputs, else the current folder
    input: Option<String>,
    /// The template, as a file or in place; in YAML or JSON
    #[arg(long, value_name = "FILE|DATA", default_value = "buf.gen.yaml")]
    template: String,
    /// The folder that the template's `out` folders are below
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    output: PathBuf,
    /// Generate imported files too, except well-known types
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    include_imports: Option<bool>,
    /// Generate well-known types too; needs --include-imports
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    include_wkt: Option<bool>,
    /// Delete whatever is in the `out` folders but what is generated now, by hand written or not; a
    /// folder with protos of the input is refused
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    clean: Option<bool>,
    /// Only these files or folders; may be repeated
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    path: Vec<String>,
    /// Not these files or folders; may be repeated
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    exclude_path: Vec<String>,
    /// Only these packages, types or methods and what they need; may be repeated
    #[arg(long = "type", alias = "include-types", value_name = "NAME", value_delimiter = ',')]
    types: Vec<String>,
    /// Not these packages or types, nor what refers to them; may be repeated
    #[arg(long = "exclude-type", value_name = "NAME", value_delimiter = ',')]
    exclude_types: Vec<String>,
    /// The buf.yaml file or data to use for configuration
    #[arg(long, value_name = "FILE|DATA")]
    config: Option<String>,
    /// Do not follow symbolic links when reading sources or configuration
    #[arg(long)]
    disable_symlinks: bool,
    /// How to print what does not compile
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    error_format: Option<ErrorFormat>,
    /// Accepted, as buf has it
    #[arg(long, hide = true)]
    debug: bool,
    /// Accepted, as buf has it
    #[arg(long, hide = true)]
    log_format: Option<String>,
    /// Accepted, as buf has it: Ctrl-C ends a plugin that takes too long
    #[arg(long, hide = true)]
    timeout: Option<String>,
}

/// Runs `treaty generate`.
pub(crate) fn generate(args: &GenerateArgs) -> anyhow::Result<Report> {
    if args.include_wkt == Some(true) && args.include_imports != Some(true) {
        anyhow::bail!("cannot set --include-wkt to true without setting --include-imports to true");
    }
    let template = Template::read(&args.template)?;
    if template.managed.is_in_vain() {
        tell::warning("managed mode is configured but not enabled");
    }
    let (mut images, mut sources) = (Vec::new(), Vec::new());
    for wanted in wanted(args, &template) {
        let source = match source::read(&wanted)? {
            Ok(source) => source,
            Err(built) => {
                let format = args.error_format.unwrap_or_else(ErrorFormat::default_here);
                return Ok(report::broken(&built, format, "treaty generate").on_stderr());
            }
        };
        images.push(image(&source, &wanted.types, &template)?);
        sources.extend(source.files);
    }
    let cleans = args.clean.unwrap_or(template.clean);
    let mut outputs = Outputs::new(&args.output, cleans, sources)?;
    for image in &images {
        let answers =
            jobs::run(image, &template.plugins, (args.include_imports, args.include_wkt))?;
        outputs.check(&template.plugins, &answers)?;
        features::check(image.descriptors(), &template.plugins, &answers)?;
        for (plugin, answer) in template.plugins.iter().zip(answers) {
            outputs.add(&plugin.out, answer).with_context(|| format!("plugin {}", plugin.name))?;
        }
    }
    outputs.write()?;
    Ok(Report { clean: true, ..Report::default() })
}

/// What is to be read: the command line is before the template.
fn wanted(args: &GenerateArgs, template: &Template) -> Vec<Wanted> {
    let or = |given: &[String], else_: &[String]| {
        if given.is_empty() { else_.to_vec() } else { given.to_vec() }
    };
    let default = Input { types: template.types.clone(), ..Input::new(".") };
    let inputs = match &args.input {
        Some(input) => vec![Input { text: input.clone(), ..default }],
        None if template.inputs.is_empty() => vec![default],
        None => template.inputs.clone(),
    };
    let wanted = inputs.into_iter().map(|input| Wanted {
        paths: or(&args.path, &input.paths),
        exclude_paths: or(&args.exclude_path, &input.exclude_paths),
        types: Types {
            include: or(&args.types, &input.types),
            exclude: or(&args.exclude_types, &input.exclude_types),
        },
        config: args.config.clone(),
        disable_symlinks: args.disable_symlinks,
        text: input.text,
    });
    wanted.collect()
}

/// What plugins are asked about: the types that are meant, with options as managed mode sets them.
fn image(source: &Source, types: &Types, template: &Template) -> anyhow::Result<Image> {
    let order = source.descriptors.imports_first();
    let order = order.iter().map(|file| file.name.clone()).collect();
    let kept: Descriptors = source.descriptors.only(types)?;
    let managed = managed::apply(&kept, &template.managed, &source.modules);
    Ok(Image::new(managed, order))
}

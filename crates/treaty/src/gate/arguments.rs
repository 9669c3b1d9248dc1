//! The arguments that `breaking`, `lint` and `build` share with buf's.

use clap::Args;

use super::config;
use super::format::ErrorFormat;
use super::input::Flags;

/// What is checked, and how it is printed.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The source or image: a folder, a .proto file, a git repository, an archive, a descriptor set,
    /// `grpc://host:port` or `released`
    #[arg(default_value = ".", hide_default_value = true)]
    pub(super) input: String,
    /// The options of standard input, as in `-#format=json`
    #[arg(short = '#', hide = true, value_name = "OPTIONS", conflicts_with = "input")]
    hashtag: Option<String>,
    /// The buf.yaml file or data to use for configuration
    #[arg(long, value_name = "FILE|DATA")]
    config: Option<String>,
    /// Limit to specific files or directories; may be repeated
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub(super) path: Vec<String>,
    /// Exclude specific files or directories; may be repeated
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub(super) exclude_path: Vec<String>,
    /// Do not follow symbolic links when reading sources or configuration
    #[arg(long)]
    disable_symlinks: bool,
    /// How to print what was found; rich on a terminal, else text
    #[arg(
        long,
        value_enum,
        visible_alias = "format",
        value_name = "FORMAT",
        hide_possible_values = true,
        help = "How to print what was found [text, json, msvs, junit, github-actions, gitlab-code-quality, config-ignore-yaml (lint), sarif, markdown, rich]; rich on a terminal, else text"
    )]
    error_format: Option<ErrorFormat>,
    /// Accepted, as buf has it
    #[arg(long, hide = true)]
    debug: bool,
    /// Accepted, as buf has it
    #[arg(long, hide = true)]
    log_format: Option<String>,
    /// Accepted, as buf has it: nothing here waits for long
    #[arg(long, hide = true)]
    timeout: Option<String>,
}

impl Common {
    /// What to read.
    pub(super) fn input(&self) -> String {
        match &self.hashtag {
            Some(options) => format!("-#{options}"),
            None => self.input.clone(),
        }
    }

    /// What the flags make of it.
    pub(super) fn flags(&self) -> anyhow::Result<Flags> {
        Ok(Flags {
            paths: self.path.clone(),
            exclude_paths: self.exclude_path.clone(),
            config: given(self.config.as_deref())?,
            disable_symlinks: self.disable_symlinks,
            ..Flags::default()
        })
    }

    pub(super) fn error_format(&self) -> ErrorFormat {
        self.error_format.unwrap_or_else(ErrorFormat::default_here)
    }
}

/// The configuration of a flag; an empty one is none.
pub(super) fn given(flag: Option<&str>) -> anyhow::Result<Option<config::BufYaml>> {
    flag.filter(|value| !value.is_empty()).map(config::from_flag).transpose()
}

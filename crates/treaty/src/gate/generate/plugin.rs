//! A plugin of the template, found on this machine.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::look_up::look_up;
use super::process::{self, Ended};
use super::protoc::{BUILT_IN, Protoc};
use super::request::{Question, Requests};
use super::response::Answer;
use super::template::Way;

/// What can be asked.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// A program that reads a request and writes an answer.
    Program(PathBuf, Vec<String>),
    /// A generator that is built into protoc.
    BuiltIn(Protoc),
}

impl Found {
    /// Finds a plugin; a program of its own goes before what is built into protoc.
    pub(super) async fn find(way: &Way) -> anyhow::Result<Self> {
        match way {
            Way::Program(command) => {
                let (program, arguments) = command.split_first().context("there is no program")?;
                let found = look_up(program).with_context(|| {
                    format!("there is no program `{program}`: {}", hint(program))
                })?;
                Ok(Self::Program(found, arguments.to_vec()))
            }
            Way::Named { name, protoc } => {
                let program = format!("protoc-gen-{name}");
                if let Some(found) = look_up(&program) {
                    return Ok(Self::Program(found, Vec::new()));
                }
                if !BUILT_IN.contains(&name.as_str()) {
                    bail!(
                        "there is no program `{program}`: {}, and {name} is not built into protoc",
                        hint(&program)
                    );
                }
                let (program, arguments) = match protoc.split_first() {
                    Some((program, arguments)) => (program.as_str(), arguments.to_vec()),
                    None => ("protoc", Vec::new()),
                };
                let found = look_up(program).with_context(|| {
                    format!("{name} is built into protoc, and there is no program `{program}`: install protoc, or say where it is by protoc_path")
                })?;
                Ok(Self::BuiltIn(Protoc::new(found, arguments, name).await?))
            }
        }
    }

    /// Asks it; the second part is what it said beside.
    pub(super) async fn ask(
        &self,
        name: &str,
        requests: &Requests,
        question: &Question,
        parameter: &str,
    ) -> (anyhow::Result<Answer>, Vec<u8>) {
        match self {
            Self::Program(program, arguments) => {
                let request = requests.encode(question, parameter);
                let Ended { answer, said } = process::run(program, arguments, &request).await;
                (answer.and_then(|bytes| Answer::decode(name, &bytes)), said)
            }
            Self::BuiltIn(protoc) => protoc.ask(requests, question, parameter).await,
        }
    }
}

fn hint(program: &str) -> &'static str {
    if program.contains('/') {
        "no file of that name can be run"
    } else {
        "install it, and see that its folder is in PATH"
    }
}

//! Asks the generators that are built into protoc. — *Source*: protoc's command line; what buf
//! 1.75.0 passes to it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::process::{self, Ended};
use super::request::{Question, Requests};
use super::response::{Answer, Generated, PROTO3_OPTIONAL, SUPPORTS_EDITIONS};

/// The names after `--` and before `_out`.
pub(super) const BUILT_IN: [&str; 12] = [
    "cpp", "csharp", "java", "js", "kotlin", "objc", "php", "pyi", "python", "rbs", "ruby", "rust",
];

/// `EDITION_PROTO2` and `EDITION_MAX`.
const EDITIONS: (i32, i32) = (998, i32::MAX);

/// A generator in a protoc.
#[derive(Debug, Clone)]
pub(super) struct Protoc {
    program: PathBuf,
    arguments: Vec<String>,
    generator: String,
    has_optional: bool,
    needs_flag: bool,
}

impl Protoc {
    /// Asks protoc for its version and whether it has the generator.
    pub(super) async fn new(
        program: PathBuf,
        arguments: Vec<String>,
        generator: &str,
    ) -> anyhow::Result<Self> {
        let asked: Vec<String> =
            arguments.iter().cloned().chain(["--version".to_owned()]).collect();
        let ended = process::run(&program, &asked, &[]).await;
        let shown = program.display();
        let answer = ended.answer.with_context(|| {
            format!("{shown} --version: {}", String::from_utf8_lossy(&ended.said).trim())
        })?;
        let text = String::from_utf8_lossy(&answer);
        let version = version(&text)
            .with_context(|| format!("{shown} --version says no version: {}", text.trim()))?;
        let since = match generator {
            "kotlin" => (3, 17),
            "rust" => (4, 23),
            "rbs" => (34, 0),
            _ => (0, 0),
        };
        if version < since {
            bail!("{generator} is not supported by protoc {}.{}", version.0, version.1);
        }
        if generator == "js" && version >= (3, 21) {
            bail!(
                "js moved to a separate plugin in protoc 21: install protoc-gen-js, https://github.com/protocolbuffers/protobuf-javascript"
            );
        }
        Ok(Self {
            program,
            arguments,
            generator: generator.to_owned(),
            has_optional: version >= (3, 12),
            needs_flag: ((3, 12)..(3, 15)).contains(&version),
        })
    }

    /// Generates the files of a question.
    pub(super) async fn ask(
        &self,
        requests: &Requests,
        question: &Question,
        parameter: &str,
    ) -> (anyhow::Result<Answer>, Vec<u8>) {
        let folder = match tempfile::tempdir().context("cannot make a temporary folder") {
            Ok(folder) => folder,
            Err(error) => return (Err(error), Vec::new()),
        };
        let generator = &self.generator;
        let mut arguments = self.arguments.clone();
        arguments.push("--descriptor_set_in=/dev/stdin".to_owned());
        arguments.push(format!("--{generator}_out={}", folder.path().display()));
        if self.needs_flag {
            arguments.push("--experimental_allow_proto3_optional".to_owned());
        }
        if !parameter.is_empty() {
            arguments.push(format!("--{generator}_opt={parameter}"));
        }
        arguments.extend(question.asked().map(str::to_owned));
        let set = requests.descriptor_set(question);
        let Ended { answer, said } = process::run(&self.program, &arguments, &set).await;
        (answer.and_then(|_| self.answer(folder.path())), said)
    }

    fn answer(&self, folder: &Path) -> anyhow::Result<Answer> {
        let mut files = Vec::new();
        read(folder, "", &mut files).context("cannot read what protoc generated")?;
        files.sort_by(|a, b| a.name.cmp(&b.name));
        // protoc itself refuses the editions that it does not know.
        let optional = if self.has_optional { PROTO3_OPTIONAL } else { 0 };
        Ok(Answer {
            files,
            error: String::new(),
            features: optional | SUPPORTS_EDITIONS,
            minimum_edition: EDITIONS.0,
            maximum_edition: EDITIONS.1,
        })
    }
}

fn read(folder: &Path, prefix: &str, files: &mut Vec<Generated>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().context("a name is not UTF-8")?;
        let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &name, files)?;
        } else {
            let content = std::fs::read(entry.path())?;
            files.push(Generated { name, insertion_point: String::new(), content });
        }
    }
    Ok(())
}

/// The first two numbers of `libprotoc 29.1` or `libprotoc 3.21.12`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix("libprotoc ")?.split(['.', '-']);
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version("libprotoc 31.1\n"), Some((31, 1)));
        assert_eq!(version("libprotoc 3.21.12"), Some((3, 21)));
        assert_eq!(version("libprotoc 30.0-rc1"), Some((30, 0)));
        assert_eq!(version("protoc"), None);
    }
}

//! Decodes what plugins answer: `google.protobuf.compiler.CodeGeneratorResponse`. — *Holds*: every
//! file has a name that stays inside the folder it is written to. — *Source*: plugin.proto.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail, ensure};
use treaty_compiler::wire::{Field, Fields};

use super::super::path;
use super::tell;

/// `FEATURE_PROTO3_OPTIONAL` and `FEATURE_SUPPORTS_EDITIONS`.
pub(super) const PROTO3_OPTIONAL: u64 = 1;
pub(super) const SUPPORTS_EDITIONS: u64 = 2;

/// What a plugin has generated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) files: Vec<Generated>,
    /// What went wrong; empty if nothing did.
    pub(super) error: String,
    pub(super) features: u64,
    pub(super) minimum_edition: i32,
    pub(super) maximum_edition: i32,
}

/// A file, or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Generated {
    pub(super) name: String,
    /// Where in the file of that name the content goes; empty if it is the whole file.
    pub(super) insertion_point: String,
    pub(super) content: Vec<u8>,
}

impl Answer {
    /// Decodes an answer and checks its names.
    pub(super) fn decode(plugin: &str, bytes: &[u8]) -> anyhow::Result<Self> {
        let mut answer = Self::default();
        for field in Fields::new(bytes) {
            let field = field.context("the answer is no CodeGeneratorResponse")?;
            let number = || field.value.int32().context("an edition is no number");
            match field.number {
                1 => answer.error = text(&field)?,
                2 => match field.value {
                    treaty_compiler::wire::Value::Varint(features) => answer.features = features,
                    _ => bail!("supported_features is no number"),
                },
                3 => answer.minimum_edition = number()?,
                4 => answer.maximum_edition = number()?,
                15 => {
                    let bytes = field.value.bytes().context("a generated file is no message")?;
                    answer.add(generated(bytes)?)?;
                }
                _ => {}
            }
        }
        ensure!(
            answer.features & !(PROTO3_OPTIONAL | SUPPORTS_EDITIONS) == 0,
            "the answer says that it supports features that are not known: {:b}",
            answer.features
        );
        answer.check_editions()?;
        answer.check(plugin)?;
        Ok(answer)
    }

    /// Who knows editions says which, even if no file has one.
    fn check_editions(&self) -> anyhow::Result<()> {
        if self.features & SUPPORTS_EDITIONS == 0 {
            return Ok(());
        }
        let (first, last) = (self.minimum_edition, self.maximum_edition);
        for (edition, which) in [(first, "minimum"), (last, "maximum")] {
            ensure!(
                edition != 0,
                "the answer says that it supports editions, but not a {which} supported edition"
            );
        }
        ensure!(
            first <= last,
            "the answer says a maximum supported edition ({last}) that is less than its minimum supported edition ({first})"
        );
        Ok(())
    }

    /// A file without a name goes on with the one before.
    fn add(&mut self, file: Generated) -> anyhow::Result<()> {
        if !file.name.is_empty() {
            self.files.push(file);
            return Ok(());
        }
        let last = self.files.last_mut().context("the first generated file has no name")?;
        ensure!(
            file.insertion_point.is_empty(),
            "a generated file has an insertion point and no name"
        );
        last.content.extend(file.content);
        Ok(())
    }

    /// Makes names normal; drops what a plugin generates twice.
    fn check(&mut self, plugin: &str) -> anyhow::Result<()> {
        for file in &mut self.files {
            let name = path::clean(&file.name);
            ensure!(
                name != "." && !name.starts_with('/') && name != ".." && !name.starts_with("../"),
                "the generated file `{}` would be written outside of its folder",
                file.name
            );
            if name != file.name {
                tell::warning(&format!(
                    "plugin {plugin} generated `{}`, which is written as `{name}`",
                    file.name
                ));
                file.name = name;
            }
        }
        self.drop_second(plugin);
        Ok(())
    }

    fn drop_second(&mut self, plugin: &str) {
        let mut seen = BTreeSet::new();
        self.files.retain(|file| {
            let is_new = seen.insert(file.name.clone()) || !file.insertion_point.is_empty();
            if !is_new {
                tell::warning(&format!(
                    "plugin {plugin} generated `{}` more than once; the first one counts",
                    file.name
                ));
            }
            is_new
        });
    }

    /// The answers of one plugin to all requests, in their order.
    pub(super) fn merge(plugin: &str, answers: Vec<Self>) -> anyhow::Result<Self> {
        let mut errors: Vec<&str> = answers.iter().map(|answer| answer.error.as_str()).collect();
        errors.retain(|error| !error.is_empty());
        if !errors.is_empty() {
            bail!("{}", errors.join("; "));
        }
        let mut answers = answers.into_iter();
        let mut merged = answers.next().unwrap_or_default();
        for answer in answers {
            merged.files.extend(answer.files);
            merged.features &= answer.features;
            merged.minimum_edition = merged.minimum_edition.max(answer.minimum_edition);
            merged.maximum_edition = merged.maximum_edition.min(answer.maximum_edition);
        }
        merged.drop_second(plugin);
        Ok(merged)
    }
}

fn text(field: &Field<'_>) -> anyhow::Result<String> {
    let text = field.value.text().context("a text of the answer is not UTF-8")?;
    Ok(text.to_owned())
}

fn generated(bytes: &[u8]) -> anyhow::Result<Generated> {
    let mut file = Generated::default();
    for field in Fields::new(bytes) {
        let field = field.context("a generated file is no message")?;
        match field.number {
            1 => file.name = text(&field)?,
            2 => file.insertion_point = text(&field)?,
            15 => file.content = text(&field)?.into_bytes(),
            _ => {}
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use treaty_compiler::wire::{put_bytes, put_message, put_number};

    use super::*;

    fn file(into: &mut Vec<u8>, name: &str, content: &str) {
        put_message(into, 15, |into| {
            if !name.is_empty() {
                put_bytes(into, 1, name.as_bytes());
            }
            put_bytes(into, 15, content.as_bytes());
        });
    }

    /// Whatever the files are that it was asked for.
    #[test]
    fn who_supports_editions_says_which() {
        for (features, first, last, is_sound) in [
            (1, 0, 0, true),
            (3, 998, 1000, true),
            (2, 0, 0, false),
            (2, 998, 0, false),
            (2, 0, 1000, false),
            (2, 1000, 998, false),
        ] {
            let mut bytes = Vec::new();
            for (number, value) in [(2, features), (3, first), (4, last)] {
                put_number(&mut bytes, number, value);
            }
            assert_eq!(Answer::decode("test", &bytes).is_ok(), is_sound, "{first} to {last}");
        }
    }

    #[test]
    fn a_file_without_a_name_goes_on() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, 2, 1);
        file(&mut bytes, "a.txt", "one ");
        file(&mut bytes, "", "two");
        let answer = Answer::decode("test", &bytes).expect("an answer");
        assert_eq!(answer.features, 1);
        assert_eq!(answer.files.len(), 1);
        assert_eq!(answer.files[0].content, b"one two");
        let mut first = Vec::new();
        file(&mut first, "", "lost");
        assert!(Answer::decode("test", &first).is_err());
    }

    #[test]
    fn names_stay_inside() {
        for (name, kept) in [("a/./b//c.txt", Some("a/b/c.txt")), ("a/../b", Some("b"))] {
            let mut bytes = Vec::new();
            file(&mut bytes, name, "");
            let answer = Answer::decode("test", &bytes).expect(name);
            assert_eq!(Some(answer.files[0].name.as_str()), kept);
        }
        for name in ["/etc/passwd", "../x", "a/../../x", "..", ".", "a/.."] {
            let mut bytes = Vec::new();
            file(&mut bytes, name, "");
            assert!(Answer::decode("test", &bytes).is_err(), "{name}");
        }
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error() {
        for bytes in [&[0xff][..], &[0x7a, 5, 1], &[0x12, 0], &[0x18, 0x80], &[0x0b, 0x0c]] {
            println!("{bytes:?}: {:?}", Answer::decode("test", bytes).map(|_| ()));
        }
        assert!(Answer::decode("test", &[0x7a, 5, 1]).is_err());
    }
}

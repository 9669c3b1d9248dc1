//! Splits a YAML stream into documents and reads one with line numbers of the file.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// One document of a stream.
#[derive(Debug)]
pub struct Document {
    /// Its `kind`, empty if it has none.
    pub kind: String,
    /// The line of the file that it starts on, from 1.
    pub line: usize,
    text: String,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    kind: String,
}

/// A line and a message.
pub(super) type Wrong = (usize, String);

/// The documents of a stream that hold more than comments.
pub fn split(text: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut start = 1;
    let mut push = |lines: &mut Vec<&str>, start: usize| {
        let blank = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if !lines.iter().all(blank) {
            let text = lines.join("\n");
            let head = serde_saphyr::from_str::<Head>(&text);
            let kind = head.map(|head| head.kind).unwrap_or_default();
            documents.push(Document { kind, line: start, text });
        }
        lines.clear();
    };
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_end() == "---" {
            push(&mut lines, start);
            start = number + 1;
        } else {
            lines.push(line);
        }
    }
    push(&mut lines, start);
    documents
}

impl Document {
    /// Reads the document, strictly.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Wrong> {
        serde_saphyr::from_str(&self.text).map_err(|error| {
            let line = error.location().map_or(0, |location| location.line() as usize);
            let message = error.without_snippet().to_string();
            (self.line + line.saturating_sub(1), message)
        })
    }

    /// Why the document is no YAML, if it is none.
    pub(super) fn syntax_error(&self) -> Option<Wrong> {
        self.read::<serde::de::IgnoredAny>().err()
    }

    /// Something wrong with the document as a whole.
    pub(super) fn finding(&self, message: &str) -> Wrong {
        (self.line, message.to_owned())
    }

    /// Reads the line of the first occurrence of a text, to point at a value.
    pub(super) fn line_of(&self, value: &str) -> usize {
        let found = self.text.lines().position(|line| line.contains(value));
        self.line + found.unwrap_or_default()
    }
}

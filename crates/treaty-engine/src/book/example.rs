//! The example of a rule: a small contract before and after, written as one text.
//!
//! Each line begins with a space where it is in both, with `-` where it is only before and with `+`
//! where it is only after, then a space. A line `// shop/v1/order.proto` begins a file of that name.
//! What every file needs is left out: where an example says neither syntax nor edition, or no
//! package, it is proto3 in `shop.v1`. — *Holds*: the imports that examples use are at hand.

use std::collections::BTreeMap;

use crate::{Descriptors, Finding, Sources};

/// The name of a file that has none.
const FILE: &str = "shop/v1/shop.proto";

/// What examples import, as little of it as they need.
const IMPORTS: [(&str, &str); 2] = [
    (
        "buf/validate/validate.proto",
        include_str!("../../fixtures/own/_imports/buf/validate/validate.proto"),
    ),
    (
        "google/api/annotations.proto",
        include_str!("../../fixtures/own/_imports/google/api/annotations.proto"),
    ),
];

/// A contract before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    text: &'static str,
}

impl Example {
    pub(super) fn new(text: &'static str) -> Self {
        Self { text: text.trim_start_matches('\n').trim_end() }
    }

    /// As it is written, for people.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Before, whole files by name.
    #[must_use]
    pub fn old_side(&self) -> Sources {
        self.side('-')
    }

    /// After, whole files by name.
    #[must_use]
    pub fn new_side(&self) -> Sources {
        self.side('+')
    }

    fn side(&self, sign: char) -> Sources {
        let mut files: BTreeMap<&str, Text<'_>> = BTreeMap::new();
        let mut ours = FILE;
        // The other side may say what this one leaves out: then it is meant to be left out.
        let mut other = FILE;
        for line in self.text.lines() {
            let (mark, code) = line.split_at_checked(1).unwrap_or((" ", ""));
            let code = code.strip_prefix(' ').unwrap_or(code);
            let (here, there) = (!matches!((mark, sign), ("-", '+') | ("+", '-')), mark == " ");
            if let Some(name) = header(code) {
                ours = if here { name } else { ours };
                other = if there || !here { name } else { other };
                continue;
            }
            let file = if here { ours } else { other };
            let text = files.entry(file).or_default();
            text.says_syntax |= code.starts_with("syntax") || code.starts_with("edition");
            text.says_package |= code.starts_with("package ");
            text.lines.extend(here.then_some(code));
        }
        let written = files.into_iter().filter(|(_, text)| !text.lines.is_empty());
        written.map(|(name, text)| (name.to_owned(), text.whole().into())).collect()
    }
}

/// One file of one side.
#[derive(Default)]
struct Text<'t> {
    lines: Vec<&'t str>,
    says_syntax: bool,
    says_package: bool,
}

impl Text<'_> {
    fn whole(&self) -> String {
        let head = self.lines.iter().position(|line| is_syntax(line)).map_or(0, |at| at + 1);
        let (before, after) = self.lines.split_at(head);
        let syntax = if self.says_syntax { "" } else { "syntax = \"proto3\";" };
        let package = if self.says_package { "" } else { "package shop.v1;" };
        let lines = before.iter().chain([&syntax, &package]).chain(after);
        lines.fold(String::new(), |text, line| text + line + "\n")
    }
}

fn is_syntax(line: &str) -> bool {
    line.starts_with("syntax") || line.starts_with("edition")
}

/// The file that a line begins.
fn header(line: &str) -> Option<&str> {
    line.strip_prefix("// ").filter(|name| name.ends_with(".proto") && !name.contains(' '))
}

/// Compiles one side; what it imports is no part of it.
#[must_use]
pub fn compile(mut sources: Sources) -> (Descriptors, Vec<Finding>) {
    let own: Vec<String> = sources.keys().cloned().collect();
    let used = |name: &str, sources: &Sources| sources.values().any(|text| text.contains(name));
    for (name, text) in IMPORTS {
        if used(name, &sources) {
            sources.insert(name.to_owned(), text.into());
        }
    }
    let (all, findings) = Descriptors::compile(&sources);
    (all.subset(|name| own.iter().any(|one| one == name)), findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_is_whole_files() {
        let example = Example::new(
            "\n  // a.proto\n  message A {\n-   int32 x = 1;\n+   int64 x = 1;\n  }\n+ // b.proto\n+ package b;\n",
        );
        let head = "syntax = \"proto3\";\npackage shop.v1;\n";
        let old = Sources::from([(
            "a.proto".to_owned(),
            format!("{head}message A {{\n  int32 x = 1;\n}}\n").into(),
        )]);
        assert_eq!(example.old_side(), old);
        let new = Sources::from([
            ("a.proto".to_owned(), format!("{head}message A {{\n  int64 x = 1;\n}}\n").into()),
            ("b.proto".to_owned(), "syntax = \"proto3\";\n\npackage b;\n".into()),
        ]);
        assert_eq!(example.new_side(), new);
    }

    #[test]
    fn what_the_other_side_says_is_left_out_here() {
        let example = Example::new("\n+ syntax = \"proto3\";\n  message A {}\n");
        let text = |sources: Sources| sources.values().next().map(ToString::to_string);
        assert_eq!(text(example.old_side()), Some("\npackage shop.v1;\nmessage A {}\n".to_owned()));
        assert_eq!(
            text(example.new_side()),
            Some("syntax = \"proto3\";\n\npackage shop.v1;\nmessage A {}\n".to_owned())
        );
    }
}

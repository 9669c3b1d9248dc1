//! Reads the package and the imports of a proto without compiling it. — *Does not* judge: what is
//! wrong in a file is for the compiler to say. — *Holds*: it ends for every text, in one pass.

/// What a file says about itself and others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Empty where there is none.
    pub(super) package: String,
    pub(super) imports: Vec<Import>,
    /// Whether it says its syntax or edition.
    pub(super) has_syntax: bool,
}

/// One import and where it stands, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) name: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// Scans the text of a proto.
pub(super) fn head(text: &str) -> Head {
    let mut head = Head::default();
    // A mark of the byte order says nothing.
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut tokens = Tokens { text, at };
    let mut depth = 0_u32;
    let mut statement: Vec<Token<'_>> = Vec::new();
    while let Some(token) = tokens.next() {
        match token.kind {
            Kind::Symbol('{') => depth += 1,
            Kind::Symbol('}') => {
                depth = depth.saturating_sub(1);
                statement.clear();
            }
            Kind::Symbol(';') => {
                if depth == 0 {
                    note(text, &statement, &mut head);
                }
                statement.clear();
            }
            _ if depth == 0 => statement.push(token),
            _ => {}
        }
    }
    head
}

fn note(text: &str, statement: &[Token<'_>], head: &mut Head) {
    match statement.first().map(|token| token.text) {
        Some("package") => {
            head.package = statement[1..].iter().map(|token| token.text).collect();
        }
        Some("syntax" | "edition") => head.has_syntax = true,
        Some("import") => {
            let strings = statement[1..].iter().filter(|token| token.kind == Kind::String);
            let name: String = strings.map(|token| unquoted(token.text)).collect();
            let (line, column) = place(text, statement[0].at);
            if !name.is_empty() {
                head.imports.push(Import { name, line, column });
            }
        }
        _ => {}
    }
}

/// The name in a string literal; nobody names a file with an escape.
fn unquoted(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
}

fn place(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    String,
    Symbol(char),
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    at: usize,
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip();
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let (kind, long) = match first {
            '"' | '\'' => (Kind::String, string(rest, first)),
            _ if is_word(first) => {
                (Kind::Word, rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()))
            }
            _ => (Kind::Symbol(first), first.len_utf8()),
        };
        let token = Token { kind, text: &rest[..long], at: self.at };
        self.at += long;
        Some(token)
    }

    /// Over white space and comments.
    fn skip(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let inner = rest.trim_start();
            self.at += rest.len() - inner.len();
            self.at += if inner.starts_with("//") {
                inner.find('\n').unwrap_or(inner.len())
            } else if inner.starts_with("/*") {
                inner.find("*/").map_or(inner.len(), |end| end + 2)
            } else {
                return;
            };
        }
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}

/// How many bytes a string literal has, up to the end of its line if it does not end.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_stands_outside_of_comments_and_braces() {
        let text = "// import \"no.proto\";\nsyntax = \"proto3\"; /* import 'no'; */\npackage a . b;\n\
            import public \"x/y.proto\";\nimport 'z' \".proto\";\nmessage M { string import = 1; message N {} }\n\
            option (o) = { a: \"}\" };\n  import weak \"w.proto\";";
        let head = head(text);
        assert_eq!(head.package, "a.b");
        let imports: Vec<_> =
            head.imports.iter().map(|one| (one.name.as_str(), one.line, one.column)).collect();
        assert_eq!(imports, [("x/y.proto", 4, 1), ("z.proto", 5, 1), ("w.proto", 8, 3)]);
    }

    #[test]
    fn a_byte_order_mark_is_no_statement() {
        let head = head("\u{feff}syntax = \"proto3\";\nimport \"a\";");
        assert!(head.has_syntax && head.imports.len() == 1);
    }

    #[test]
    fn ends_for_broken_texts() {
        for text in [
            "",
            "import",
            "import \"a",
            "import \"a;\nimport \"b\";",
            "/*",
            "}}}",
            "\u{feff}é\"",
            "import \"\\",
            "import;",
        ] {
            _ = head(text);
        }
        assert_eq!(head("import \"a;\nimport \"b\";").imports.len(), 1);
    }
}

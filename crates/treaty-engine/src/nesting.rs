//! Refuses sources that nest deeper than a compiler that recurses can follow.
//!
//! *Does not* parse: it counts brackets and dots outside comments and strings. — *Holds*: what
//! passes cannot overflow the stack of protox and prost-reflect, and can be read back after a
//! release. — *Source*: protoc refuses messages nested deeper than 32, decoders stop at 100.

/// The deepest nesting of brackets.
const MAX_DEPTH: usize = 32;
/// The longest dotted path, as of an option.
const MAX_PATH: usize = 64;

/// What is too deep, and where: line and column from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooDeep {
    pub(crate) what: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The first place that nests too deeply.
pub(crate) fn too_deep(source: &str) -> Option<TooDeep> {
    let (mut line, mut line_start) = (1, 0);
    let (mut depth, mut dots) = (0_usize, 0_usize);
    let mut rest = source.char_indices().peekable();
    while let Some((at, found)) = rest.next() {
        match found {
            '\n' => (line, line_start) = (line + 1, at + 1),
            '/' if source[at..].starts_with("//") => {
                while rest.next_if(|(_, next)| *next != '\n').is_some() {}
            }
            '/' if source[at..].starts_with("/*") => {
                let end = source[at + 2..].find("*/").map_or(source.len(), |end| at + end + 4);
                while let Some((at, next)) = rest.next_if(|(next_at, _)| *next_at < end) {
                    if next == '\n' {
                        (line, line_start) = (line + 1, at + 1);
                    }
                }
            }
            quote @ ('"' | '\'') => {
                // A string ends at its quote, or with its line.
                while let Some((_, next)) = rest.next_if(|(_, next)| *next != '\n') {
                    if next == '\\' {
                        rest.next_if(|(_, escaped)| *escaped != '\n');
                    } else if next == quote {
                        break;
                    }
                }
            }
            '{' | '[' | '<' | '(' => depth += 1,
            '}' | ']' | '>' | ')' => depth = depth.saturating_sub(1),
            '.' => dots += 1,
            '=' | ';' | ',' | ':' => dots = 0,
            _ => {}
        }
        let column = u32::try_from(source[line_start..at.max(line_start)].chars().count() + 1);
        let place = |what| Some(TooDeep { what, line, column: column.unwrap_or(u32::MAX) });
        if depth > MAX_DEPTH {
            return place(format!("this nests deeper than {MAX_DEPTH} levels"));
        }
        if dots > MAX_PATH {
            return place(format!("this path has more than {MAX_PATH} parts"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_bracket_too_many() {
        let source = format!("syntax = \"proto3\";\n{}", "message M {".repeat(40));
        let found = too_deep(&source).unwrap();
        assert_eq!((found.line, found.column), (2, 32 * 11 + 11));
    }

    #[test]
    fn counts_neither_comments_nor_strings_nor_what_is_closed() {
        for source in [
            "message M {}\n".repeat(100),
            format!("// {}\n/* {} */", "{".repeat(100), "[\n".repeat(100)),
            format!("option a = \"{}\\\"{}\";", "{".repeat(50), "{".repeat(50)),
            "import \"a.b.c\";\nint32 a = 1;\n".repeat(100),
            format!("// {}", "a.".repeat(100)),
        ] {
            assert_eq!(too_deep(&source), None, "{source}");
        }
    }

    #[test]
    fn finds_a_path_too_long() {
        assert!(too_deep(&format!("option (o){} = 1;", ".o".repeat(65))).is_some());
        assert!(too_deep(&format!("option (o){} = 1;", ".o".repeat(60))).is_none());
    }
}

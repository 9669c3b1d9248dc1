//! Test results as JUnit writes them, a suite for each file; what stops nothing is skipped. —
//! *Holds*: bytes are those that Go's encoder writes.

use std::fmt::Write as _;

use super::Annotation;

pub(super) fn report(annotations: &[Annotation]) -> String {
    if annotations.is_empty() {
        return "<testsuites></testsuites>\n".to_owned();
    }
    let mut text = "<testsuites>\n".to_owned();
    for suite in annotations.chunk_by(|a, b| a.path == b.path) {
        let path = suite[0].shown();
        let name = escaped(path.strip_suffix(".proto").unwrap_or(path));
        let (all, failures) = (suite.len(), suite.iter().filter(|one| one.is_error()).count());
        let skipped = match all - failures {
            0 => String::new(),
            skipped => format!(" skipped=\"{skipped}\""),
        };
        _ = writeln!(
            text,
            "  <testsuite name=\"{name}\" tests=\"{all}\" failures=\"{failures}\" errors=\"0\"{skipped}>"
        );
        for one in suite {
            case(one, &mut text);
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn case(one: &Annotation, text: &mut String) {
    let rule = escaped(&one.finding.rule);
    let place = match one.span() {
        Some([line, column, ..]) => format!("_{line}_{column}"),
        None => String::new(),
    };
    _ = writeln!(text, "    <testcase name=\"{rule}{place}\">");
    let message = escaped(&one.line());
    _ = match one.is_error() {
        true => writeln!(text, "      <failure message=\"{message}\" type=\"{rule}\"></failure>"),
        false => writeln!(text, "      <skipped message=\"{message}\"></skipped>"),
    };
    *text += "    </testcase>\n";
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => escaped += "&#34;",
            '\'' => escaped += "&#39;",
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\t' => escaped += "&#x9;",
            '\n' => escaped += "&#xA;",
            '\r' => escaped += "&#xD;",
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

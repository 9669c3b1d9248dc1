//! One JSON object a line, with buf's keys. — *Holds*: bytes are those that Go's encoder writes,
//! which escapes what HTML would take for a tag.

use serde::Serialize;

use super::Annotation;

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(rename = "type", skip_serializing_if = "str::is_empty")]
    rule: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
}

pub(super) fn lines(annotations: &[Annotation]) -> String {
    let mut text = String::new();
    for one in annotations {
        let [start_line, start_column, end_line, end_column] =
            one.span().unwrap_or([1; 4]).map(|number| number.max(1));
        let line = Line {
            path: one.path.as_deref(),
            start_line,
            start_column,
            end_line,
            end_column,
            rule: &one.finding.rule,
            message: &one.finding.message,
        };
        text += &(encode(&line) + "\n");
    }
    text
}

/// JSON as Go writes it.
pub(in crate::gate) fn encode(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("strings and numbers have JSON");
    if !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped += &format!("\\u{:04x}", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

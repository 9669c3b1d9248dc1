//! Writes and reads JSON trees as YAML, as buf writes it: two spaces a level, strings
//! bare where YAML reads them back as strings.

use std::fmt::Write as _;

use super::tree::Tree;

/// Why a text is no YAML tree.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// Reads YAML as the JSON that it means.
///
/// # Errors
///
/// [`Unreadable`] where it is not YAML, or has tags or keys that JSON has no form for.
pub fn read(text: &str) -> Result<Tree, Unreadable> {
    // An image has millions of nodes, none of which needs more of the text than a dash and a line.
    let budget = serde_saphyr::budget! {
        max_depth: 128,
        max_nodes: text.len() + 1,
        max_events: 2 * text.len() + 16,
        max_total_scalar_bytes: text.len() + 1,
    };
    let options = serde_saphyr::options! { budget: budget, strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Unreadable(error.to_string()))
}

/// A tree as a YAML document.
#[must_use]
pub fn print(tree: &Tree) -> String {
    let mut into = String::new();
    match tree {
        Tree::Object(_) | Tree::List(_) if !is_empty(tree) => write(tree, 0, &mut into),
        one => {
            scalar(one, 0, &mut into);
            into.push('\n');
        }
    }
    into
}

fn is_empty(tree: &Tree) -> bool {
    match tree {
        Tree::List(list) => list.is_empty(),
        Tree::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn indent(depth: usize, into: &mut String) {
    for _ in 0..depth {
        into.push_str("  ");
    }
}

/// A list or an object, each member on a line of its own; the first line is already indented.
pub(super) fn write(tree: &Tree, depth: usize, into: &mut String) {
    match tree {
        Tree::List(list) => {
            for (index, one) in list.iter().enumerate() {
                if index > 0 {
                    indent(depth, into);
                }
                into.push_str("- ");
                member(one, depth + 1, into, true);
            }
        }
        Tree::Object(members) => {
            for (index, (name, one)) in members.iter().enumerate() {
                if index > 0 {
                    indent(depth, into);
                }
                text(name, depth, into, true);
                into.push(':');
                member(one, depth + 1, into, false);
            }
        }
        one => scalar(one, depth, into),
    }
}

/// What stands behind a dash or a colon.
fn member(one: &Tree, depth: usize, into: &mut String, in_list: bool) {
    if matches!(one, Tree::List(_) | Tree::Object(_)) && !is_empty(one) {
        if !in_list {
            into.push('\n');
            indent(depth, into);
        }
        write(one, depth, into);
        return;
    }
    if !in_list {
        into.push(' ');
    }
    scalar(one, depth, into);
    into.push('\n');
}

fn scalar(one: &Tree, depth: usize, into: &mut String) {
    match one {
        Tree::Null => into.push_str("null"),
        Tree::Bool(truth) => into.push_str(if *truth { "true" } else { "false" }),
        Tree::Int(_) | Tree::Uint(_) | Tree::Float(_) | Tree::Double(_) => one.write_json(into),
        Tree::Text(one) => text(one, depth, into, false),
        Tree::List(_) => into.push_str("[]"),
        Tree::Object(_) => into.push_str("{}"),
    }
}

fn text(text: &str, depth: usize, into: &mut String, is_key: bool) {
    if !is_key && text.contains('\n') && block_fits(text) {
        return block(text, depth, into);
    }
    if text.contains('\n') || text.chars().any(is_special) {
        return double_quoted(text, into);
    }
    if reads_as_something_else(text) {
        return double_quoted(text, into);
    }
    if is_plain(text) {
        into.push_str(text);
        return;
    }
    into.push('\'');
    into.push_str(&text.replace('\'', "''"));
    into.push('\'');
}

/// What only double quotes can hold.
fn is_special(letter: char) -> bool {
    !matches!(letter, '\t' | '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        || matches!(letter, '\u{feff}')
}

/// Whether the text can stand as lines of its own.
fn block_fits(text: &str) -> bool {
    !text.chars().any(is_special)
        && !text.contains(" \n")
        && !text.ends_with(' ')
        && !text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\t'])
}

fn block(text: &str, depth: usize, into: &mut String) {
    into.push('|');
    if text.starts_with([' ', '\n']) {
        into.push('2');
    }
    if !text.ends_with('\n') {
        into.push('-');
    } else if text == "\n" || text.ends_with("\n\n") {
        into.push('+');
    }
    let lines = text.strip_suffix('\n').unwrap_or(text);
    for line in lines.split('\n') {
        into.push('\n');
        if !line.is_empty() {
            indent(depth, into);
            into.push_str(line);
        }
    }
}

/// Whether YAML reads the bare text as no string.
fn reads_as_something_else(text: &str) -> bool {
    let words = [
        "", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE", ".nan",
        ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf",
        "-.INF", "<<",
    ];
    words.contains(&text) || is_number(text) || is_time(text)
}

fn is_number(text: &str) -> bool {
    let plain = text.replace('_', "");
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return false;
    }
    let radix = |prefix: &str, radix| {
        unsigned
            .strip_prefix(prefix)
            .is_some_and(|digits| i64::from_str_radix(digits, radix).is_ok())
    };
    let float =
        unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
            && unsigned.parse::<f64>().is_ok();
    float || radix("0x", 16) || radix("0o", 8) || radix("0b", 2)
}

fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |at: std::ops::Range<usize>| {
        bytes.get(at).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    bytes.len() >= 10
        && digits(0..4)
        && bytes[4] == b'-'
        && digits(5..7)
        && bytes[7] == b'-'
        && digits(8..10)
        && (bytes.len() == 10 || matches!(bytes[10], b'T' | b't' | b' '))
}

/// Whether the text stands without quotes.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let spaced = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    let begins_badly = match first {
        b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\''
        | b'"' | b'%' | b'@' | b'`' => true,
        b'?' | b':' | b'-' => spaced(1),
        _ => false,
    };
    let marks = text.starts_with("---") || text.starts_with("...");
    let is_broken = (1..bytes.len()).any(|at| match bytes[at] {
        b':' => spaced(at + 1),
        b'#' => matches!(bytes[at - 1], b' ' | b'\t'),
        _ => false,
    });
    !begins_badly
        && !marks
        && !is_broken
        && !matches!(first, b' ' | b'\t')
        && !matches!(last, b' ' | b'\t')
        && !text.contains(['\t', '\u{85}', '\u{2028}', '\u{2029}'])
}

fn double_quoted(text: &str, into: &mut String) {
    into.push('"');
    for letter in text.chars() {
        match letter {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\0' => into.push_str("\\0"),
            '\x07' => into.push_str("\\a"),
            '\x08' => into.push_str("\\b"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\x0b' => into.push_str("\\v"),
            '\x0c' => into.push_str("\\f"),
            '\r' => into.push_str("\\r"),
            '\x1b' => into.push_str("\\e"),
            '\u{85}' => into.push_str("\\N"),
            '\u{a0}' => into.push_str("\\_"),
            '\u{2028}' => into.push_str("\\L"),
            '\u{2029}' => into.push_str("\\P"),
            letter if is_special(letter) => {
                let code = letter as u32;
                match code {
                    0..0x100 => _ = write!(into, "\\x{code:02X}"),
                    0x100..0x10000 => _ = write!(into, "\\u{code:04X}"),
                    _ => _ = write!(into, "\\U{code:08X}"),
                }
            }
            letter => into.push(letter),
        }
    }
    into.push('"');
}

//! Checks constraints of strings, bytes and field masks.

use super::go_regexp;
use super::lengths;
use super::report::Subject;
use super::set::Set;
use crate::cel::Value;
use crate::lint::{quoted, quoted_bytes};

/// Numbers of types of constraints.
const STRING: i32 = 14;
const BYTES: i32 = 15;
const MASK: i32 = 28;

pub(super) fn string(subject: &mut Subject<'_, '_, '_>, rules: &Set) {
    lengths::alone(subject, STRING, rules);
    lengths::check(subject, STRING, rules, ["len", "min_len", "max_len"]);
    lengths::check(subject, STRING, rules, ["len_bytes", "min_bytes", "max_bytes"]);
    letters_and_bytes(subject, rules);
    for (name, number) in [("prefix", 7), ("suffix", 8), ("contains", 9)] {
        if let Some(part) = rules.text(name) {
            impossible(subject, rules, number, part);
        }
    }
    pattern(subject, &[STRING, 6], rules);
    let regex = rules.number("well_known_regex");
    let strict = rules.get("strict");
    if regex == 0 && strict == Some(&Value::Bool(false)) {
        let (name, strict) = (subject.name, subject.rule(&[STRING, 25]));
        let regex = subject.rule(&[STRING, 24]);
        subject.add(
            &[STRING, 25],
            format!(
                "Field \"{name}\" has {strict} without {regex}. {strict} only applies to {regex} and \
                 is invalid without it."
            ),
        );
    }
}

/// A letter takes one to four bytes.
fn letters_and_bytes(subject: &mut Subject<'_, '_, '_>, rules: &Set) {
    let name = subject.name;
    let count = |name| rules.count(name);
    if let (Some(letters), Some(bytes)) = (count("min_len"), count("max_bytes"))
        && bytes < letters
    {
        let (low, high) = (subject.rule(&[STRING, 2]), subject.rule(&[STRING, 5]));
        let since = format!(
            "A string with {letters} UTF-8 characters has at least {letters} bytes, which is higher \
             than {bytes} bytes."
        );
        subject.add(
            &[STRING, 2],
            format!(
                "Field \"{name}\" has value {letters} for {low}, which must be lower than value \
                 {bytes} for {high}. {since}"
            ),
        );
        subject.add(
            &[STRING, 5],
            format!(
                "Field \"{name}\" has value {bytes} for {high}, which must be higher than value \
                 {letters} for {low}. {since}"
            ),
        );
    }
    if let (Some(letters), Some(bytes)) = (count("max_len"), count("min_bytes"))
        && letters.wrapping_mul(4) < bytes
    {
        let (low, high) = (subject.rule(&[STRING, 4]), subject.rule(&[STRING, 3]));
        let most = letters.wrapping_mul(4);
        let since =
            format!("A string with {letters} UTF-8 characters has at most {most} bytes.");
        subject.add(
            &[STRING, 4],
            format!("Field \"{name}\" has value {bytes} for {low} but {letters} for {high}. {since}"),
        );
        subject.add(
            &[STRING, 3],
            format!("Field \"{name}\" has value {letters} for {high} but {bytes} for {low}. {since}"),
        );
    }
}

/// A part that every value must have and none can.
fn impossible(subject: &mut Subject<'_, '_, '_>, rules: &Set, number: i32, part: &str) {
    let (name, rule) = (subject.name, subject.rule(&[STRING, number]));
    let shown = quoted(part);
    let letters = part.chars().count() as u64;
    if let Some(most) = rules.count("max_len").filter(|&most| letters > most) {
        subject.add(
            &[STRING, number],
            format!(
                "Field \"{name}\" has a {rule} of length {letters}, exceeding its max_len ({most}). It \
                 is impossible for a string to contain {shown} while having less than or equal to \
                 {letters} UTF-8 characters."
            ),
        );
    }
    let bytes = part.len() as u64;
    if let Some(most) = rules.count("max_bytes").filter(|&most| bytes > most) {
        subject.add(
            &[STRING, number],
            format!(
                "Field \"{name}\" has a {rule} of {bytes} bytes, exceeding its max_bytes ({most}). It \
                 is impossible for a string to contain {shown} while having less than or equal to \
                 {bytes} bytes."
            ),
        );
    }
    if let Some(not) = rules.text("not_contains").filter(|not| part.contains(not)) {
        let not = quoted(not);
        subject.add(
            &[STRING, number],
            format!(
                "Field \"{name}\" has a {rule} ({shown}) containing its not_contains ({not}). It is \
                 impossible for a string to contain {shown} without containing {not}."
            ),
        );
    }
}

pub(super) fn bytes(subject: &mut Subject<'_, '_, '_>, rules: &Set) {
    lengths::alone(subject, BYTES, rules);
    lengths::check(subject, BYTES, rules, ["len", "min_len", "max_len"]);
    for (part, number) in [("prefix", 5), ("suffix", 6), ("contains", 7)] {
        let Some(part) = rules.bytes(part) else { continue };
        let Some(most) = rules.count("max_len").filter(|&most| part.len() as u64 > most) else {
            continue;
        };
        let (name, rule) = (subject.name, subject.rule(&[BYTES, number]));
        let (length, shown) = (part.len(), quoted_bytes(part));
        subject.add(
            &[BYTES, number],
            format!(
                "Field \"{name}\" has a {rule} of {length} bytes, exceeding its max_len ({most}). It \
                 is impossible to contain {shown} while having less than or equal to {most} bytes."
            ),
        );
    }
    pattern(subject, &[BYTES, 4], rules);
}

fn pattern(subject: &mut Subject<'_, '_, '_>, path: &[i32], rules: &Set) {
    let Some(Err(error)) = rules.text("pattern").map(go_regexp::check) else { return };
    let (name, rule) = (subject.name, subject.rule(path));
    subject.add(
        path,
        format!(
            "Field \"{name}\" has a {rule} that fails to compile: error parsing regexp: {error}."
        ),
    );
}

pub(super) fn mask(subject: &mut Subject<'_, '_, '_>, rules: &Set) {
    lengths::alone(subject, MASK, rules);
    for path in rules.all("in") {
        if let (Value::Text(text), true) = (path, rules.all("not_in").contains(path)) {
            let (name, path) = (subject.name, quoted(text));
            subject.add(
                &[MASK, 2],
                format!("Field \"{name}\" has path {path} in both in and not_in rules."),
            );
        }
    }
}

//! What two versions read in the same bytes, field by field.

use std::fmt::Write as _;
use std::io::Read as _;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use treaty_engine::Descriptors;
use treaty_engine::witness::{Explanation, Part, Reading, explain_bytes, from_hex, to_hex};

use super::super::render::Paint;
use super::super::sides::{self, Sides};
use super::super::{Report, wrong_usage};

/// The most bytes that are explained: nobody reads more.
const MAX_BYTES: u64 = 1 << 20;

/// How many letters of a value are shown in a column.
const MAX_CELL: usize = 36;

/// How many names are offered where the message is not clear.
const MAX_NAMES: usize = 12;

pub(super) fn explain(
    given: &str,
    (old, new): (&str, &str),
    message: Option<&str>,
    is_json: bool,
) -> anyhow::Result<Report> {
    let bytes = read(given)?;
    let Sides { old, new } = match sides::read(old, new, &sides::flags())? {
        Ok(sides) => sides,
        Err(broken) => return Ok(broken),
    };
    let message = match message {
        Some(name) => name.trim_start_matches('.').to_owned(),
        None => only_fit(&bytes, &old, &new)?,
    };
    let Some(told) = explain_bytes(&bytes, &old.pool(), &new.pool(), &message) else {
        return Err(wrong_usage(format!("neither version has a message `{message}`")));
    };
    let text = match is_json {
        true => serde_json::to_string_pretty(&value(&message, &bytes, &told))? + "\n",
        false => text(&message, &bytes, &told, Paint::stdout()),
    };
    Ok(Report { text, clean: true, ..Report::default() })
}

/// The bytes that an argument stands for.
fn read(given: &str) -> anyhow::Result<Vec<u8>> {
    if let Some(path) = given.strip_prefix('@') {
        let mut bytes = Vec::new();
        let source: Box<dyn std::io::Read> = match path {
            "-" => Box::new(std::io::stdin()),
            _ => {
                Box::new(std::fs::File::open(path).with_context(|| format!("cannot open {path}"))?)
            }
        };
        source.take(MAX_BYTES + 1).read_to_end(&mut bytes).context("cannot read the bytes")?;
        if bytes.len() as u64 > MAX_BYTES {
            bail!("{path} has more than {MAX_BYTES} bytes, which nobody reads field by field");
        }
        return Ok(bytes);
    }
    let decode = |text: &str| {
        let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
        engines.iter().find_map(|engine| engine.decode(text.trim()).ok())
    };
    let bytes = match (given.strip_prefix("hex:"), given.strip_prefix("base64:")) {
        (Some(hex), _) => from_hex(hex),
        (_, Some(text)) => decode(text),
        // What is both is meant as hexadecimal digits, and what nearly is was mistyped.
        _ if is_half_a_byte_short(given) => {
            return Err(wrong_usage(format!(
                "`{given}` has an odd number of hexadecimal digits; `base64:{given}` is base64"
            )));
        }
        _ => from_hex(given).or_else(|| decode(given)),
    };
    bytes.ok_or_else(|| wrong_usage(format!("`{given}` is neither hexadecimal nor base64")))
}

/// Whether a digit is missing at the end of hexadecimal digits, or too much there.
fn is_half_a_byte_short(given: &str) -> bool {
    from_hex(given).is_none() && from_hex(&format!("{given}0")).is_some()
}

/// The one message that reads the bytes without anything left over, or the only one there is.
fn only_fit(bytes: &[u8], old: &Descriptors, new: &Descriptors) -> anyhow::Result<String> {
    let (before, after) = (old.pool(), new.pool());
    let own = |descriptors: &Descriptors, file: &str| descriptors.own().any(|one| one == file);
    let mut names: Vec<String> = Vec::new();
    for (pool, descriptors) in [(&before, old), (&after, new)] {
        let messages = pool.messages().filter(|message| !message.is_map_entry());
        let meant = messages.filter(|message| own(descriptors, &message.file().name));
        names.extend(meant.map(|message| message.full_name().to_owned()));
    }
    names.sort();
    names.dedup();
    let fits = |name: &&String| {
        let told = explain_bytes(bytes, &before, &after, name);
        told.is_some_and(|told| {
            let reads = |of: fn(&Part) -> &Reading| {
                told.parts.iter().all(|part| matches!(of(part), Reading::Read { .. }))
            };
            told.old.is_ok() && reads(|part| &part.old)
                || told.new.is_ok() && reads(|part| &part.new)
        })
    };
    let fitting: Vec<&String> = names.iter().filter(fits).collect();
    let all: Vec<&String> = names.iter().collect();
    match (&fitting[..], &all[..]) {
        ([one], _) | ([], [one]) => Ok((*one).clone()),
        ([], many) | (many, _) => {
            let shown: Vec<&str> = many.iter().take(MAX_NAMES).map(|name| name.as_str()).collect();
            let more = if many.len() > MAX_NAMES { ", …" } else { "" };
            let which = if fitting.is_empty() { "no message" } else { "more than one message" };
            Err(wrong_usage(format!(
                "{which} reads these bytes as a whole; say which with --type: {}{more}",
                shown.join(", ")
            )))
        }
    }
}

fn text(message: &str, bytes: &[u8], told: &Explanation, paint: Paint) -> String {
    let plural = if bytes.len() == 1 { "" } else { "s" };
    let mut text = format!("{}, {} byte{plural}\n\n", paint.bold(message), bytes.len());
    let head = ["bytes", "field", "on the wire", "old", "new"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once((false, head)).chain(told.parts.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|(_, row)| row[column].chars().count()).max();
    let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or_default());
    for (index, (differs, row)) in rows.iter().enumerate() {
        let mut line = String::from(if *differs { "! " } else { "  " });
        for (cell, width) in row.iter().zip(widths) {
            let pad = width - cell.chars().count();
            _ = write!(line, "{cell}{}  ", " ".repeat(pad));
        }
        line += &row[4];
        let line = line.trim_end();
        let shown = match (index, differs) {
            (0, _) => paint.bold(line),
            (_, true) => paint.warning(line),
            (_, false) => line.to_owned(),
        };
        _ = writeln!(text, "{shown}");
    }
    if told.parts.is_empty() {
        _ = writeln!(text, "  no field at all");
    }
    if let Some(fault) = &told.malformed {
        _ = writeln!(text, "  {} {fault}", paint.error("malformed"));
    }
    text.push('\n');
    for (side, read) in [("old", &told.old), ("new", &told.new)] {
        _ = match read {
            Ok(json) => writeln!(text, "the {side} version reads {json}"),
            Err(why) => writeln!(text, "the {side} version {} it: {why}", paint.error("refuses")),
        };
    }
    let same = told.old == told.new && told.parts.iter().all(|part| !row(part).0);
    let both = if told.old.is_ok() { "both read the same\n" } else { "both refuse it alike\n" };
    text + if same { both } else { "" }
}

/// Whether both sides differ, and the columns.
fn row(part: &Part) -> (bool, [String; 5]) {
    let place = format!("{}..{}", part.offset, part.offset + part.length);
    let number = format!("{}{}", "  ".repeat(part.depth), part.number);
    let wire = short(&format!("{} {}", part.wire_type, part.raw));
    let (old, new) = (cell(&part.old), cell(&part.new));
    (old != new, [place, number, wire, short(&old), short(&new)])
}

fn cell(reading: &Reading) -> String {
    match reading {
        Reading::NoField => "unknown, skipped".to_owned(),
        Reading::Skipped { name, kind } => format!("{name}: {kind} does not read it, skipped"),
        Reading::Read { name, value, .. } => format!("{name} = {value}"),
        Reading::Refused { name, why } => format!("{name}: refused, {why}"),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn value(message: &str, bytes: &[u8], told: &Explanation) -> Value {
    let whole = |read: &Result<String, String>| match read {
        Ok(text) => {
            json!({ "reads": serde_json::from_str(text).unwrap_or_else(|_| json!(text)) })
        }
        Err(why) => json!({ "refuses": why }),
    };
    json!({
        "message": message,
        "bytes": to_hex(bytes),
        "fields": told.parts,
        "malformed": told.malformed,
        "old": whole(&told.old),
        "new": whole(&told.new),
    })
}

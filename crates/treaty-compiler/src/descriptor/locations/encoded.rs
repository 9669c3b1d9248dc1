//! Reads and writes entries of an encoded `SourceCodeInfo`.

use super::{Location, Position, Span, put_comments};
use crate::wire::{Fields, Malformed, Value, packed_numbers, put_message, put_varint};

/// The entries in order; what is malformed is left out.
pub(super) fn iter(encoded: &[u8]) -> impl Iterator<Item = Location> {
    messages(encoded).filter_map(decode)
}

/// The encoded entries in order.
pub(super) fn messages(encoded: &[u8]) -> impl Iterator<Item = &[u8]> {
    let fields = Fields::new(encoded).filter_map(Result::ok);
    fields.filter(|field| field.number == 1).filter_map(|field| field.value.bytes())
}

pub(super) fn decode(bytes: &[u8]) -> Option<Location> {
    let mut location = Location::default();
    let mut span = Vec::with_capacity(4);
    for field in Fields::new(bytes) {
        let field = field.ok()?;
        let text = |value: Value<'_>| value.text().map(str::to_owned);
        match field.number {
            1 => numbers(field.value, &mut location.path).ok()?,
            2 => numbers(field.value, &mut span).ok()?,
            3 => location.comments.leading = text(field.value),
            4 => location.comments.trailing = text(field.value),
            6 => location.comments.detached.extend(text(field.value)),
            _ => {}
        }
    }
    location.span = Span::from_numbers(&span)?;
    Some(location)
}

/// Packed or not.
fn numbers(value: Value<'_>, into: &mut Vec<i32>) -> Result<(), Malformed> {
    match value {
        Value::Varint(number) => into.push(number as i32),
        Value::Bytes(packed) => {
            for number in packed_numbers(packed) {
                into.push(number?);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Appends an entry to an encoded `SourceCodeInfo`.
pub(super) fn put(location: &Location, into: &mut Vec<u8>) {
    put_message(into, 1, |into| {
        put_place(&location.path, location.span, into);
        put_comments(&location.comments, into);
    });
}

/// Appends path and span as fields of `SourceCodeInfo.Location`.
pub(super) fn put_place(path: &[i32], span: Span, into: &mut Vec<u8>) {
    let packed = |numbers: &[u64], into: &mut Vec<u8>| {
        numbers.iter().for_each(|&number| put_varint(into, number));
    };
    if !path.is_empty() {
        put_message(into, 1, |into| {
            path.iter().for_each(|&number| put_varint(into, i64::from(number) as u64));
        });
    }
    let Span { start, end } = span;
    let span = numbers_of(start, end);
    let span = if start.line == end.line { &[span[0], span[1], span[3]][..] } else { &span[..] };
    put_message(into, 2, |into| packed(span, into));
}

fn numbers_of(start: Position, end: Position) -> [u64; 4] {
    [start.line, start.column, end.line, end.column].map(u64::from)
}

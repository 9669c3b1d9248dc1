//! Finds elements in `SourceCodeInfo`, with the comments before them. — *Does not* decode what nobody
//! asks for: a file may have ten thousand places and one finding. — *Holds*: of places with one path,
//! the first counts.

use std::borrow::Cow;
use std::collections::HashMap;

use treaty_compiler::descriptor::{self, Locations};
use treaty_compiler::wire::{Fields, Value, put_varint};

use crate::schema::Span;

/// A place, still encoded.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry<'d> {
    span: &'d [u8],
    leading: &'d [u8],
}

impl<'d> Entry<'d> {
    pub(crate) fn span(self) -> Option<Span> {
        descriptor::Span::from_numbers(&numbers(self.span)).map(Span::from)
    }

    /// The comment directly before it; empty where there is none.
    pub(crate) fn leading_comment(self) -> Cow<'d, str> {
        String::from_utf8_lossy(self.leading)
    }
}

/// The places of some paths, found in one reading.
pub(crate) struct Wanted<'d> {
    found: HashMap<Vec<u8>, Option<Entry<'d>>>,
}

impl<'d> Wanted<'d> {
    pub(crate) fn read<'p>(
        locations: &'d Locations,
        paths: impl Iterator<Item = &'p [i32]>,
    ) -> Self {
        let mut found: HashMap<_, _> = paths.map(|path| (packed(path), None)).collect();
        if !found.is_empty() {
            for (path, entry) in entries(locations) {
                if let Some(place @ None) = found.get_mut(&*path) {
                    *place = Some(entry);
                }
            }
        }
        Self { found }
    }

    pub(crate) fn get(&self, path: &[i32]) -> Option<Entry<'d>> {
        *self.found.get(&packed(path))?
    }
}

/// All places of a file, for rules that ask for most of them.
pub(crate) struct Places<'d> {
    paths: Vec<Vec<i32>>,
    entries: Vec<Entry<'d>>,
    by_path: HashMap<Vec<i32>, usize>,
}

impl<'d> Places<'d> {
    pub(crate) fn read(locations: &'d Locations) -> Self {
        let mut places = Self { paths: vec![], entries: vec![], by_path: HashMap::new() };
        for (path, entry) in entries(locations) {
            let path = numbers(&path);
            places.by_path.entry(path.clone()).or_insert(places.entries.len());
            places.paths.push(path);
            places.entries.push(entry);
        }
        places
    }

    pub(crate) fn get(&self, path: &[i32]) -> Option<Entry<'d>> {
        self.entries.get(*self.by_path.get(path)?).copied()
    }

    /// The path that the source has of an option's part: this one; else the first inside it; else
    /// the longest around it that is at least `shortest` numbers long.
    pub(crate) fn closest(&self, path: &[i32], shortest: usize) -> Option<&[i32]> {
        if let Some((known, _)) = self.by_path.get_key_value(path) {
            return Some(known);
        }
        let mut best: Option<&[i32]> = None;
        for known in &self.paths {
            let longer = known.len() > best.map_or(0, <[i32]>::len);
            if known.len() >= shortest && path.starts_with(known) && longer {
                best = Some(known);
            } else if known.starts_with(path) {
                return Some(known);
            }
        }
        best
    }
}

/// Every place with its packed path, in the order of the file.
fn entries<'d>(locations: &'d Locations) -> impl Iterator<Item = (Cow<'d, [u8]>, Entry<'d>)> {
    let encoded = Fields::new(locations.encoded()).filter_map(Result::ok);
    encoded.filter(|field| field.number == 1).filter_map(|field| entry(field.value.bytes()?))
}

fn entry(encoded: &[u8]) -> Option<(Cow<'_, [u8]>, Entry<'_>)> {
    let (mut path, mut entry) = (Cow::Borrowed(&[][..]), Entry::default());
    for field in Fields::new(encoded) {
        let field = field.ok()?;
        match (field.number, field.value) {
            (1, Value::Bytes(bytes)) if path.is_empty() => path = Cow::Borrowed(bytes),
            (1, Value::Bytes(bytes)) => path.to_mut().extend_from_slice(bytes),
            (1, Value::Varint(number)) => put_varint(path.to_mut(), number),
            (2, Value::Bytes(bytes)) => entry.span = bytes,
            (3, Value::Bytes(bytes)) => entry.leading = bytes,
            _ => {}
        }
    }
    Some((path, entry))
}

fn packed(path: &[i32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(path.len());
    path.iter().for_each(|&number| put_varint(&mut bytes, i64::from(number) as u64));
    bytes
}

fn numbers(packed: &[u8]) -> Vec<i32> {
    let (mut numbers, mut number, mut shift) = (Vec::with_capacity(packed.len()), 0_u64, 0);
    for &byte in packed {
        number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte < 0x80 {
            numbers.push(number as i32);
            (number, shift) = (0, 0);
        }
    }
    numbers
}

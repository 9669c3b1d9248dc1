//! Reads what was recorded: paths, places in their order, comments. — *Holds*: places are in the
//! order that buf or the parser gives them.

use super::{Appended, Attached, NO_FIELD, NO_INDEX, REWRITTEN, Recorded};
use crate::comments::{self, CommentRange};
use crate::compile::Places;
use crate::descriptor::locations::{Comments, Location, LocationId, Span, encoded, put_comments};
use crate::wire::put_message;

/// `FileDescriptorProto.extension`
const EXTENSION_OF_FILE: i32 = 7;

/// An entry, or the nth of those appended to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::descriptor::locations) struct Place {
    entry: LocationId,
    nth: u32,
}

impl Recorded {
    /// Writes the path of an entry into `path`, over what is there.
    fn path_into(&self, mut id: LocationId, path: &mut Vec<i32>) {
        path.clear();
        while let Some(entry) = self.entries.get(id as usize) {
            if entry.field == REWRITTEN {
                let range = self.rewritten[entry.index as usize];
                path.extend(self.kept(range).iter().rev());
                break;
            }
            path.extend(Some(entry.index).filter(|&index| index != NO_INDEX));
            path.extend(Some(entry.field).filter(|&field| field != NO_FIELD).map(i32::from));
            id = entry.parent;
        }
        path.reverse();
    }

    fn comments_of(&self, id: LocationId) -> Comments {
        let found = self.attached.binary_search_by_key(&id, |attached| attached.entry);
        found.map(|at| self.cook(&self.attached[at])).unwrap_or_default()
    }

    fn cook(&self, attached: &Attached) -> Comments {
        let cooked = |range: CommentRange| {
            let mut text = String::with_capacity((range.end - range.start) as usize);
            comments::cook(&self.text[range.start as usize..range.end as usize], &mut text);
            text
        };
        let said = |range: Option<CommentRange>| range.map(cooked).filter(|text| !text.is_empty());
        let first = attached.first_detached as usize;
        let detached = &self.detached[first..first + attached.detached as usize];
        Comments {
            leading: said(attached.leading),
            trailing: said(attached.trailing),
            detached: detached.iter().map(|&range| cooked(range)).collect(),
        }
    }

    /// Entries and what is appended to them, in their order: buf's is that of the text.
    pub(in crate::descriptor::locations) fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.as_recorded().collect();
        if self.places == Places::Buf {
            let mut path = Vec::new();
            // What spans one line has three numbers, so its end column is compared with a line.
            let numbers = |span: Span| {
                let (start, end) = (span.start, span.end);
                let is_line = start.line == end.line;
                let rest = if is_line { (end.column, None) } else { (end.line, Some(end.column)) };
                (start, rest)
            };
            // A group is at once an extension and a message, which buf tells first.
            let mut key = |place| {
                let span = self.look(place, &mut path);
                (numbers(span), path.first() == Some(&EXTENSION_OF_FILE))
            };
            let behind_file = usize::from(!places.is_empty());
            places[behind_file..].sort_by_cached_key(|&place| key(place));
        }
        places
    }

    /// In the order of recording, in which those of one path stand in either order.
    pub(in crate::descriptor::locations) fn as_recorded(&self) -> impl Iterator<Item = Place> {
        let shown = |entry: &LocationId| !self.hidden.contains(entry);
        (0..self.entries.len() as LocationId).filter(shown).flat_map(|entry| {
            let appended = self.appended.get(&entry).map_or(0, Vec::len);
            (0..=appended as u32).map(move |nth| Place { entry, nth })
        })
    }

    /// What is no entry, but says where something stands that is wrong.
    pub(in crate::descriptor::locations) fn only_for_faults(&self) -> impl Iterator<Item = Place> {
        self.only_for_faults.iter().map(|&entry| Place { entry, nth: 0 })
    }

    /// Writes the path of a place into `path`, and returns its span.
    pub(in crate::descriptor::locations) fn look(&self, place: Place, path: &mut Vec<i32>) -> Span {
        let Some(appended) = self.appended_at(place) else {
            self.path_into(place.entry, path);
            return self.span_at(place.entry);
        };
        path.clear();
        path.extend_from_slice(self.kept(appended.path));
        appended.span
    }

    fn appended_at(&self, place: Place) -> Option<Appended> {
        let nth = place.nth.checked_sub(1)?;
        self.appended.get(&place.entry)?.get(nth as usize).copied()
    }

    pub(in crate::descriptor::locations) fn comments_at(&self, place: Place) -> Comments {
        if place.nth == 0 { self.comments_of(place.entry) } else { Comments::default() }
    }

    pub(in crate::descriptor::locations) fn iter(&self) -> impl Iterator<Item = Location> {
        self.places().into_iter().map(|place| self.location(place))
    }

    pub(in crate::descriptor::locations) fn location(&self, place: Place) -> Location {
        let mut path = Vec::new();
        let span = self.look(place, &mut path);
        Location { path, span, comments: self.comments_at(place) }
    }

    pub(in crate::descriptor::locations) fn find(&self, path: &[i32]) -> Option<Location> {
        let mut other = Vec::new();
        let mut is_here = |place: &Place| {
            self.look(*place, &mut other);
            other == path
        };
        let place = self.as_recorded().find(|place| is_here(place))?;
        Some(self.location(place))
    }

    pub(in crate::descriptor::locations) fn encode_into(&self, into: &mut Vec<u8>) {
        let mut path = Vec::new();
        for place in self.places() {
            let span = self.look(place, &mut path);
            put_message(into, 1, |into| {
                encoded::put_place(&path, span, into);
                put_comments(&self.comments_at(place), into);
            });
        }
    }
}

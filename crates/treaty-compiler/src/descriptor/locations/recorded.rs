//! Locations as the parser sees them: a table over the text, with comments as ranges of it. —
//! *Holds*: an entry's path is its parent's and up to two numbers, so that a million entries cost
//! twenty megabytes; comments are in the order of their entries.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Position, Span};
use crate::comments::CommentRange;
use crate::compile::Places;
pub(super) use read::Place;

/// The number of an entry, in the order of recording.
pub(crate) type LocationId = u32;

#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    text: Arc<str>,
    places: Places,
    entries: Vec<Entry>,
    /// Entries that are none.
    hidden: BTreeSet<LocationId>,
    /// Those of them that say where a fault is.
    only_for_faults: BTreeSet<LocationId>,
    /// The spans that an entry has no room for.
    wide: BTreeMap<LocationId, Span>,
    attached: Vec<Attached>,
    /// The detached comments of all entries.
    detached: Vec<CommentRange>,
    /// Whole paths, of what the linker has written.
    paths: Vec<i32>,
    rewritten: Vec<PathRange>,
    appended: BTreeMap<LocationId, Vec<Appended>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// `NO_PARENT` of the file itself.
    parent: LocationId,
    line: u32,
    /// Behind `field` in the path; `NO_INDEX` where there is nothing. Of a rewritten entry, which
    /// path.
    index: i32,
    /// Behind the parent's path.
    field: u16,
    column: u16,
    /// How many lines it spans beyond the first, or `WIDE`.
    lines: u16,
    end_column: u16,
}

/// The comments of one entry.
#[derive(Debug, Clone, Copy)]
struct Attached {
    entry: LocationId,
    leading: Option<CommentRange>,
    trailing: Option<CommentRange>,
    first_detached: u32,
    detached: u32,
}

#[derive(Debug, Clone, Copy)]
struct PathRange {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
struct Appended {
    path: PathRange,
    span: Span,
}

const NO_PARENT: LocationId = LocationId::MAX;
const NO_FIELD: u16 = u16::MAX;
/// The path is one of `rewritten`.
const REWRITTEN: u16 = u16::MAX - 1;
const NO_INDEX: i32 = -1;
const WIDE: u16 = u16::MAX;

/// What of a path stands behind the parent's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The parent's own path.
    Same,
    Field(u16),
    Index(usize),
    Element(u16, usize),
}

impl Recorded {
    pub(crate) fn new(text: &Arc<str>, places: Places) -> Self {
        Self {
            text: Arc::clone(text),
            places,
            // Real files have an entry for about every fifty bytes.
            entries: Vec::with_capacity(text.len() / 48 + 8),
            hidden: BTreeSet::new(),
            only_for_faults: BTreeSet::new(),
            wide: BTreeMap::new(),
            attached: Vec::new(),
            detached: Vec::new(),
            paths: Vec::new(),
            rewritten: Vec::new(),
            appended: BTreeMap::new(),
        }
    }

    /// Begins an entry; it ends where it begins until it is closed.
    pub(crate) fn open(
        &mut self,
        parent: Option<LocationId>,
        step: Step,
        start: Position,
    ) -> LocationId {
        let id = self.entries.len() as LocationId;
        let at = |index: usize| i32::try_from(index).unwrap_or(i32::MAX);
        let (field, index) = match step {
            Step::Same => (NO_FIELD, NO_INDEX),
            Step::Field(field) => (field, NO_INDEX),
            Step::Index(index) => (NO_FIELD, at(index)),
            Step::Element(field, index) => (field, at(index)),
        };
        let parent = parent.unwrap_or(NO_PARENT);
        let line = start.line;
        self.entries.push(Entry { parent, line, index, field, column: 0, lines: 0, end_column: 0 });
        self.place(id, Span { start, end: start });
        id
    }

    /// Names the field of an entry whose kind was not known when it began.
    pub(crate) fn set_field(&mut self, id: LocationId, field: u16) {
        self.entries[id as usize].field = field;
    }

    /// Ends an entry.
    pub(crate) fn close(&mut self, id: LocationId, end: Position) {
        let start = self.span_at(id).start;
        self.place(id, Span { start, end });
    }

    fn place(&mut self, id: LocationId, span: Span) {
        let narrow = |number: u32| u16::try_from(number).ok().filter(|&narrow| narrow != WIDE);
        let lines = span.end.line.checked_sub(span.start.line).and_then(narrow);
        let columns = narrow(span.start.column).zip(narrow(span.end.column));
        let entry = &mut self.entries[id as usize];
        if let (Some(lines), Some((column, end_column))) = (lines, columns) {
            *entry = Entry { lines, column, end_column, ..*entry };
            return;
        }
        entry.lines = WIDE;
        self.wide.insert(id, span);
    }

    /// Says whose comments these are. Entries come in their order.
    pub(crate) fn attach(
        &mut self,
        entry: LocationId,
        leading: Option<CommentRange>,
        trailing: Option<CommentRange>,
        detached: &[CommentRange],
    ) {
        if leading.is_none() && trailing.is_none() && detached.is_empty() {
            return;
        }
        let first_detached = self.detached.len() as u32;
        self.detached.extend_from_slice(detached);
        let detached = detached.len() as u32;
        self.attached.push(Attached { entry, leading, trailing, first_detached, detached });
    }

    /// Where an entry begins.
    pub(crate) fn start_of(&self, id: LocationId) -> Position {
        self.span_at(id).start
    }

    /// Another entry at the place of one.
    pub(crate) fn repeat(&mut self, id: LocationId, parent: LocationId, step: Step) -> LocationId {
        let Span { start, end } = self.span_at(id);
        let repeated = self.open(Some(parent), step, start);
        self.close(repeated, end);
        repeated
    }

    /// A second entry that is in all the same as one, of the statement that ended last.
    pub(crate) fn repeat_with_comments(&mut self, id: LocationId) {
        let entry = self.entries[id as usize];
        let again = self.entries.len() as LocationId;
        self.entries.push(entry);
        if let Some(&span) = self.wide.get(&id) {
            self.wide.insert(again, span);
        }
        if let Ok(at) = self.attached.binary_search_by_key(&id, |attached| attached.entry) {
            self.attached.push(Attached { entry: again, ..self.attached[at] });
        }
    }

    /// Makes an entry one that only lends others its path.
    pub(crate) fn hide(&mut self, id: LocationId) {
        self.hidden.insert(id);
    }

    /// Makes an entry one that is no entry, but says where something stands that is wrong.
    pub(crate) fn hide_but_from_faults(&mut self, id: LocationId) {
        self.hide(id);
        self.only_for_faults.insert(id);
    }

    /// How many entries there are, to come back to with [`Recorded::forget`].
    pub(crate) fn mark(&self) -> usize {
        self.entries.len()
    }

    /// Takes back all entries since a mark.
    pub(crate) fn forget(&mut self, mark: usize) {
        self.entries.truncate(mark);
        self.wide.split_off(&(mark as LocationId));
        self.hidden.split_off(&(mark as LocationId));
        self.only_for_faults.split_off(&(mark as LocationId));
        let kept = self.attached.partition_point(|one| (one.entry as usize) < mark);
        self.attached.truncate(kept);
    }

    /// Gives back what was reserved in vain.
    pub(crate) fn finish(mut self) -> Self {
        self.entries.shrink_to_fit();
        self.attached.shrink_to_fit();
        self.detached.shrink_to_fit();
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn set_path(&mut self, id: LocationId, path: &[i32]) {
        let range = self.keep(path);
        if let Some(entry) = self.entries.get_mut(id as usize) {
            entry.field = REWRITTEN;
            entry.index = self.rewritten.len() as i32;
            self.rewritten.push(range);
        }
    }

    pub(super) fn set_span(&mut self, id: LocationId, span: Span) {
        if (id as usize) < self.entries.len() {
            self.place(id, span);
        }
    }

    pub(super) fn detach(&mut self, id: LocationId) {
        if let Ok(at) = self.attached.binary_search_by_key(&id, |attached| attached.entry) {
            self.attached.remove(at);
        }
    }

    pub(super) fn append_after(&mut self, id: LocationId, path: &[i32], span: Span) {
        let path = self.keep(path);
        self.appended.entry(id).or_default().push(Appended { path, span });
    }

    fn keep(&mut self, path: &[i32]) -> PathRange {
        let start = self.paths.len() as u32;
        self.paths.extend_from_slice(path);
        PathRange { start, end: self.paths.len() as u32 }
    }

    fn kept(&self, range: PathRange) -> &[i32] {
        &self.paths[range.start as usize..range.end as usize]
    }

    pub(super) fn span_of(&self, id: LocationId) -> Option<Span> {
        ((id as usize) < self.entries.len()).then(|| self.span_at(id))
    }

    fn span_at(&self, id: LocationId) -> Span {
        let entry = &self.entries[id as usize];
        if entry.lines == WIDE {
            return self.wide.get(&id).copied().unwrap_or_default();
        }
        let start = Position { line: entry.line, column: u32::from(entry.column) };
        let line = entry.line + u32::from(entry.lines);
        Span { start, end: Position { line, column: u32::from(entry.end_column) } }
    }
}

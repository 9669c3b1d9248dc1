//! Collects what is wrong with a file while it is linked. — *Holds*: never more than a bounded number
//! of faults a file.

use std::cell::OnceCell;

use crate::Diagnostic;
use crate::descriptor::{File, LocationIndex, Span};

/// How many faults of a file are reported.
pub(crate) const MAX_FAULTS: usize = 100;

/// The faults of one file.
pub(crate) struct Report<'a> {
    pub(crate) file: &'a File,
    pub(crate) faults: Vec<Diagnostic>,
    /// Made when a place is first asked for: most files have no fault.
    index: OnceCell<LocationIndex<'a>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a File) -> Self {
        Self { file, faults: Vec::new(), index: OnceCell::new() }
    }

    /// One of each file, for what lies between files.
    pub(crate) fn of_each(files: &'a [File]) -> Vec<Self> {
        files.iter().map(Self::new).collect()
    }

    /// Whether one more fault is reported. Where there may be very many, their words cost more than all else.
    pub(crate) fn has_room(&self) -> bool {
        self.faults.len() < MAX_FAULTS
    }

    /// A fault of the element at a path, or of the nearest thing around that has a place.
    pub(crate) fn at(&mut self, path: &[i32], message: impl Into<String>) {
        self.fault(path, message.into(), None);
    }

    /// Likewise, with what to do about it.
    pub(crate) fn at_with_help(
        &mut self,
        path: &[i32],
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.fault(path, message.into(), Some(help.into()));
    }

    fn fault(&mut self, path: &[i32], message: String, help: Option<String>) {
        if self.has_room() {
            self.span(self.nearest(path), message, help);
        }
    }

    /// A fault at a known place.
    pub(crate) fn span(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        if self.has_room() {
            let (file, message) = (self.file.name.clone(), message.into());
            self.faults.push(Diagnostic { file, span, message, help });
        }
    }

    /// Whether exactly that element has a place, as what is written has.
    pub(crate) fn is_located(&self, path: &[i32]) -> bool {
        self.index().span(path).is_some()
    }

    /// `file:line:column` of an element of the file, counted from 1.
    pub(crate) fn place(&self, path: &[i32]) -> String {
        let start = self.nearest(path).start;
        format!("{}:{}:{}", self.file.name, start.line + 1, start.column + 1)
    }

    /// The place of an element, or of the nearest thing around that has one.
    fn nearest(&self, path: &[i32]) -> Span {
        let mut lengths = (0..=path.len()).rev();
        lengths.find_map(|length| self.index().span(&path[..length])).unwrap_or_default()
    }

    fn index(&self) -> &LocationIndex<'a> {
        self.index.get_or_init(|| self.file.locations.index_for_faults())
    }
}

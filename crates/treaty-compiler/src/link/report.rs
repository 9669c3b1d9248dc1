//! Collects what is wrong with a file while it is linked. — *Holds*: never more than a bounded number
//! of faults a file.

use crate::Diagnostic;
use crate::descriptor::{File, Span};

/// How many faults of a file are reported.
pub(crate) const MAX_FAULTS: usize = 100;

/// The faults of one file.
pub(crate) struct Report<'a> {
    pub(crate) file: &'a File,
    pub(crate) faults: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a File) -> Self {
        Self { file, faults: Vec::new() }
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
        if self.faults.len() < MAX_FAULTS {
            let span = span(self.file, path);
            self.span(span, message, help);
        }
    }

    /// A fault at a known place.
    pub(crate) fn span(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        if self.faults.len() < MAX_FAULTS {
            let (file, message) = (self.file.name.clone(), message.into());
            self.faults.push(Diagnostic { file, span, message, help });
        }
    }
}

/// The place of an element, or of the nearest thing around that has one.
pub(crate) fn span(file: &File, path: &[i32]) -> Span {
    let mut path = path;
    loop {
        if let Some(span) = file.locations.span(path) {
            return span;
        }
        let Some((_, shorter)) = path.split_last() else { return Span::default() };
        path = shorter;
    }
}

/// `file:line:column` of an element, counted from 1.
pub(crate) fn place(file: &File, path: &[i32]) -> String {
    let start = span(file, path).start;
    format!("{}:{}:{}", file.name, start.line + 1, start.column + 1)
}

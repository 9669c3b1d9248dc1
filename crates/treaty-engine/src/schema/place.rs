//! Where an element stands in its file.

use treaty_compiler::descriptor::Span as Range;

/// A range in a source file; lines and columns count from 1, the end column is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
}

impl Span {
    /// What stands for "the file as a whole".
    pub(crate) const FILE: Self = Self { line: 1, column: 1, end_line: 1, end_column: 1 };
}

impl From<Range> for Span {
    fn from(range: Range) -> Self {
        Self {
            line: range.start.line.saturating_add(1),
            column: range.start.column.saturating_add(1),
            end_line: range.end.line.saturating_add(1),
            end_column: range.end.column.saturating_add(1),
        }
    }
}

/// A file and a path in its descriptor, as `SourceCodeInfo` numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place<'d> {
    pub(crate) file: &'d str,
    pub(crate) path: Box<[i32]>,
}

impl<'d> Place<'d> {
    pub(crate) fn new(file: &'d str, path: &[i32]) -> Self {
        Self { file, path: path.into() }
    }

    /// A part of the element, such as its name or an option.
    pub(crate) fn part(&self, numbers: &[i32]) -> Self {
        Self { file: self.file, path: [&self.path, numbers].concat().into() }
    }
}

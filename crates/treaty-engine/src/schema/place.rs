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

/// Field numbers and indexes from a file down to an element; all but the deepest fit without the heap.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Path {
    Short { numbers: [i32; Self::SHORT], length: u8 },
    Long(Box<[i32]>),
}

impl Path {
    /// A field of a message in a message.
    const SHORT: usize = 6;

    fn new(parts: [&[i32]; 2]) -> Self {
        let length = parts[0].len() + parts[1].len();
        if length > Self::SHORT {
            return Self::Long(parts.concat().into());
        }
        let mut numbers = [0; Self::SHORT];
        for (into, number) in numbers.iter_mut().zip(parts.into_iter().flatten()) {
            *into = *number;
        }
        Self::Short { numbers, length: length as u8 }
    }
}

/// A file and a path in its descriptor, as `SourceCodeInfo` numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place<'d> {
    pub(crate) file: &'d str,
    path: Path,
}

impl<'d> Place<'d> {
    pub(crate) fn new(file: &'d str, path: &[i32]) -> Self {
        Self { file, path: Path::new([path, &[]]) }
    }

    /// A part of the element with that path.
    pub(crate) fn below(file: &'d str, path: &[i32], numbers: &[i32]) -> Self {
        Self { file, path: Path::new([path, numbers]) }
    }

    pub(crate) fn path(&self) -> &[i32] {
        match &self.path {
            Path::Short { numbers, length } => &numbers[..usize::from(*length)],
            Path::Long(path) => path,
        }
    }

    /// A part of the element, such as its name or an option.
    pub(crate) fn part(&self, numbers: &[i32]) -> Self {
        Self::below(self.file, self.path(), numbers)
    }
}

//! Where an element stands in its file.

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

    /// From the three or four numbers of `SourceCodeInfo.Location.span`, which count from 0.
    pub(crate) fn new(span: &[i32]) -> Option<Self> {
        let number = |index: usize| Some(u32::try_from(*span.get(index)?).ok()?.saturating_add(1));
        let (line, column) = (number(0)?, number(1)?);
        let (end_line, end_column) =
            if span.len() == 3 { (line, number(2)?) } else { (number(2)?, number(3)?) };
        Some(Self { line, column, end_line, end_column })
    }
}

/// A file and a path in its descriptor, as `SourceCodeInfo` numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) path: Vec<i32>,
}

impl Place {
    /// A part of the element, such as its name or an option.
    pub(crate) fn part(&self, numbers: &[i32]) -> Self {
        Self { file: self.file.clone(), path: [&self.path, numbers].concat() }
    }
}

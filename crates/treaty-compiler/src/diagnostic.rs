//! What is wrong with a source, where, and what to do about it.

use crate::descriptor::Span;

/// One fault of a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The name of the file.
    pub file: Box<str>,
    /// What is at fault.
    pub span: Span,
    /// What is wrong with it.
    pub message: String,
    /// What to do instead, where there is more to say than "correct it".
    pub help: Option<String>,
}

//! Prints and reads messages in the text format. — *Source*:
//! <https://protobuf.dev/reference/protobuf/textformat-spec/>; layout as Go prints it.

mod lexer;
mod print;
mod read;
mod scalar;

pub use print::{Unknown, print};
pub use read::read;

/// Why a text is no such message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {why}")]
pub struct Unreadable {
    /// Counted from 1.
    pub line: usize,
    /// In bytes, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub why: String,
}

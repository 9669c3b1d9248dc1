//! Prints and reads messages as JSON. — *Source*: <https://protobuf.dev/programming-guides/json/>.

pub(super) mod print;
mod read;

use treaty_compiler::pool::{Dangling, MessageRef};

use super::tree::Tree;
use super::{Message, Refused};

pub use print::{print, print_value};
pub use read::{Strictness, read};

/// Why a message has no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// The type of a field, or of an `Any`, is not in the pool.
    #[error(transparent)]
    Dangling(#[from] Dangling),
    /// A value that JSON has no form for.
    #[error("`{message}` has no JSON form: {why}")]
    NoForm {
        /// The full name of the message.
        message: String,
        /// What is wrong with the value.
        why: &'static str,
    },
    /// An `Any` holds bytes that are not what it says.
    #[error("an Any holds what is no `{message}`: {why}")]
    BadAny {
        /// The full name of the message.
        message: String,
        /// What its bytes are refused for.
        why: Refused,
    },
    /// Messages nest deeper than a hundred levels.
    #[error("messages nest too deep")]
    TooDeep,
}

/// Why a reader refuses JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", if path.is_empty() { String::new() } else { format!("{path}: ") })]
pub struct Unreadable {
    /// Names and indexes from the root, such as `items[2].name`.
    pub path: String,
    /// What is wrong there.
    pub why: String,
}

impl Unreadable {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { path: String::new(), why: why.into() }
    }

    pub(super) fn within(mut self, name: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{name}{joint}{}", self.path);
        self
    }
}

/// A message as JSON on one line.
///
/// # Errors
///
/// [`Unprintable`] where it has no such form.
pub fn to_string(of: MessageRef<'_>, message: &Message) -> Result<String, Unprintable> {
    Ok(print(of, message)?.to_json())
}

/// Reads a message from JSON text.
///
/// # Errors
///
/// [`Unreadable`] where the text is no JSON, or no such message.
pub fn from_str(
    of: MessageRef<'_>,
    text: &str,
    strictness: Strictness,
) -> Result<Message, Unreadable> {
    let tree: Tree =
        serde_json::from_str(text).map_err(|error| Unreadable::new(error.to_string()))?;
    read(of, &tree, strictness)
}

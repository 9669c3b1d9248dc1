//! Proves a change by bytes: the smallest found that one version writes and the other misreads.
//!
//! A candidate message is written by the writer's descriptors, as bytes and as JSON, and read by the
//! reader's; what is read is compared with what was meant. — *Does not* judge: the table of
//! [`crate::ChangeKind`] does, and no witness may contradict it. — *Holds*: the search is bounded and
//! has the same answer every time.

mod explain;
mod focus;
mod likeness;
mod meaning;
mod profile;
mod search;
mod subject;
pub mod table;
mod trial;
mod values;

use std::fmt;

use serde::{Deserialize, Serialize};
use treaty_compiler::Pool;

use crate::{Effect, Subject};

pub use explain::{Explanation, Part, Reading, explain_bytes};
pub use profile::Profile;

/// Which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The version before.
    Old,
    /// The version after.
    New,
}

impl Side {
    /// The other version.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Old => "old",
            Self::New => "new",
        })
    }
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As protobuf bytes.
    Binary,
    /// As JSON.
    Json,
}

/// What the reader makes of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It reads this, as JSON.
    Reads(String),
    /// It refuses all of it.
    Refuses(String),
}

/// A message that is read as something else than was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Witness {
    /// Who writes; the other version reads.
    pub writer: Side,
    /// The full name of the message for the writer.
    pub message: String,
    /// What is written, as the writer's JSON.
    pub written: String,
    /// What is written, as bytes.
    #[serde(serialize_with = "hex", deserialize_with = "unhex")]
    pub bytes: Vec<u8>,
    /// The form in which it goes wrong.
    pub form: Form,
    /// What the reader makes of that form.
    pub outcome: Outcome,
    /// Where meaning and reading part, such as `items[0].name`; empty for the whole message.
    pub path: String,
    /// What the writer meant there.
    pub meant: String,
    /// What the reader sees there.
    pub seen: String,
    /// How bad that is: skipped, or misread.
    pub effect: Effect,
    /// The readers that do so.
    pub profiles: Vec<Profile>,
}

fn hex<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_hex(bytes))
}

fn unhex<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    from_hex(&text).ok_or_else(|| serde::de::Error::custom("not hexadecimal"))
}

/// Two digits a byte, separated by spaces.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

/// Reads hexadecimal digits, with or without spaces, colons and `0x`.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: String = text
        .replace("0x", "")
        .replace("0X", "")
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ':' | ',' | '_'))
        .collect();
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
        }
        _ => None,
    };
    pairs.map(byte).collect()
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { writer, message, written, path, meant, seen, .. } = self;
        let reader = writer.other();
        writeln!(f, "the {writer} version writes {message} {written}")?;
        match self.form {
            Form::Binary if self.bytes.is_empty() => writeln!(f, "  as no bytes at all")?,
            Form::Binary => writeln!(f, "  as the bytes {}", to_hex(&self.bytes))?,
            Form::Json => writeln!(f, "  as that JSON")?,
        }
        match &self.outcome {
            Outcome::Reads(read) => {
                writeln!(f, "the {reader} version reads {read}")?;
                write!(f, "  `{path}` was {meant}, and is {seen}")
            }
            Outcome::Refuses(why) => write!(f, "the {reader} version refuses it: {why}"),
        }
    }
}

/// Why there is no witness.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum NoWitness {
    /// The call fails, or is made twice, as a whole.
    #[error("the call as a whole is answered differently; no message is misread")]
    NotInBytes,
    /// One side has no such type, so nobody there reads or writes it.
    #[error("the type is only on one side, so there is nobody who reads or writes it")]
    NoReader,
    /// No message has a field of the enum.
    #[error("no message that both versions have uses the enum")]
    Unused,
    /// The writer cannot write the element, and what it leaves out has always been allowed.
    #[error("the writer never writes it; what is missing looks like what was never set")]
    NeverWritten,
    /// Whatever was tried is read as it was meant, as bytes and as JSON.
    #[error("bytes and JSON are read as they were meant; the change is seen outside of them")]
    ReadAlike,
}

/// The smallest message found about an element of the contract that `writer` writes and the other
/// version skips or misreads.
///
/// # Errors
///
/// [`NoWitness`], which says why there is none.
pub fn witness(
    old: &Pool,
    new: &Pool,
    subject: &Subject,
    writer: Side,
) -> Result<Witness, NoWitness> {
    let (from, to) = match writer {
        Side::Old => (old, new),
        Side::New => (new, old),
    };
    subject::find(from, to, subject, writer)
}

/// The smallest message of that name, of all of its fields and what is in them, that `writer` writes
/// and the other version skips or misreads.
///
/// # Errors
///
/// [`NoWitness`], which says why there is none.
pub fn witness_of_message(
    old: &Pool,
    new: &Pool,
    message: &str,
    writer: Side,
) -> Result<Witness, NoWitness> {
    witness(old, new, &Subject::Message(message.to_owned()), writer)
}

/// The worse of two.
fn worse(one: Effect, other: Effect) -> Effect {
    if rank(other) > rank(one) { other } else { one }
}

fn rank(effect: Effect) -> u8 {
    match effect {
        Effect::Kept => 0,
        Effect::Ignored => 1,
        Effect::Misread => 2,
    }
}

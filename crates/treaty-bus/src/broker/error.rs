//! What can go wrong in the bus, and the one table from that to gRPC status.

use std::time::Duration;

use tonic_types::{ErrorDetails, StatusExt as _};

/// The bus could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite cannot open or read the log.
    #[error("the log cannot be opened: {0}")]
    Database(#[from] rusqlite::Error),
    /// A record does not match its checksum: the disk or another program changed it.
    #[error("record {sequence} of the log does not match its checksum")]
    Corrupt {
        /// Which record.
        sequence: u64,
    },
    /// The runtime ended meanwhile.
    #[error("opening the log was interrupted")]
    Interrupted,
    /// The log was written by a later release.
    #[error("the log has format {found}, and this release knows {known}")]
    Format {
        /// The format of the file.
        found: i64,
        /// The format of this release.
        known: i64,
    },
}

/// The bus ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bus's writer ended by itself")]
pub struct Stopped;

/// A call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    #[error("{field}: {problem}")]
    Invalid { field: String, problem: String },
    #[error("the log is full")]
    Full,
    #[error("{0}")]
    TooMany(&'static str),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("the group has consumers")]
    InUse,
    #[error("the bus is ending")]
    Ending,
    #[error("the log failed: {0}")]
    Database(String),
}

impl CallError {
    pub(crate) fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), problem: problem.into() }
    }
}

impl From<rusqlite::Error> for CallError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<CallError> for tonic::Status {
    fn from(error: CallError) -> Self {
        use tonic::Code;
        let message = error.to_string();
        let retry = |after| ErrorDetails::with_retry_info(Some(after));
        let (code, details) = match error {
            CallError::Invalid { field, problem } => {
                (Code::InvalidArgument, ErrorDetails::with_bad_request_violation(field, problem))
            }
            CallError::Full => (Code::ResourceExhausted, retry(Duration::from_secs(5))),
            CallError::TooMany(_) => (Code::ResourceExhausted, ErrorDetails::new()),
            CallError::NotFound(_) => (Code::NotFound, ErrorDetails::new()),
            CallError::InUse => (Code::FailedPrecondition, ErrorDetails::new()),
            CallError::Ending | CallError::Database(_) => {
                (Code::Unavailable, retry(Duration::from_secs(1)))
            }
        };
        Self::with_error_details(code, message, details)
    }
}

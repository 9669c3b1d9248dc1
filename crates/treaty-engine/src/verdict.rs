//! What a change means for programs that run: whether, and in which order, it can be rolled out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The answer to "may I, and who goes first?".
///
/// The order is a lattice: `safe` below both orders, both below `breaking`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Old and new understand each other in any order.
    #[default]
    Safe,
    /// Every server takes the new version before any client does.
    ServersFirst,
    /// Every client takes the new version before any server does.
    ClientsFirst,
    /// No order of rollout keeps old and new apart.
    Breaking,
}

impl Verdict {
    /// The verdict on both together: two opposite orders leave none.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Safe, verdict) | (verdict, Self::Safe) => verdict,
            (one, two) if one == two => one,
            _ => Self::Breaking,
        }
    }

    /// The join of them all; `safe` for none.
    pub fn join_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::Safe, Self::join)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safe => "safe",
            Self::ServersFirst => "servers first",
            Self::ClientsFirst => "clients first",
            Self::Breaking => "breaking",
        })
    }
}

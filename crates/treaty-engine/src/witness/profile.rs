//! Where readers of different languages differ. — *Source*: <https://protobuf.dev/programming-guides/enum/>
//! ("Language conformance"), and the readers themselves.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dynamic::Reading;

/// A kind of reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// As the specification asks for: C++, Java, Kotlin, Python, PHP, Objective-C, Swift. Numbers
    /// that a closed enum does not have are unknown fields; missing required fields and text that
    /// is not UTF-8 (where it is verified) are refused.
    Conformant,
    /// Go, C#, Ruby: the same, but every enum is open.
    OpenEnums,
    /// prost, protobuf.js and readers of partial messages: required fields may be missing, text is
    /// taken as it is, every enum is open.
    Lenient,
}

impl Profile {
    /// All of them; the first decides the verdict.
    pub const ALL: [Self; 3] = [Self::Conformant, Self::OpenEnums, Self::Lenient];

    /// How such a reader reads.
    #[must_use]
    pub fn reading(self) -> Reading {
        let conformant = Reading::default();
        match self {
            Self::Conformant => conformant,
            Self::OpenEnums => Reading { keeps_closed: true, ..conformant },
            Self::Lenient => Reading { keeps_closed: true, any_text: true, partial: true },
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conformant => "C++, Java, Python and others",
            Self::OpenEnums => "Go, C#, Ruby",
            Self::Lenient => "readers that check little",
        })
    }
}

//! The smallest legal next version of a contract. — *Source*: <https://semver.org>, with 0.x as a
//! draft in which a break asks for a minor release.

use std::fmt;

use semver::Version;
use serde::{Deserialize, Serialize};

/// How much of the version has to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// The descriptors are those of the last version.
    None,
    /// Nothing that a caller could see.
    Patch,
    /// More than before: additions and deprecations.
    Minor,
    /// Less than before, or something else.
    Major,
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no",
            Self::Patch => "a patch",
            Self::Minor => "a minor",
            Self::Major => "a major",
        })
    }
}

/// The version after `latest` that announces `bump`; 1.0.0 where nothing was released, and none
/// where there is nothing to release.
#[must_use]
pub fn next_version(latest: Option<&Version>, bump: Bump) -> Option<Version> {
    let Some(latest) = latest else { return Some(Version::new(1, 0, 0)) };
    match bump {
        Bump::None => None,
        Bump::Patch => Some(Version::new(latest.major, latest.minor, latest.patch + 1)),
        Bump::Major if latest.major > 0 => Some(Version::new(latest.major + 1, 0, 0)),
        Bump::Minor | Bump::Major => Some(Version::new(latest.major, latest.minor + 1, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_the_smallest_part_that_is_honest() {
        let next = |latest: &str, bump| {
            next_version(Some(&latest.parse().unwrap()), bump).map(|version| version.to_string())
        };
        assert_eq!(next_version(None, Bump::None), Some(Version::new(1, 0, 0)));
        assert_eq!(next("1.2.3", Bump::None), None);
        assert_eq!(next("1.2.3", Bump::Patch).as_deref(), Some("1.2.4"));
        assert_eq!(next("1.2.3", Bump::Minor).as_deref(), Some("1.3.0"));
        assert_eq!(next("1.2.3", Bump::Major).as_deref(), Some("2.0.0"));
        assert_eq!(next("0.2.3", Bump::Major).as_deref(), Some("0.3.0"));
    }
}

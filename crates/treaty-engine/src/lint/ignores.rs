//! Tells whether a comment in the source switches a rule off for what stands behind it: a line
//! `buf:lint:ignore RULE` before the element of a finding or one around it.

/// What such a line begins with.
pub(crate) const PREFIX: &str = "buf:lint:ignore";

/// Whether comments can switch rules off; only configurations of v2 let them without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentIgnores {
    /// They can.
    Honoured,
    /// They are comments like any other.
    Disregarded,
}

/// Whether a comment switches the rule off.
pub(super) fn names(comment: &str, rule: &str) -> bool {
    let mut lines = comment.lines().map(str::trim);
    lines.any(|line| {
        let rest = line.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix(' '));
        rest.is_some_and(|rest| rest.starts_with(rule))
    })
}

/// The places whose comments count for a finding at a path: every declaration on the way to it,
/// outermost first, and an option's own place.
pub(super) fn places(path: &[i32]) -> Vec<&[i32]> {
    let mut places = Vec::new();
    let mut kind = Kind::File;
    let mut at = 0;
    while let Some(&number) = path.get(at) {
        let inner = match (kind, number) {
            (Kind::File, 2 | 12 | 14) => Some((Kind::Part, 1)),
            (Kind::File, 3) => Some((Kind::Part, 2)),
            (Kind::File, 4) | (Kind::Message, 3) => Some((Kind::Message, 2)),
            (Kind::File, 5) | (Kind::Message, 4) => Some((Kind::Enum, 2)),
            (Kind::File, 6) => Some((Kind::Service, 2)),
            // A comment before `extend` counts for all that stands in it.
            (Kind::File, 7) | (Kind::Message, 6) => {
                places.extend(path.get(..=at));
                Some((Kind::Element, 2))
            }
            (Kind::Message, 2 | 8) | (Kind::Enum | Kind::Service, 2) => Some((Kind::Element, 2)),
            _ => None,
        };
        let is_option = matches!(
            (kind, number),
            (Kind::File, 8)
                | (Kind::Message, 7)
                | (Kind::Enum | Kind::Service, 3)
                | (Kind::Element, 2 | 3 | 4 | 8)
        );
        let Some((inner, length)) = inner else {
            if is_option {
                places.push(path);
            }
            break;
        };
        at += length;
        places.extend(path.get(..at));
        kind = inner;
    }
    places
}

/// What a path has led to.
#[derive(Clone, Copy)]
enum Kind {
    File,
    Message,
    Enum,
    Service,
    /// A field, value, oneof or method.
    Element,
    /// Something with nothing inside, such as an import.
    Part,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_switches_one_rule_off() {
        assert!(names(" buf:lint:ignore RULE_A\n", "RULE_A"));
        assert!(names(" said\n  buf:lint:ignore RULE_A because\n", "RULE_A"));
        assert!(names("buf:lint:ignore RULE_Ax", "RULE_A"));
        assert!(!names("buf:lint:ignore  RULE_A", "RULE_A"));
        assert!(!names("buf:lint:ignore RULE_B, RULE_A", "RULE_A"));
        assert!(!names("do buf:lint:ignore RULE_A", "RULE_A"));
    }

    #[test]
    fn every_declaration_around_counts() {
        let around: [&[i32]; 3] = [&[4, 0], &[4, 0, 3, 1], &[4, 0, 3, 1, 2, 5]];
        assert_eq!(places(&[4, 0, 3, 1, 2, 5, 1]), around);
        let option: [&[i32]; 3] = [&[4, 0], &[4, 0, 2, 1], &[4, 0, 2, 1, 8, 1159, 25]];
        assert_eq!(places(&[4, 0, 2, 1, 8, 1159, 25]), option);
        assert_eq!(places(&[7, 2, 1]), [&[7][..], &[7, 2]]);
        assert_eq!(places(&[8, 11]), [&[8, 11][..]]);
        assert_eq!(places(&[3, 0]), [&[3, 0][..]]);
        assert_eq!(places(&[2]), [&[2][..]]);
    }
}

//! Path templates: which paths they fit, and which fields they bind to what. — *Holds*: a custom verb is
//! none of the segments, so that no wildcard takes it. — *Source*: google/api/http.proto.

use std::ops::Range;

/// A template in parts, variables opened: `/v1/{name=shelves/*}:read` is `v1 shelves *`.
#[derive(Debug)]
pub(super) struct Template<'t> {
    parts: Vec<Part<'t>>,
    /// The field that a variable binds, and which parts.
    variables: Vec<(&'t str, Range<usize>)>,
    /// With its colon; empty without one.
    verb: &'t str,
}

/// What stands between two slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'t> {
    Word(&'t str),
    /// `*`: one segment.
    One,
    /// `**`: any number of segments.
    Any,
}

impl<'t> Part<'t> {
    fn new(text: &'t str) -> Self {
        match text {
            "*" => Self::One,
            "**" => Self::Any,
            word => Self::Word(word),
        }
    }

    /// A segment that both fit.
    fn common(self, other: Self) -> Option<String> {
        match (self, other) {
            (Self::Word(one), Self::Word(other)) if one != other => None,
            (Self::Word(word), _) | (_, Self::Word(word)) => Some(format!("/{word}")),
            _ => Some("/x".to_owned()),
        }
    }
}

/// The longest template that is looked at.
const MOST_PARTS: usize = 64;

impl<'t> Template<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let (path, verb) = match text.rfind(':') {
            Some(at) if !text[at..].contains(['/', '}']) => text.split_at(at),
            _ => (text, ""),
        };
        let mut template = Self { parts: Vec::new(), variables: Vec::new(), verb };
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        while !rest.is_empty() {
            let end = match rest.strip_prefix('{') {
                Some(variable) => variable.find('}').map_or(rest.len(), |end| end + 2),
                None => rest.find('/').unwrap_or(rest.len()),
            };
            let (one, after) = rest.split_at(end);
            match one.strip_prefix('{').map(|one| one.trim_end_matches('}')) {
                Some(variable) => template.open(variable),
                None => template.parts.push(Part::new(one)),
            }
            rest = after.strip_prefix('/').unwrap_or(after);
        }
        template
    }

    /// `{id}` is short for `{id=*}`.
    fn open(&mut self, variable: &'t str) {
        let (field, inner) = variable.split_once('=').unwrap_or((variable, "*"));
        let start = self.parts.len();
        self.parts.extend(inner.split('/').map(Part::new));
        self.variables.push((field, start..self.parts.len()));
    }

    /// Empty where it begins with a wildcard.
    pub(super) fn first_word(&self) -> &'t str {
        if let Some(Part::Word(word)) = self.parts.first() { word } else { "" }
    }

    /// Whether every path of the other fits too. `**` stands last, if it does.
    pub(super) fn covers(&self, other: &Self) -> bool {
        if self.verb != other.verb {
            return false;
        }
        let mut theirs = other.parts.iter();
        for ours in &self.parts {
            let fits = match (ours, theirs.next()) {
                (Part::Any, _) => return true,
                (Part::One, Some(Part::One | Part::Word(_))) => true,
                (one, other) => Some(one) == other,
            };
            if !fits {
                return false;
            }
        }
        theirs.next().is_none()
    }

    /// Whether a path that both fit has the same texts for the same fields in both. Of what may have
    /// several segments, `%2F` is left as it is.
    pub(super) fn binds_as(&self, other: &Self) -> bool {
        self.variables.len() == other.variables.len()
            && self.variables.iter().zip(&other.variables).all(|(ours, theirs)| {
                let ((field, at), (their_field, there)) = (ours, theirs);
                let to_the_end = at.end == self.parts.len() && there.end == other.parts.len();
                field == their_field
                    && at.start == there.start
                    && (at.end == there.end || to_the_end)
                    && self.is_one_segment(at) == other.is_one_segment(there)
            })
    }

    fn is_one_segment(&self, variable: &Range<usize>) -> bool {
        variable.len() == 1 && self.parts.get(variable.start) != Some(&Part::Any)
    }

    /// A path that both fit.
    pub(super) fn common(&self, other: &Self) -> Option<String> {
        if self.verb != other.verb {
            return None;
        }
        Some(common(&self.parts, &other.parts)? + self.verb)
    }
}

fn common(one: &[Part<'_>], other: &[Part<'_>]) -> Option<String> {
    if one.len().max(other.len()) > MOST_PARTS {
        return None;
    }
    // Most templates have no `**`, and most pairs of them differ in length or in a word.
    if ![one, other].into_iter().flatten().any(|part| *part == Part::Any) {
        let path = || one.iter().zip(other).map(|(one, other)| one.common(*other)).collect();
        return if one.len() == other.len() { path() } else { None };
    }
    // For every pair of positions the rest of a common path, from the end.
    let width = other.len() + 1;
    let mut path: Vec<Option<String>> = vec![None; (one.len() + 1) * width];
    for left in (0..=one.len()).rev() {
        for right in (0..=other.len()).rev() {
            let at = |left: usize, right: usize| path.get(left * width + right)?.clone();
            let found = match (one.get(left), other.get(right)) {
                (None, None) => Some(String::new()),
                (Some(Part::Any), Some(Part::Any)) => {
                    at(left + 1, right).or_else(|| at(left, right + 1))
                }
                (Some(Part::Any), None) => at(left + 1, right),
                (None, Some(Part::Any)) => at(left, right + 1),
                (Some(Part::Any), Some(step)) => at(left + 1, right)
                    .or_else(|| Some(step.common(*step)? + &at(left, right + 1)?)),
                (Some(step), Some(Part::Any)) => at(left, right + 1)
                    .or_else(|| Some(step.common(*step)? + &at(left + 1, right)?)),
                (Some(step), Some(same)) => {
                    step.common(*same).and_then(|one| Some(one + &at(left + 1, right + 1)?))
                }
                _ => None,
            };
            path[left * width + right] = found;
        }
    }
    path.into_iter().next().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(one: &str, other: &str) -> Option<String> {
        Template::new(one).common(&Template::new(other))
    }

    #[test]
    fn templates_meet_in_a_path() {
        for (one, other, path) in [
            ("/v1/{id}", "/v1/search", "/v1/search"),
            ("/v1/{name=shelves/*}", "/v1/{a}/{b}", "/v1/shelves/x"),
            ("/v1/{name=**}", "/v1/a/b", "/v1/a/b"),
            ("/v1/a:read", "/v1/{id}:read", "/v1/a:read"),
            ("/v1/a", "/v1/a", "/v1/a"),
            ("/v1/{name=**}:read", "/v1/{name=*}:read", "/v1/x:read"),
            ("/v1/**", "/v1", "/v1"),
            ("/v1/**/a", "/v1/**/b/**", "/v1/b/a"),
        ] {
            assert_eq!(meet(one, other).as_deref(), Some(path), "{one} {other}");
            assert!(meet(other, one).is_some(), "{other} {one}");
        }
    }

    #[test]
    fn others_do_not() {
        for (one, other) in [
            ("/v1/{id}", "/v2/{id}"),
            ("/v1/{id}", "/v1/a/b"),
            ("/v1/{id}:read", "/v1/{id}"),
            ("/v1/{id}:read", "/v1/{name=**}"),
            ("/v1/{id}:read", "/v1/{id}:write"),
            ("/v1/{name=shelves/*}", "/v1/books/{id}"),
        ] {
            assert_eq!(meet(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn a_template_covers_what_is_narrower() {
        let both = |one: &str, other: &str| {
            let (one, other) = (Template::new(one), Template::new(other));
            (one.covers(&other), one.binds_as(&other))
        };
        for (one, other, expected) in [
            ("/v1/{id=*}", "/v1/{id}", (true, true)),
            ("/v1/{name=c/**}", "/v1/{name=c/*}", (true, true)),
            ("/v1/{name=c/*}", "/v1/{name=c/**}", (false, true)),
            ("/v1/{name=**}", "/v1/{name=c/*}", (true, true)),
            ("/v1/{name=*/*}", "/v1/{name=c/*}", (true, true)),
            ("/v1/{name}", "/v1/{id}", (true, false)),
            ("/v1/{id=**}", "/v1/{id}", (true, false)),
            ("/v1/c/{name}", "/v1/{name=c/*}", (true, false)),
            ("/v1/{a=*/*}/{b}", "/v1/{a}/{b=*/*}", (true, false)),
            ("/v1/{id}", "/v1/{id}:read", (false, true)),
            ("/v1/{id}", "/v1/a", (true, false)),
            ("/v1/a", "/v1/{id}", (false, false)),
            ("/v1/**", "/v1", (true, true)),
            ("/v1/*", "/v1", (false, true)),
            ("/v1", "/v1/a", (false, true)),
        ] {
            assert_eq!(both(one, other), expected, "{one} {other}");
        }
    }
}

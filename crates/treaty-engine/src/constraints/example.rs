//! Finds a value that one version's constraints accept and the other's refuse.

use treaty_compiler::descriptor::Kind;

use super::candidates::candidates;
use super::check::within;
use super::{Ignore, Rules, Scalar};

/// What one side accepts and the other refuses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    /// Whether the new version refuses what the old one accepts.
    pub(crate) tightened: bool,
    /// Of the field itself, its items, its keys or its values.
    pub(crate) of: &'static str,
    /// What shows it: a value, or why there is none to show.
    pub(crate) example: Example,
}

/// What shows a difference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Example {
    /// The field is not set.
    Unset,
    Value(Scalar),
    /// An expression, a pattern or a format, which nobody runs here.
    Unrun(&'static str),
    /// Parts of texts that exclude each other, of which no value was found that tells.
    Unfound,
}

/// What is validated: the kind of a value, and whether its absence can be told from zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) many: bool,
    pub(super) presence: bool,
}

/// At most one tightening and one loosening of the field and each of its parts.
pub(super) fn differences(
    old: &Rules<'_>,
    new: &Rules<'_>,
    field: Shape,
    entry: Option<(Kind, Kind)>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    both_ways(old, new, field, "", &mut found);
    let single = |kind| Shape { kind, many: false, presence: true };
    let none = Rules::default();
    let parts = [
        (&old.items, &new.items, Some(field.kind), " in an item"),
        (&old.keys, &new.keys, entry.map(|(key, _)| key), " in a key"),
        (&old.values, &new.values, entry.map(|(_, value)| value), " in a value"),
    ];
    let skipped = old.ignore == Ignore::Always || new.ignore == Ignore::Always;
    for (old, new, kind, of) in parts.into_iter().filter(|_| !skipped) {
        let (old, new) = (old.as_deref().unwrap_or(&none), new.as_deref().unwrap_or(&none));
        if let Some(kind) = kind.filter(|_| old != new) {
            both_ways(old, new, single(kind), of, &mut found);
        }
    }
    found
}

fn both_ways(
    old: &Rules<'_>,
    new: &Rules<'_>,
    shape: Shape,
    of: &'static str,
    found: &mut Vec<Difference>,
) {
    let candidates = candidates(old, new, shape);
    let before = found.len();
    for (wide, narrow, tightened) in [(old, new, true), (new, old, false)] {
        let shows = |value: &&Option<Scalar>| {
            accepts(wide, value.as_ref(), shape) && !accepts(narrow, value.as_ref(), shape)
        };
        let known = candidates.iter().find(shows).map(|value| match value {
            Some(value) => Example::Value(value.clone()),
            None => Example::Unset,
        });
        let unrun = || {
            let asked = narrow.ignore != Ignore::Always;
            let only = narrow.opaque.iter().find(|one| !wide.opaque.contains(one));
            only.filter(|_| asked).map(|one| Example::Unrun(one.name))
        };
        found.extend(known.or_else(unrun).map(|example| Difference { tightened, of, example }));
    }
    if found.len() == before {
        found.extend(untold(old, new).map(|tightened| {
            let example = Example::Unfound;
            Difference { tightened, of, example }
        }));
    }
}

/// Which side asks for parts of texts that the other does not, where no value showed anything. Sizes
/// and numbers need none: those around their bounds were tried.
fn untold(old: &Rules<'_>, new: &Rules<'_>) -> impl Iterator<Item = bool> {
    let asks = |narrow: &Rules<'_>, wide: &Rules<'_>| {
        let mut parts = narrow.checks.iter().filter(|check| check.is_of_part());
        narrow.ignore != Ignore::Always && parts.any(|check| !wide.checks.contains(check))
    };
    [(asks(new, old), true), (asks(old, new), false)]
        .into_iter()
        .filter_map(|(asks, tightened)| asks.then_some(tightened))
}

/// None is a field that is not set.
fn accepts(rules: &Rules<'_>, value: Option<&Scalar>, shape: Shape) -> bool {
    let Some(value) = value else { return !rules.required || rules.ignore == Ignore::Always };
    if rules.ignore == Ignore::Always {
        return true;
    }
    if value.is_zero() && (!shape.presence || shape.many) {
        if rules.required {
            return false;
        }
        if rules.ignore == Ignore::ZeroValue {
            return true;
        }
    } else if value.is_zero() && rules.ignore == Ignore::ZeroValue {
        return true;
    }
    within(&rules.checks, value) && rules.checks.iter().all(|check| check.passes(value))
}

impl Example {
    /// As a sentence goes on after "a value that one side accepts: ".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Unset => "the field not set".to_owned(),
            Self::Value(value) => value.to_string(),
            Self::Unrun("enum.defined_only") => "a number that the enum does not name".to_owned(),
            Self::Unfound => "no example was found, but the constraints are others".to_owned(),
            Self::Unrun(name) => format!("no example, for the `{name}` is not run here"),
        }
    }
}

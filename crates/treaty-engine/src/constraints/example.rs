//! Finds a value that one version's constraints accept and the other's refuse.

use treaty_compiler::descriptor::Kind;

use super::check::{NANOSECONDS, Unit, within};
use super::{Check, Ignore, Number, Rules, Scalar};

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

/// Values around every bound of both sides.
fn candidates(old: &Rules<'_>, new: &Rules<'_>, shape: Shape) -> Vec<Option<Scalar>> {
    let checks: Vec<_> = old.checks.iter().chain(&new.checks).collect();
    let mut values: Vec<Scalar> = match shape.kind {
        _ if shape.many => entries(&checks),
        Kind::Bool => vec![Scalar::Truth(true), Scalar::Truth(false)],
        Kind::String => {
            texts(&checks, |bytes| Scalar::Text(String::from_utf8_lossy(bytes).into_owned()))
        }
        Kind::Bytes => texts(&checks, |bytes| Scalar::Bytes(bytes.to_vec())),
        kind => numbers(&checks, kind),
    };
    for check in &checks {
        match check {
            Check::Equals(value) => values.push(value.clone()),
            Check::OneOf(list) | Check::NoneOf(list) => values.extend(list.iter().cloned()),
            _ => {}
        }
    }
    let unset = (shape.presence && !shape.many).then_some(None);
    values.into_iter().map(Some).chain(unset).collect()
}

fn entries(checks: &[&Check<'_>]) -> Vec<Scalar> {
    let mut counts = vec![0, 1, 2];
    for check in checks {
        if let Check::Least(Unit::Items, count) | Check::Most(Unit::Items, count) = check {
            counts.extend([count.saturating_sub(1), *count, count.saturating_add(1)]);
        }
    }
    let twice = |count: u64| (count > 1).then_some(Scalar::Many { count, twice: true });
    let once = counts.iter().map(|&count| Scalar::Many { count, twice: false });
    once.chain(counts.iter().filter_map(|&count| twice(count))).collect()
}

fn numbers(checks: &[&Check<'_>], kind: Kind) -> Vec<Scalar> {
    let floating = matches!(kind, Kind::Float | Kind::Double);
    let mut numbers = vec![1, 0, -1].into_iter().map(Number::Integer).collect::<Vec<_>>();
    if floating {
        numbers = [1.0, 0.0, -1.0].map(Number::Floating).to_vec();
    } else if kind == Kind::Message {
        numbers = [NANOSECONDS, 0, -NANOSECONDS].map(Number::Nanoseconds).to_vec();
    }
    let own = |check: &&Check<'_>| match check {
        Check::Bound(_, number) | Check::Equals(Scalar::Number(number)) => Some(*number),
        _ => None,
    };
    for number in checks.iter().filter_map(own) {
        numbers.extend(match number {
            Number::Integer(one) => [one, one - 1, one + 1].map(Number::Integer),
            Number::Floating(one) => [one, one - 1.0, one + 1.0].map(Number::Floating),
            Number::Nanoseconds(one) => [one, one - 1, one + 1].map(Number::Nanoseconds),
        });
    }
    let (least, most) = match kind {
        Kind::Uint32 | Kind::Fixed32 => (0, u32::MAX.into()),
        Kind::Uint64 | Kind::Fixed64 => (0, u64::MAX.into()),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Enum => {
            (i32::MIN.into(), i32::MAX.into())
        }
        Kind::Message | Kind::Group => (i128::MIN, i128::MAX),
        _ => (i64::MIN.into(), i64::MAX.into()),
    };
    let fits = |number: &Number| match number {
        Number::Integer(number) => (least..=most).contains(number),
        Number::Floating(_) | Number::Nanoseconds(_) => true,
    };
    numbers.into_iter().filter(fits).map(Scalar::Number).collect()
}

/// The longest text that is made up as an example.
const LONGEST: u64 = 100_000;

/// Texts of the sizes around every bound, with all the parts that are asked for, and without.
fn texts(checks: &[&Check<'_>], scalar: impl Fn(&[u8]) -> Scalar) -> Vec<Scalar> {
    let mut sizes = vec![1, 0, 3];
    let parts = |of: fn(&Check<'_>) -> Option<Vec<u8>>| -> Vec<Vec<u8>> {
        let mut parts: Vec<_> = checks.iter().filter_map(|check| of(check)).collect();
        parts.push(Vec::new());
        parts
    };
    for check in checks {
        if let Check::Least(_, size) | Check::Most(_, size) = check {
            sizes.extend([*size, size.saturating_sub(1), size.saturating_add(1)]);
        }
    }
    let prefixes = parts(|check| match check {
        Check::Prefix(part) => Some(part.to_vec()),
        _ => None,
    });
    let suffixes = parts(|check| match check {
        Check::Suffix(part) => Some(part.to_vec()),
        _ => None,
    });
    let middles = parts(|check| match check {
        Check::Contains(part) | Check::Lacks(part) => Some(part.to_vec()),
        _ => None,
    });
    let affixes: Vec<(&[u8], &[u8])> = prefixes
        .iter()
        .flat_map(|prefix| suffixes.iter().map(|suffix| (&**prefix, &**suffix)))
        .collect();
    let mut texts = Vec::new();
    for size in sizes.into_iter().filter(|&size| size <= LONGEST) {
        for (prefix, suffix) in &affixes {
            for middle in &middles {
                let mut text = [*prefix, middle].concat();
                let fill = (size as usize).saturating_sub(text.len() + suffix.len());
                text.extend(std::iter::repeat_n(b'a', fill));
                text.extend_from_slice(suffix);
                texts.push(scalar(&text));
            }
        }
        // Two bytes for each letter, where characters and bytes are told apart.
        texts.push(scalar("é".repeat(size as usize).as_bytes()));
    }
    texts
}

impl Example {
    /// As a sentence goes on after "a value that one side accepts: ".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Unset => "the field not set".to_owned(),
            Self::Value(value) => value.to_string(),
            Self::Unrun("enum.defined_only") => "a number that the enum does not name".to_owned(),
            Self::Unrun(name) => format!("no example, for the `{name}` is not run here"),
        }
    }
}

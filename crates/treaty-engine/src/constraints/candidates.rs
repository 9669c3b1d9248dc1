//! The values that are tried where constraints differ: around every bound of both sides.

use treaty_compiler::descriptor::Kind;

use super::check::{NANOSECONDS, Unit};
use super::example::Shape;
use super::{Check, Number, Rules, Scalar};

/// Values around every bound of both sides.
pub(super) fn candidates(old: &Rules<'_>, new: &Rules<'_>, shape: Shape) -> Vec<Option<Scalar>> {
    let checks: Vec<_> = old.checks.iter().chain(&new.checks).collect();
    let mut values: Vec<Scalar> = match new.checked.or(old.checked).unwrap_or(shape.kind) {
        _ if shape.many => entries(&checks),
        Kind::Bool => vec![Scalar::Truth(true), Scalar::Truth(false)],
        kind @ (Kind::String | Kind::Bytes) => texts(&checks, kind),
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
    let mut numbers = match kind {
        Kind::Float | Kind::Double => [1.0, 0.0, -1.0].map(Number::Floating),
        Kind::Message => [NANOSECONDS, 0, -NANOSECONDS].map(Number::Nanoseconds),
        _ => [1, 0, -1].map(Number::Integer),
    }
    .to_vec();
    let bounds: Vec<Number> = checks.iter().filter_map(|check| bound(check)).collect();
    for number in &bounds {
        numbers.extend(match *number {
            Number::Integer(one) => [one, one - 1, one + 1].map(Number::Integer),
            Number::Floating(one) => [one, one - 1.0, one + 1.0].map(Number::Floating),
            Number::Nanoseconds(one) => [one, one - 1, one + 1].map(Number::Nanoseconds),
        });
    }
    numbers.extend(between(&bounds));
    if checks.contains(&&Check::Finite) {
        numbers.push(Number::Floating(f64::INFINITY));
    }
    let (least, most) = range(kind);
    let fits = |number: &Number| match number {
        Number::Integer(number) => (least..=most).contains(number),
        Number::Floating(_) | Number::Nanoseconds(_) => true,
    };
    numbers.into_iter().filter(fits).map(Scalar::Number).collect()
}

fn bound(check: &Check<'_>) -> Option<Number> {
    match check {
        Check::Bound(_, number) | Check::Equals(Scalar::Number(number)) => Some(*number),
        _ => None,
    }
}

/// Between two bounds next to each other there may be no whole number.
fn between(bounds: &[Number]) -> Vec<Number> {
    let floating = |number: &Number| match number {
        Number::Floating(number) => Some(*number),
        Number::Integer(_) | Number::Nanoseconds(_) => None,
    };
    let mut bounds: Vec<f64> = bounds.iter().filter_map(floating).collect();
    bounds.sort_by(f64::total_cmp);
    let pairs = bounds.windows(2).filter_map(|pair| <[f64; 2]>::try_from(pair).ok());
    pairs.map(|[one, next]| Number::Floating(one / 2.0 + next / 2.0)).collect()
}

fn range(kind: Kind) -> (i128, i128) {
    match kind {
        Kind::Uint32 | Kind::Fixed32 => (0, u32::MAX.into()),
        Kind::Uint64 | Kind::Fixed64 => (0, u64::MAX.into()),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Enum => {
            (i32::MIN.into(), i32::MAX.into())
        }
        Kind::Message | Kind::Group => (i128::MIN, i128::MAX),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// The longest text that is made up as an example; of longer ones only the size is.
const LONGEST: u64 = 1_000;

/// Texts of the sizes around every bound, with all the parts that are asked for, and without.
fn texts(checks: &[&Check<'_>], kind: Kind) -> Vec<Scalar> {
    let mut sizes = vec![1, 0, 3];
    for check in checks {
        if let Check::Least(_, size) | Check::Most(_, size) = check {
            sizes.extend([*size, size.saturating_sub(1), size.saturating_add(1)]);
        }
    }
    let around = Around::new(checks);
    let mut texts = Vec::new();
    for size in sizes {
        if size > LONGEST {
            // The same number of letters, of one to four bytes each.
            texts.extend((1..=4).map(|width| long(kind, size, width)));
            continue;
        }
        texts.extend(around.each().map(|[prefix, middle, suffix]| {
            let mut text = [prefix, middle].concat();
            let fill = (size as usize).saturating_sub(text.len() + suffix.len());
            text.extend(std::iter::repeat_n(b'a', fill));
            text.extend_from_slice(suffix);
            written(kind, &text)
        }));
        if kind == Kind::String {
            // More bytes for each letter, where characters and bytes are told apart.
            let letters = ["é", "€", "😀"].map(|letter| letter.repeat(size as usize));
            texts.extend(letters.map(Scalar::Text));
        }
    }
    texts
}

fn written(kind: Kind, bytes: &[u8]) -> Scalar {
    match kind {
        Kind::Bytes => Scalar::Bytes(bytes.to_vec()),
        _ => Scalar::Text(String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn long(kind: Kind, size: u64, width: u64) -> Scalar {
    match kind {
        Kind::Bytes => Scalar::Long { text: false, characters: size, bytes: size },
        _ => Scalar::Long { text: true, characters: size, bytes: size.saturating_mul(width) },
    }
}

/// The parts that are asked for, or must not be there, and none.
struct Around<'c> {
    prefixes: Vec<&'c [u8]>,
    middles: Vec<Vec<u8>>,
    suffixes: Vec<&'c [u8]>,
}

impl<'c> Around<'c> {
    fn new(checks: &[&Check<'c>]) -> Self {
        let parts = |of: fn(&Check<'c>) -> Option<&'c [u8]>| -> Vec<&'c [u8]> {
            let parts = checks.iter().filter_map(|check| of(check));
            parts.chain([&[][..]]).collect()
        };
        let middles = parts(|check| match check {
            Check::Contains(part) | Check::Lacks(part) => Some(part),
            _ => None,
        });
        // One that is asked for can stand beside one that must not be there.
        let two =
            middles.iter().flat_map(|one| middles.iter().map(|other| [*one, *other].concat()));
        let mut all: Vec<Vec<u8>> = middles.iter().map(|one| one.to_vec()).collect();
        for both in two {
            if !all.contains(&both) {
                all.push(both);
            }
        }
        Self {
            prefixes: parts(
                |check| if let Check::Prefix(part) = check { Some(part) } else { None },
            ),
            middles: all,
            suffixes: parts(
                |check| if let Check::Suffix(part) = check { Some(part) } else { None },
            ),
        }
    }

    /// Prefix, middle and suffix.
    fn each(&self) -> impl Iterator<Item = [&[u8]; 3]> {
        let affixes = self
            .prefixes
            .iter()
            .flat_map(|prefix| self.suffixes.iter().map(|suffix| (*prefix, *suffix)));
        affixes.flat_map(|(prefix, suffix)| {
            self.middles.iter().map(move |middle| [prefix, &**middle, suffix])
        })
    }
}

//! Splits calls by weight, delays or fails a part of them, copies a part.
//!
//! *Holds*: over many calls each part is as large as was asked; the same random number gives
//! the same answer. — *Source*: Gateway API, `backendRefs.weight`, `RequestMirror.fraction`.

/// The index of one of some weights, each as likely as its weight; `None` when all are 0.
///
/// `random` is uniform over `u64`.
pub fn weighted(
    weights: impl IntoIterator<Item = u32, IntoIter: Clone>,
    random: u64,
) -> Option<usize> {
    let weights = weights.into_iter();
    let total: u64 = weights.clone().map(u64::from).sum();
    // The high part of a product is uniform below the total.
    let mut point = ((u128::from(random) * u128::from(total)) >> 64) as u64;
    weights.map(u64::from).position(|weight| {
        let is_here = point < weight;
        point = point.wrapping_sub(if is_here { 0 } else { weight });
        is_here
    })
}

/// A part of all calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    numerator: u32,
    denominator: u32,
}

impl Fraction {
    /// `numerator` of `denominator`; `None` for more than all, or of nothing.
    pub const fn new(numerator: u32, denominator: u32) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        Some(Self { numerator, denominator })
    }

    /// Whether a call is of this part; `random` is uniform over `u64`.
    pub fn takes(self, random: u64) -> bool {
        let point = ((u128::from(random) * u128::from(self.denominator)) >> 64) as u32;
        point < self.numerator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn randoms() -> impl Iterator<Item = u64> {
        (1..=100_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    #[test]
    fn each_gets_its_weight() {
        let weights = [90, 0, 9, 1];
        let mut counts = [0; 4];
        for random in randoms() {
            counts[weighted(weights, random).unwrap()] += 1;
        }
        for (count, weight) in counts.into_iter().zip(weights) {
            assert!((i64::from(count) - i64::from(weight) * 1_000).abs() < 300, "{counts:?}");
        }
        assert_eq!(weighted([0, 0], 7), None);
        assert_eq!(weighted([0, 1], u64::MAX), Some(1));
        assert_eq!(weighted([u32::MAX; 3], u64::MAX), Some(2));
    }

    #[test]
    fn a_fraction_is_as_large_as_it_says() {
        let taken = |n, d| {
            let fraction = Fraction::new(n, d).unwrap();
            randoms().filter(|random| fraction.takes(*random)).count()
        };
        assert_eq!(taken(0, 100), 0);
        assert_eq!(taken(100, 100), 100_000);
        let tenth = taken(1, 10);
        assert!((9_800..10_200).contains(&tenth), "{tenth}");
        assert_eq!(Fraction::new(2, 1), None);
        assert_eq!(Fraction::new(0, 0), None);
    }
}

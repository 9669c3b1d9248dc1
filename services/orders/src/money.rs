//! Exact amounts of money, and their sum.
//!
//! *Holds*: never negative, `nanos` below a whole unit; sums are exact or refused.

const NANOS_PER_UNIT: i128 = 1_000_000_000;

/// An amount in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) currency: String,
    pub(crate) units: i64,
    pub(crate) nanos: i32,
}

/// Why amounts have no sum.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoTotal {
    #[error("prices in several currencies")]
    SeveralCurrencies,
    #[error("more than an amount of money can say")]
    TooMuch,
    #[error("nothing to add up")]
    Nothing,
}

impl Money {
    /// An amount that may come from elsewhere, if it is one.
    pub(crate) fn new(currency: String, units: i64, nanos: i32) -> Option<Self> {
        let valid =
            !currency.is_empty() && units >= 0 && (0..NANOS_PER_UNIT).contains(&i128::from(nanos));
        valid.then_some(Self { currency, units, nanos })
    }

    /// What so many pieces at these prices cost together.
    pub(crate) fn total<'a>(
        prices: impl IntoIterator<Item = (&'a Self, u32)>,
    ) -> Result<Self, NoTotal> {
        let mut sum: i128 = 0;
        let mut currency = None;
        for (price, pieces) in prices {
            if *currency.get_or_insert(&price.currency) != &price.currency {
                return Err(NoTotal::SeveralCurrencies);
            }
            let cost = price.in_nanos().checked_mul(i128::from(pieces)).ok_or(NoTotal::TooMuch)?;
            sum = sum.checked_add(cost).ok_or(NoTotal::TooMuch)?;
        }
        let units = i64::try_from(sum / NANOS_PER_UNIT).map_err(|_| NoTotal::TooMuch)?;
        let nanos = i32::try_from(sum % NANOS_PER_UNIT).map_err(|_| NoTotal::TooMuch)?;
        Ok(Self { currency: currency.ok_or(NoTotal::Nothing)?.clone(), units, nanos })
    }

    fn in_nanos(&self) -> i128 {
        i128::from(self.units) * NANOS_PER_UNIT + i128::from(self.nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(units: i64, nanos: i32) -> Money {
        Money::new("EUR".to_owned(), units, nanos).unwrap()
    }

    #[test]
    fn sums_are_exact() {
        let (tea, whisk) = (euros(6, 900_000_000), euros(0, 1));
        assert_eq!(Money::total([(&tea, 3), (&whisk, 10_000)]), Ok(euros(20, 700_010_000)));
    }

    #[test]
    fn what_has_no_sum_is_refused() {
        let most = euros(i64::MAX, 0);
        assert_eq!(Money::total([(&most, 1)]), Ok(most.clone()));
        assert_eq!(Money::total([(&most, 1), (&euros(1, 0), 1)]), Err(NoTotal::TooMuch));
        let yen = Money::new("JPY".to_owned(), 1, 0).unwrap();
        assert_eq!(Money::total([(&most, 1), (&yen, 1)]), Err(NoTotal::SeveralCurrencies));
        assert_eq!(Money::total([]), Err(NoTotal::Nothing));
    }

    #[test]
    fn an_amount_from_elsewhere_must_be_one() {
        for (units, nanos) in [(-1, 0), (0, -1), (0, 1_000_000_000)] {
            assert_eq!(Money::new("EUR".to_owned(), units, nanos), None);
        }
        assert_eq!(Money::new(String::new(), 1, 0), None);
    }
}

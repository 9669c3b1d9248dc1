//! Picks one of several endpoints: the less loaded of two drawn at random.
//!
//! *Holds*: with one candidate that one is picked; with more, two distinct ones are
//! compared. — *Source*: Mitzenmacher, "The Power of Two Choices in Randomized Load
//! Balancing", 2001.

/// The index of the pick among `candidates` endpoints, or `None` when there are none.
///
/// `random` is uniform over `u64`; `load` tells the load of the endpoint at an index.
pub fn least_of_two(candidates: usize, random: u64, load: impl Fn(usize) -> f64) -> Option<usize> {
    match candidates {
        0 => None,
        1 => Some(0),
        n => {
            let (high, low) = ((random >> 32) as usize, (random & 0xffff_ffff) as usize);
            let first = high % n;
            let second = (first + 1 + low % (n - 1)) % n;
            Some(if load(second) < load(first) { second } else { first })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_two_distinct_ones_and_takes_the_less_loaded() {
        for n in 2..9 {
            for seed in 0..2_000_u64 {
                let random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let seen = std::cell::RefCell::new(Vec::new());
                let pick = least_of_two(n, random, |i| {
                    seen.borrow_mut().push(i);
                    i as f64
                })
                .unwrap();
                let seen = seen.into_inner();
                assert_ne!(seen[0], seen[1], "seed {seed}");
                assert_eq!(pick, *seen.iter().min().unwrap(), "seed {seed}");
            }
        }
    }

    #[test]
    fn every_endpoint_but_the_worst_gets_its_share() {
        let mut counts = [0; 5];
        for seed in 0..10_000_u64 {
            let random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let worst_is_0 = |i| if i == 0 { 1.0 } else { 0.0 };
            counts[least_of_two(5, random, worst_is_0).unwrap()] += 1;
        }
        assert_eq!(counts[0], 0, "{counts:?}");
        assert!(counts[1..].iter().all(|&count| count > 1_500), "{counts:?}");
    }
}

//! Sends what belongs together to the same endpoint: consistent hashing on a ring.
//!
//! *Holds*: when an endpoint comes or goes, only what belongs to it moves; the same endpoints
//! make the same ring everywhere. — *Source*: Karger et al., "Consistent Hashing and Random
//! Trees", 1997; gRFC A42.

/// Points for each endpoint of weight 1, as far as [`MAX_POINTS`] allows.
const POINTS: usize = 160;
/// The most points of a ring.
const MAX_POINTS: usize = 65_536;

/// Endpoints on a ring.
#[derive(Debug, Clone, Default)]
pub struct Ring {
    /// Where each endpoint stands, in rising order: hash, and index.
    points: Vec<(u64, u32)>,
}

impl Ring {
    /// A ring of endpoints, each with the name that it keeps wherever it stands in the list, and
    /// its weight, of which it has as many times the points.
    pub fn new<'a>(endpoints: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let endpoints: Vec<(&str, u32)> = endpoints.into_iter().collect();
        let weights: usize = endpoints.iter().map(|(_, weight)| *weight as usize).sum();
        let each = POINTS.min(MAX_POINTS / weights.max(1)).max(1);
        let mut points: Vec<(u64, u32)> = endpoints
            .iter()
            .zip(0..)
            .flat_map(|((name, weight), index)| {
                let base = hash(name.as_bytes());
                (0..each * *weight as usize).map(move |point| (mix(base ^ point as u64), index))
            })
            .collect();
        points.sort_unstable();
        Self { points }
    }

    /// The index of the first endpoint from a hash on that is available.
    pub fn pick(&self, hash: u64, is_available: impl Fn(usize) -> bool) -> Option<usize> {
        let from = self.points.partition_point(|point| point.0 < hash);
        let (before, after) = self.points.split_at(from);
        let mut refused = None;
        after.iter().chain(before).map(|point| point.1 as usize).find(|&index| {
            // Neighbours are often the same.
            if refused == Some(index) {
                return false;
            }
            refused = Some(index);
            is_available(index)
        })
    }
}

/// The hash of what calls belong together by, such as the value of a header.
pub fn hash(key: &[u8]) -> u64 {
    let fold = |hash: u64, octet: &u8| (hash ^ u64::from(*octet)).wrapping_mul(0x100_0000_01b3);
    mix(key.iter().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// Source: the finalizer of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80", "b:80"];

    fn owners(ring: &Ring, available: impl Fn(usize) -> bool) -> Vec<usize> {
        let owner = |key: u32| ring.pick(hash(&key.to_be_bytes()), &available).unwrap();
        (0..10_000).map(owner).collect()
    }

    #[test]
    fn everyone_gets_a_share_as_its_weight() {
        let weights = [1, 1, 1, 1, 2];
        let ring = Ring::new(NAMES.into_iter().zip(weights));
        let mut counts = [0; 5];
        for owner in owners(&ring, |_| true) {
            counts[owner] += 1;
        }
        for (count, weight) in counts.into_iter().zip(weights) {
            let fair = 10_000 * weight / 6;
            assert!(count > fair * 7 / 10 && count < fair * 13 / 10, "{counts:?}");
        }
    }

    #[test]
    fn only_what_belongs_to_the_lost_one_moves() {
        let ring = Ring::new(NAMES.map(|name| (name, 1)));
        let before = owners(&ring, |_| true);
        let after = owners(&ring, |index| index != 2);
        let smaller = Ring::new(NAMES.into_iter().filter(|n| *n != NAMES[2]).map(|n| (n, 1)));
        let without = owners(&smaller, |_| true);
        for ((before, after), without) in before.iter().zip(&after).zip(&without) {
            assert!(*before == 2 || before == after);
            let names: Vec<_> = NAMES.iter().filter(|name| **name != NAMES[2]).collect();
            assert_eq!(&NAMES[*after], names[*without], "ejected or gone is the same");
        }
    }

    #[test]
    fn nobody_available_is_nobody() {
        let ring = Ring::new(NAMES.map(|name| (name, 1)));
        assert_eq!(ring.pick(1, |_| false), None);
        assert_eq!(Ring::default().pick(1, |_| true), None);
    }
}

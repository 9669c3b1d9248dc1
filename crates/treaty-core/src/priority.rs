//! Which group of endpoints takes a call: the nearest that is healthy enough.
//!
//! *Holds*: a group gets no more than its health allows while another can take the rest; when
//! too few endpoints are healthy, health is ignored rather than the few overrun. — *Source*:
//! Envoy, priority levels (overprovisioning factor 1.4) and panic threshold (50 %).

/// What is healthy of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Endpoints that take calls.
    pub healthy: u32,
    /// All of them.
    pub all: u32,
}

/// When calls go further away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// A group takes all its calls while so many times its healthy part is one.
    pub overprovisioning: f64,
    /// Below this healthy part of all groups together, health is ignored; 0 for never.
    pub panic_threshold: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self { overprovisioning: 1.4, panic_threshold: 0.5 }
    }
}

/// Who takes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The group's index.
    pub group: usize,
    /// Whether unhealthy endpoints of it are to be picked too.
    pub ignore_health: bool,
}

/// Chooses among groups, the nearest first; `random` is uniform over `u64`. `None` when there are
/// no endpoints at all.
pub fn choose(groups: &[Group], config: &Config, random: u64) -> Option<Choice> {
    let sum = |of: fn(&Group) -> u32| groups.iter().map(of).map(f64::from).sum::<f64>();
    let (healthy, all) = (sum(|group| group.healthy), sum(|group| group.all));
    if all == 0.0 {
        return None;
    }
    let point = random as f64 / u64::MAX as f64;
    if healthy == 0.0 || healthy / all < config.panic_threshold {
        // As if all were well: the nearest group that has any.
        let group = groups.iter().position(|group| group.all > 0)?;
        return Some(Choice { group, ignore_health: true });
    }
    let capacity = |group: &Group| {
        if group.all == 0 {
            return 0.0;
        }
        (config.overprovisioning * f64::from(group.healthy) / f64::from(group.all)).min(1.0)
    };
    let total: f64 = groups.iter().map(capacity).sum();
    // Where all together cannot take everything, each takes its part.
    let point = point * total.min(1.0);
    let mut taken = 0.0;
    let mut last = None;
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| group.healthy > 0) {
        taken += capacity(group);
        last = Some(Choice { group: index, ignore_health: false });
        if point < taken {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 10,000 calls, how many each group takes.
    fn shares(groups: &[(u32, u32)]) -> Vec<usize> {
        let groups: Vec<Group> =
            groups.iter().map(|(healthy, all)| Group { healthy: *healthy, all: *all }).collect();
        let mut shares = vec![0; groups.len()];
        for call in 0..10_000_u64 {
            let random = call.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let choice = choose(&groups, &Config::default(), random).unwrap();
            assert!(!choice.ignore_health);
            shares[choice.group] += 1;
        }
        shares
    }

    fn about(share: usize, part: f64) -> bool {
        (share as f64 / 10_000.0 - part).abs() < 0.02
    }

    #[test]
    fn the_nearest_takes_all_while_it_can() {
        assert_eq!(shares(&[(3, 3), (3, 3)]), [10_000, 0]);
        assert_eq!(shares(&[(3, 4), (3, 3)]), [10_000, 0], "1.4 times three of four is enough");
    }

    #[test]
    fn the_next_takes_what_is_over() {
        let some = shares(&[(1, 2), (4, 4)]);
        assert!(about(some[0], 0.7) && about(some[1], 0.3), "{some:?}");
        assert_eq!(shares(&[(0, 2), (4, 4)]), [0, 10_000]);
        let three = shares(&[(1, 4), (2, 4), (10, 10)]);
        assert!(about(three[0], 0.35) && about(three[1], 0.65), "{three:?}");
    }

    #[test]
    fn in_a_panic_health_is_ignored() {
        let groups = [Group { healthy: 0, all: 0 }, Group { healthy: 1, all: 4 }];
        let choice = choose(&groups, &Config::default(), 0);
        assert_eq!(choice, Some(Choice { group: 1, ignore_health: true }));
        assert_eq!(choose(&[Group { healthy: 0, all: 0 }], &Config::default(), 0), None);
        let never = Config { panic_threshold: 0.0, ..Config::default() };
        let choice = choose(&groups, &never, u64::MAX);
        assert_eq!(choice, Some(Choice { group: 1, ignore_health: false }));
    }
}

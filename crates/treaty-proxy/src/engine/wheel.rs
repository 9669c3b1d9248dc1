//! Timers of calls: thousands of them, most of which never fire.
//!
//! *Holds*: setting and clearing cost the same however many there are; none fires before its
//! time, and each within one [`TICK`] of the turn after it. — *Source*: Varghese and Lauck,
//! "Hashed and Hierarchical Timing Wheels", 1987.

use std::time::Duration;

use super::slab::Key;

/// How exact timers are.
pub(super) const TICK: Duration = Duration::from_millis(4);
const SLOTS: usize = 1024;

/// Where a timer stands, to clear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timer(u32);

#[derive(Debug)]
pub(super) struct Wheel {
    /// The first timer of each slot.
    slots: Vec<Option<u32>>,
    nodes: Vec<Node>,
    free: Vec<u32>,
    /// All ticks before this one were seen.
    next_tick: u64,
    armed: usize,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    key: Option<Key>,
    tick: u64,
    before: Option<u32>,
    after: Option<u32>,
}

impl Wheel {
    pub(super) fn new(now: Duration) -> Self {
        Self {
            slots: vec![None; SLOTS],
            nodes: Vec::new(),
            free: Vec::new(),
            next_tick: tick_of(now),
            armed: 0,
        }
    }

    /// Fires at the first turn that is not before `at`.
    pub(super) fn set(&mut self, at: Duration, key: Key) -> Timer {
        let tick = (tick_of(at) + 1).max(self.next_tick);
        let slot = slot_of(tick);
        let after = self.slots[slot];
        let node = Node { key: Some(key), tick, before: None, after };
        let place = match self.free.pop() {
            Some(place) => {
                self.nodes[place as usize] = node;
                place
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        if let Some(after) = after {
            self.nodes[after as usize].before = Some(place);
        }
        self.slots[slot] = Some(place);
        self.armed += 1;
        Timer(place)
    }

    /// Forgets a timer that has not fired.
    pub(super) fn clear(&mut self, timer: Timer) {
        let Some(node) = self.nodes.get(timer.0 as usize).copied() else { return };
        if node.key.is_none() {
            return;
        }
        match node.before {
            Some(before) => self.nodes[before as usize].after = node.after,
            None => self.slots[slot_of(node.tick)] = node.after,
        }
        if let Some(after) = node.after {
            self.nodes[after as usize].before = node.before;
        }
        self.nodes[timer.0 as usize].key = None;
        self.free.push(timer.0);
        self.armed -= 1;
    }

    /// Takes everything whose time has come.
    pub(super) fn fire(&mut self, now: Duration, due: &mut Vec<Key>) {
        let now = tick_of(now);
        if self.armed == 0 {
            self.next_tick = self.next_tick.max(now + 1);
            return;
        }
        // A turn that comes late looks at each slot once.
        let first = self.next_tick.max((now + 1).saturating_sub(SLOTS as u64));
        for tick in first..=now {
            let mut at = self.slots[slot_of(tick)];
            while let Some(place) = at {
                let node = self.nodes[place as usize];
                at = node.after;
                if node.tick <= now {
                    due.extend(node.key);
                    self.clear(Timer(place));
                }
            }
        }
        self.next_tick = self.next_tick.max(now + 1);
    }

    /// How long until something may fire; `None` when nothing is set.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        if self.armed == 0 {
            return None;
        }
        let occupied = |ahead: &u64| self.slots[slot_of(self.next_tick + ahead)].is_some();
        let ahead = (0..SLOTS as u64).find(occupied).unwrap_or_default();
        let at = TICK.saturating_mul(u32::try_from(self.next_tick + ahead).unwrap_or(u32::MAX));
        Some(at.saturating_sub(now))
    }
}

fn tick_of(at: Duration) -> u64 {
    (at.as_nanos() / TICK.as_nanos()) as u64
}

fn slot_of(tick: u64) -> usize {
    (tick % SLOTS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::super::slab::Slab;
    use super::*;

    const SEED: u64 = 11;

    #[test]
    fn fires_what_is_due_and_nothing_else() {
        println!("random timers set, cleared and fired beside a plain list; seed {SEED}");
        let mut random = fastrand::Rng::with_seed(SEED);
        let mut now = Duration::from_secs(1);
        let mut wheel = Wheel::new(now);
        let mut keys = Slab::default();
        let mut plain: Vec<(Duration, Key, Timer)> = Vec::new();
        let (mut fired, mut due) = (0, Vec::new());
        for _ in 0..20_000 {
            match random.u8(..8) {
                0..5 => {
                    let at = now + Duration::from_micros(random.u64(0..9_000_000));
                    let key = keys.insert(());
                    plain.push((at, key, wheel.set(at, key)));
                }
                5 if !plain.is_empty() => {
                    let (_, _, timer) = plain.swap_remove(random.usize(0..plain.len()));
                    wheel.clear(timer);
                }
                _ => {
                    let most = if random.u8(..) == 0 { 20_000_000 } else { 20_000 };
                    now += Duration::from_micros(random.u64(0..most));
                    due.clear();
                    wheel.fire(now, &mut due);
                    fired += due.len();
                    plain.retain(|(at, key, _)| {
                        let is_fired = due.contains(key);
                        assert!(!is_fired || *at <= now, "fired {:?} early", *at - now);
                        assert!(is_fired || *at + TICK > now, "{:?} late", now - *at);
                        !is_fired
                    });
                    assert_eq!(wheel.armed, plain.len());
                    assert_eq!(wheel.wait(now).is_none(), plain.is_empty());
                }
            }
        }
        assert!(fired > 5_000, "{fired}");
    }

    #[test]
    fn says_how_long_to_sleep() {
        let mut wheel = Wheel::new(Duration::ZERO);
        assert_eq!(wheel.wait(Duration::ZERO), None);
        let key = Slab::default().insert(());
        wheel.set(Duration::from_millis(100), key);
        let wait = wheel.wait(Duration::ZERO).unwrap();
        assert!(
            wait > Duration::from_millis(100) && wait <= Duration::from_millis(108),
            "{wait:?}"
        );
        let mut due = Vec::new();
        wheel.fire(wait, &mut due);
        assert_eq!(due, [key]);
    }
}

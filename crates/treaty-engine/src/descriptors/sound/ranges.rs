//! Ranges of numbers that must not meet, and what is kept free by them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The ranges of an element, by their first numbers.
pub(super) struct Ranges<'a> {
    element: &'a str,
    /// First and last.
    sorted: Vec<(i64, i64)>,
}

impl<'a> Ranges<'a> {
    /// Of ranges that are told by first and last.
    pub(super) fn new(
        element: &'a str,
        ranges: impl Iterator<Item = (i64, i64)>,
        within: RangeInclusive<i64>,
    ) -> Result<Self, String> {
        let mut sorted: Vec<_> = ranges.collect();
        sorted.sort_unstable();
        for (first, last) in &sorted {
            if first > last || !within.contains(first) || !within.contains(last) {
                return Err(format!("{element} has the range {first} to {last}, which is none"));
            }
        }
        let ranges = Self { element, sorted };
        match ranges.sorted.windows(2).find(|two| two[0].1 >= two[1].0) {
            Some(two) => Err(format!("{element} has two ranges with the number {}", two[1].0)),
            None => Ok(ranges),
        }
    }

    /// That a number is in none of them.
    pub(super) fn leave(&self, number: i32, name: &str) -> Result<(), String> {
        let number = i64::from(number);
        let after = self.sorted.partition_point(|(first, _)| *first <= number);
        match after.checked_sub(1).map(|at| self.sorted[at]) {
            Some((_, last)) if number <= last => {
                Err(format!("{}.{name} has the number {number}, which is not free", self.element))
            }
            _ => Ok(()),
        }
    }
}

/// The reserved names of an element, each once.
pub(super) fn reserved<'n>(
    element: &str,
    names: &'n [Box<str>],
) -> Result<BTreeSet<&'n str>, String> {
    let mut reserved = BTreeSet::new();
    match names.iter().find(|name| !reserved.insert(&***name)) {
        Some(name) => Err(format!("{element} reserves the name {name} twice")),
        None => Ok(reserved),
    }
}

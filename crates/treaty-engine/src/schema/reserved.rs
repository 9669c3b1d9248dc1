//! Numbers and names that must not be used again, and ranges of numbers as sets.

use std::collections::BTreeSet;

/// Numbers and names that must not be used again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reserved<'d> {
    /// First and last, both included.
    pub(crate) ranges: Vec<(i32, i32)>,
    pub(crate) names: BTreeSet<&'d str>,
}

impl Reserved<'_> {
    pub(crate) fn has_number(&self, number: i32) -> bool {
        self.ranges.iter().any(|&(first, last)| (first..=last).contains(&number))
    }

    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// The numbers of `old` that are not in `new`, as disjoint ranges in order.
pub(crate) fn missing(old: &[(i32, i32)], new: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let here = merged(new);
    merged(old).into_iter().flat_map(|range| without(range, &here)).collect()
}

/// The numbers in order, overlapping ranges as one.
pub(crate) fn merged(ranges: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(i32, i32)> = Vec::new();
    for (first, last) in sorted {
        match merged.last_mut() {
            Some(previous) if first <= previous.1 => previous.1 = previous.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// The pieces of a range that no other range covers.
fn without((first, last): (i32, i32), covered: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut pieces = Vec::new();
    let mut from = i64::from(first);
    for &(start, end) in covered {
        let (start, end) = (i64::from(start), i64::from(end));
        if end < from || start > i64::from(last) {
            continue;
        }
        if start > from {
            pieces.push((from as i32, (start - 1) as i32));
        }
        from = end + 1;
    }
    if from <= i64::from(last) {
        pieces.push((from as i32, last));
    }
    pieces
}

//! Finds the ids that somebody may have meant.

use std::collections::BTreeSet;

use super::entries;
use crate::rules::breaking::DEPRECATED;

/// How many are offered.
const MOST: usize = 3;

/// The ids that are most like `id`, the likest first.
#[must_use]
pub fn nearest(id: &str) -> Vec<&'static str> {
    let wanted = id.to_ascii_uppercase().replace('-', "_");
    let ids = entries().map(|entry| entry.id()).chain(DEPRECATED.iter().map(|one| one.id));
    let mut all: Vec<_> = ids.map(|id| (distance(&wanted, id), id)).collect();
    all.sort();
    all.into_iter().take(MOST).map(|(_, id)| id).collect()
}

/// Words that only one of both has, then letters to change.
fn distance(one: &str, other: &str) -> (usize, usize) {
    let words =
        |text: &'_ str| -> BTreeSet<String> { text.split('_').map(str::to_owned).collect() };
    let apart = words(one).symmetric_difference(&words(other)).count();
    let letters = letters(one, other);
    // A slip of the pen makes a word another one.
    if letters <= 3 { (0, letters) } else { (apart, letters) }
}

/// How many letters to put in, take out or replace.
fn letters(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().take(100).enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (at, known) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *known);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_half_remembered_ids_are_found() {
        for (typed, meant) in [
            ("FIELD_SAME_TYP", "FIELD_SAME_TYPE"),
            ("field-same-type", "FIELD_SAME_TYPE"),
            ("FIELD_DELETE", "FIELD_NO_DELETE"),
            ("RPC_DELETED", "RPC_NO_DELETE"),
            ("ENUM_ZERO_SUFFIX", "ENUM_ZERO_VALUE_SUFFIX"),
            ("FIELD_SAME_LABLE", "FIELD_SAME_LABEL"),
        ] {
            assert!(nearest(typed).contains(&meant), "{typed}: {:?}", nearest(typed));
        }
        assert_eq!(nearest("").len(), MOST);
        assert_eq!(nearest(&"é".repeat(100_000)).len(), MOST);
    }
}

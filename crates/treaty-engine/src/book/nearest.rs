//! Finds the ids that somebody may have meant.

use super::entries;
use crate::rules::breaking::DEPRECATED;

/// How many are offered.
const MOST: usize = 3;

/// No id is longer.
const MOST_LETTERS: usize = 64;

/// The ids of rules that are most like `id`, the likest first.
#[must_use]
pub fn nearest(id: &str) -> Vec<&'static str> {
    nearest_of(id, entries().map(|entry| entry.id()).chain(DEPRECATED.iter().map(|one| one.id)))
}

/// Those of `ids` that are most like `id`, the likest first.
#[must_use]
pub fn nearest_of(id: &str, ids: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let id: String = id.chars().take(MOST_LETTERS).collect();
    let wanted = id.to_ascii_uppercase().replace('-', "_");
    let mut all: Vec<_> = ids.into_iter().map(|id| (distance(&wanted, id), id)).collect();
    all.sort();
    all.dedup();
    all.into_iter().take(MOST).map(|(_, id)| id).collect()
}

/// Words that only one of both has, then letters to change.
fn distance(one: &str, other: &str) -> (usize, usize) {
    let (here, there): (Vec<&str>, Vec<&str>) =
        (one.split('_').collect(), other.split('_').collect());
    // `DELETED` is meant as `DELETE`, but `NO` is not meant as `OF`.
    let alike = |one: &str, other: &str| {
        one == other || one.len().min(other.len()) > 3 && letters(one, other) <= 2
    };
    let missing = |from: &[&str], of: &[&str]| {
        from.iter().filter(|word| !of.iter().any(|known| alike(word, known))).count()
    };
    (missing(&here, &there) + missing(&there, &here), letters(one, other))
}

/// How many letters to put in, take out or replace.
fn letters(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
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
            ("FEILD_DELETED", "FIELD_NO_DELETE"),
            ("ENUM_ZERO_SUFFIX", "ENUM_ZERO_VALUE_SUFFIX"),
            ("FIELD_SAME_LABLE", "FIELD_SAME_LABEL"),
        ] {
            assert!(nearest(typed).contains(&meant), "{typed}: {:?}", nearest(typed));
        }
        assert_eq!(nearest("").len(), MOST);
        assert_eq!(nearest(&"é".repeat(100_000)).len(), MOST);
    }
}

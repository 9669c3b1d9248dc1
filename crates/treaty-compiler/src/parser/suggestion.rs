//! Finds the keyword that somebody meant.

/// The nearest of the words, if it is near enough to be meant.
pub(super) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    if word.len() > 16 {
        return None;
    }
    let near = words.iter().map(|&other| (distance(&word.to_ascii_lowercase(), other), other));
    let best = near.min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + best.1.len() / 5).then_some(best.1)
}

/// How many letters are added, left out, changed, or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut rows = [vec![0; other.len() + 1], (0..=other.len()).collect::<Vec<_>>()];
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other_letter) in other.iter().enumerate() {
            let change = rows[1][column] + usize::from(letter != other_letter);
            let mut least = change.min(rows[1][column + 1] + 1).min(next[column] + 1);
            let is_swap = row > 0
                && column > 0
                && *letter == other[column - 1]
                && one[row - 1] == *other_letter;
            if is_swap {
                least = least.min(rows[0][column - 1] + 1);
            }
            next.push(least);
        }
        rows.swap(0, 1);
        rows[1] = next;
    }
    rows[1][other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let words = ["message", "enum", "service"];
        for (slip, word) in [
            ("mesage", "message"),
            ("Message", "message"),
            ("enmu", "enum"),
            ("sevrice", "service"),
        ] {
            assert_eq!(nearest(slip, &words), Some(word), "{slip}");
        }
        for other in ["struct", "x", "", "a_very_long_identifier"] {
            assert_eq!(nearest(other, &words), None, "{other}");
        }
    }
}

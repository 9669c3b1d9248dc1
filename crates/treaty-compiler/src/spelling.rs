//! How far apart two words are, to find the one that somebody meant. — *Source*: the optimal string alignment
//! distance.

/// How many letters are added, left out, changed, or swapped with their neighbour, in whatever case.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut before = vec![0; other.len() + 1];
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut next = last.clone();
    for (row, letter) in one.iter().enumerate() {
        next[0] = row + 1;
        for (column, against) in other.iter().enumerate() {
            let change = last[column] + usize::from(!letter.eq_ignore_ascii_case(against));
            let mut least = change.min(last[column + 1] + 1).min(next[column] + 1);
            let is_swap = row > 0
                && column > 0
                && letter.eq_ignore_ascii_case(&other[column - 1])
                && one[row - 1].eq_ignore_ascii_case(against);
            if is_swap {
                least = least.min(before[column - 1] + 1);
            }
            next[column + 1] = least;
        }
        // The row that was next is the last now, and the oldest is written over.
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut next);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn letters_are_added_left_out_changed_and_swapped() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("Message", "mesage", 1),
            ("enmu", "enum", 1),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}

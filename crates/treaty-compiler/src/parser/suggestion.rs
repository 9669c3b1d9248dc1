//! Finds the keyword that somebody meant.

use crate::spelling::distance;

/// The nearest of the words, if it is near enough to be meant.
pub(super) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    if word.len() > 16 {
        return None;
    }
    let near = words.iter().map(|&other| (distance(word, other), other));
    let best = near.min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + best.1.len() / 5).then_some(best.1)
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

//! How wide a terminal shows a text, which is how buf counts columns. — *Source*: protocompile's
//! `unicodex.Width`, and `StringWidth` of Go's uniseg, which it asks.

mod odd;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

/// Where a tab goes: to the next multiple of this.
pub(super) const TAB: i64 = 4;

/// Makes a picture of the character before it.
const AS_PICTURE: char = '\u{fe0f}';
const AS_TEXT: char = '\u{fe0e}';

/// Whether a character is as wide as it is long.
pub(super) fn is_plain(byte: u8) -> bool {
    (b' '..0x7f).contains(&byte) || byte == b'\t'
}

/// The column behind a part of a line that begins at a column.
pub(crate) fn column_behind(column: u32, text: &str) -> u32 {
    let tab = TAB as u32;
    let mut parts = text.split('\t');
    let first = column + parts.next().map_or(0, width);
    parts.fold(first, |column, part| (column / tab + 1) * tab + width(part))
}

/// Which byte of a line stands at a column; behind its end every byte is a column.
pub(crate) fn byte_at(line: &str, column: u32) -> u32 {
    if line.bytes().take(column as usize).all(|byte| is_plain(byte) && byte != b'\t') {
        return column;
    }
    // Each part of the line is looked at once: a line may be as long as a file, and have many faults.
    let mut behind = 0;
    for (at, grapheme) in line.grapheme_indices(true) {
        let before = behind;
        behind = column_behind(before, grapheme);
        if behind >= column {
            return (at + if before >= column { 0 } else { within(grapheme, column - before) })
                as u32;
        }
    }
    line.len() as u32 + (column - behind)
}

/// Which byte of a grapheme stands so many columns behind its start, or its end.
fn within(grapheme: &str, columns: u32) -> usize {
    let mut passed = 0;
    let letter = grapheme.char_indices().find(|&(_, letter)| {
        let is_there = passed >= columns;
        passed += width_of(letter);
        is_there
    });
    letter.map_or(grapheme.len(), |(at, _)| at)
}

fn width(text: &str) -> u32 {
    if text.bytes().all(is_plain) {
        return text.len() as u32;
    }
    text.graphemes(true).map(width_of_grapheme).sum()
}

fn width_of_grapheme(grapheme: &str) -> u32 {
    let mut letters = grapheme.chars();
    let Some(first) = letters.next() else { return 0 };
    // Two letters of a flag are one picture, and what is joined to a picture is drawn into it.
    let is_flag = matches!(first, '\u{1f1e6}'..='\u{1f1ff}');
    let is_picture = !first.is_ascii() && grapheme.contains(['\u{200d}', AS_PICTURE, AS_TEXT]);
    if is_flag || grapheme.contains(AS_PICTURE) && is_picture {
        return 2;
    }
    if grapheme.contains(AS_TEXT) && is_picture {
        return 1;
    }
    // So is what completes a syllable of Hangul.
    let is_syllable = matches!(first, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}');
    let rest = if is_picture || is_syllable { 0 } else { letters.map(width_of).sum() };
    width_of(first) + rest
}

fn width_of(letter: char) -> u32 {
    if letter.is_ascii() {
        return u32::from(!letter.is_ascii_control());
    }
    odd::width(letter).unwrap_or_else(|| letter.width().unwrap_or(0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_a_terminal() {
        for (text, column) in [
            ("", 0),
            ("abc", 3),
            ("\t", 4),
            ("abc\td", 5),
            ("abcd\td", 9),
            ("é", 1),
            ("e\u{301}", 1),
            ("日本", 4),
            ("日\t", 4),
            ("😀", 2),
            ("👨\u{200d}👩\u{200d}👧", 2),
            ("🇩🇪", 2),
            ("☎", 1),
            ("☎\u{fe0f}", 2),
            ("\u{1}\u{7f}\r", 0),
            ("\u{200b}", 0),
            ("👍🏽", 2),
            ("é🏽", 1),
            ("👩🏽\u{200d}🚀", 2),
            ("☰㊗⸺", 5),
            ("カﾞ", 2),
            ("\u{2028}", 0),
            ("ಕೀ", 2),
            ("\u{1112}\u{1161}\u{11ab}", 2),
        ] {
            assert_eq!(column_behind(0, text), column, "{text:?}");
        }
        assert_eq!(column_behind(2, "\té"), 5);
    }

    /// A test that takes minutes where every byte begins at the start of the line again.
    #[test]
    fn a_long_line_is_passed_once() {
        let line = "é".repeat(500_000);
        assert_eq!(byte_at(&line, 499_999), 999_998);
        let marks = format!("e{}", "\u{301}".repeat(200_000));
        assert_eq!(byte_at(&marks, 3), 400_001 + 2);
    }

    #[test]
    fn bytes_are_found_by_column() {
        for (line, column, byte) in [
            ("abc", 2, 2),
            ("abc", 9, 9),
            ("\tx", 4, 1),
            ("日x", 2, 3),
            ("日x", 4, 5),
            ("\"é\" = 1", 4, 5),
            ("x", 0, 0),
            ("👨\u{200d}👩x", 2, 4),
            ("e\u{301}x", 1, 1),
            ("e\u{301}x", 2, 4),
        ] {
            assert_eq!(byte_at(line, column), byte, "{line:?}");
        }
    }
}

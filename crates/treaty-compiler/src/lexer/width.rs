//! How wide a terminal shows a text, which is how buf counts columns. — *Source*: protocompile's
//! `unicodex.Width`, and `StringWidth` of Go's uniseg, which it asks.

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
    let found = line.char_indices().find(|&(at, _)| column_behind(0, &line[..at]) >= column);
    let behind = || line.len() as u32 + (column - column_behind(0, line).min(column));
    found.map_or_else(behind, |(at, _)| at as u32)
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
    let width_of = |letter: char| letter.width().unwrap_or(0) as u32;
    if is_picture { width_of(first) } else { width_of(first) + letters.map(width_of).sum::<u32>() }
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
        ] {
            assert_eq!(column_behind(0, text), column, "{text:?}");
        }
        assert_eq!(column_behind(2, "\té"), 5);
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
        ] {
            assert_eq!(byte_at(line, column), byte, "{line:?}");
        }
    }
}

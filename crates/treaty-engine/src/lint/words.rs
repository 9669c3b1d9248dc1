//! Spells names as the style guide wants them. — *Source*: buf, whose words the findings repeat.

/// Between words.
fn is_delimiter(letter: char) -> bool {
    matches!(letter, '.' | '-' | '_' | ' ' | '\t' | '\n' | '\r')
}

/// `PascalCase`: the first letter of each word is upper, upper letters stay so.
pub(crate) fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    let mut begins = true;
    for letter in name.trim().chars() {
        if is_delimiter(letter) {
            begins = true;
            continue;
        }
        if begins || letter.is_uppercase() {
            pascal.extend(letter.to_uppercase());
        } else {
            pascal.extend(letter.to_lowercase());
        }
        begins = false;
    }
    pascal
}

/// `lower_snake_case`
pub(crate) fn lower_snake_case(name: &str) -> String {
    snake_case(name).to_lowercase()
}

/// `UPPER_SNAKE_CASE`
pub(crate) fn upper_snake_case(name: &str) -> String {
    snake_case(name).to_uppercase()
}

/// Digits never begin a word; of letters in a row that are all upper, the last begins one if a
/// lower one follows.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.trim_matches(is_delimiter).chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, &letter) in letters.iter().enumerate() {
        let letter = if is_delimiter(letter) { '_' } else { letter };
        let behind_gap = snake.ends_with('_');
        let next_is_lower = letters.get(index + 1).is_some_and(|&next| {
            !next.is_uppercase() && !next.is_ascii_digit() && !is_delimiter(next)
        });
        let behind_lower = index > 0 && letters[index - 1].is_lowercase();
        let begins = letter.is_uppercase() && !behind_gap && (next_is_lower || behind_lower);
        if index > 0 && begins {
            snake.push('_');
        }
        if letter != '_' || !behind_gap {
            snake.push(letter);
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case_as_buf_spells_it() {
        for (name, spelled) in [
            ("mM", "m_m"),
            ("HTTPServer", "http_server"),
            ("fooBar1", "foo_bar1"),
            ("A1B", "a1b"),
            ("XY", "xy"),
            ("foo__bar", "foo_bar"),
            ("_foo", "foo"),
            ("foo_", "foo"),
            ("a1C2", "a1c2"),
            ("F1oo", "f1oo"),
            ("ABc", "a_bc"),
            ("AB1", "ab1"),
            ("", ""),
        ] {
            assert_eq!(lower_snake_case(name), spelled, "{name}");
        }
    }

    #[test]
    fn pascal_case_as_buf_spells_it() {
        for (name, spelled) in [
            ("Gr_p", "GrP"),
            ("foo", "Foo"),
            ("HTTPServer", "HTTPServer"),
            ("Foo2bar", "Foo2bar"),
            ("_Foo", "Foo"),
        ] {
            assert_eq!(pascal_case(name), spelled, "{name}");
        }
    }
}

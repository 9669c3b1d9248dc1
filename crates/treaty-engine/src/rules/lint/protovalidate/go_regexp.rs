//! Tells whether Go compiles a regular expression, and in Go's words why not. — *Does not* match. —
//! *Source*: <https://github.com/google/re2/wiki/Syntax>, Go's `regexp/syntax` with its Perl flags.

/// How often a part may be repeated, and how deep groups may nest.
const MAX_REPEAT: u32 = 1000;
const MAX_HEIGHT: usize = 1000;

/// What is wrong, and the part of the pattern that is.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    let mut parser = Parser { pattern, at: 0, groups: vec![1], weight: 1, last: Last::Nothing };
    parser.run().map_err(|(reason, part)| format!("{reason}: `{part}`"))
}

type Fault<'p> = (&'static str, &'p str);

/// What a repetition would repeat.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Nothing,
    Part,
    /// A repetition that began there.
    Repeat(usize),
}

struct Parser<'p> {
    pattern: &'p str,
    at: usize,
    /// Of the pattern and each group that is open, how often its parts are repeated at most.
    groups: Vec<u32>,
    /// The same of the last part.
    weight: u32,
    last: Last,
}

impl<'p> Parser<'p> {
    fn rest(&self) -> &'p str {
        &self.pattern[self.at..]
    }

    fn run(&mut self) -> Result<(), Fault<'p>> {
        while let Some(letter) = self.rest().chars().next() {
            match letter {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => (self.at, self.last) = (self.at + 1, Last::Nothing),
                '[' => self.class()?,
                '*' | '+' | '?' => self.repeat(1)?,
                '{' => match self.counts() {
                    Some((length, least, most)) => {
                        let text = &self.rest()[..length];
                        let too_many = least > MAX_REPEAT || most.is_some_and(|n| n > MAX_REPEAT);
                        if too_many || most.is_some_and(|most| most < least) {
                            return Err(("invalid repeat count", text));
                        }
                        self.repeat(length)?;
                        let weight = self.weight.saturating_mul(most.unwrap_or(least));
                        if (least > 1 || most.is_some_and(|most| most > 1)) && weight > MAX_REPEAT {
                            return Err(("invalid repeat count", text));
                        }
                        self.weighs(weight);
                    }
                    None => self.part(1),
                },
                '\\' => self.escape()?,
                _ => self.part(letter.len_utf8()),
            }
        }
        if self.groups.len() > 1 { Err(("missing closing )", self.pattern)) } else { Ok(()) }
    }

    /// A part of so many bytes that can be repeated.
    fn part(&mut self, length: usize) {
        (self.at, self.last, self.weight) = (self.at + length, Last::Part, 1);
    }

    /// The last part is repeated so often, all in all.
    fn weighs(&mut self, weight: u32) {
        self.weight = weight;
        if let Some(group) = self.groups.last_mut() {
            *group = weight.max(*group);
        }
    }

    fn open(&mut self) -> Result<(), Fault<'p>> {
        let rest = self.rest();
        self.groups.push(1);
        if self.groups.len() > MAX_HEIGHT {
            return Err(("expression nests too deeply", self.pattern));
        }
        self.last = Last::Nothing;
        if !rest.starts_with("(?") {
            self.at += 1;
            return Ok(());
        }
        let named = rest.strip_prefix("(?P<").or_else(|| rest.strip_prefix("(?<"));
        if let Some(named) = named {
            let Some(end) = named.find('>') else { return Err(("invalid named capture", rest)) };
            let name = &named[..end];
            let whole = &rest[..rest.len() - named.len() + end + 1];
            if name.is_empty() || !name.chars().all(|one| one == '_' || one.is_ascii_alphanumeric())
            {
                return Err(("invalid named capture", whole));
            }
            self.at += whole.len();
            return Ok(());
        }
        self.flags(rest)
    }

    /// `(?i)`, which opens no group, and `(?i:`.
    fn flags(&mut self, rest: &'p str) -> Result<(), Fault<'p>> {
        let (mut negated, mut some) = (false, false);
        for (index, letter) in rest.char_indices().skip(2) {
            let whole = &rest[..index + letter.len_utf8()];
            match letter {
                'i' | 'm' | 's' | 'U' => some = true,
                '-' if !negated => (negated, some) = (true, false),
                ':' | ')' if !negated || some => {
                    if letter == ')' {
                        self.groups.pop();
                    }
                    self.at += whole.len();
                    return Ok(());
                }
                _ => return Err(("invalid or unsupported Perl syntax", whole)),
            }
        }
        Err(("invalid or unsupported Perl syntax", rest))
    }

    fn close(&mut self) -> Result<(), Fault<'p>> {
        if self.groups.len() == 1 {
            return Err(("unexpected )", self.pattern));
        }
        let inside = self.groups.pop().unwrap_or(1);
        self.part(1);
        self.weighs(inside);
        Ok(())
    }

    /// A repetition of `length` bytes, and the `?` that makes it lazy.
    fn repeat(&mut self, length: usize) -> Result<(), Fault<'p>> {
        let begin = self.at;
        let text = &self.rest()[..length];
        let lazy = usize::from(self.rest()[length..].starts_with('?'));
        let end = begin + length + lazy;
        match self.last {
            Last::Nothing => return Err(("missing argument to repetition operator", text)),
            Last::Repeat(from) => {
                return Err(("invalid nested repetition operator", &self.pattern[from..end]));
            }
            Last::Part => {}
        }
        (self.at, self.last) = (end, Last::Repeat(begin));
        Ok(())
    }

    /// `{2}`, `{2,}` and `{2,3}`: its length and numbers; anything else is letters.
    fn counts(&self) -> Option<(usize, u32, Option<u32>)> {
        let end = self.rest().find('}')?;
        let inside = &self.rest()[1..end];
        let number = |text: &str| -> Option<u32> {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let leading = text.len() > 1 && text.starts_with('0');
            (digits && !leading).then(|| text.parse().unwrap_or(u32::MAX))
        };
        let (least, most) = match inside.split_once(',') {
            None => (number(inside)?, Some(number(inside)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        Some((end + 1, least, most))
    }

    fn escape(&mut self) -> Result<(), Fault<'p>> {
        let rest = self.rest();
        self.part(0);
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (length, end) = quoted.find("\\E").map_or((quoted.len(), 0), |length| (length, 2));
            self.at += 2 + length + end;
            return Ok(());
        }
        match rest.chars().nth(1) {
            Some('A' | 'b' | 'B' | 'z' | 'd' | 'D' | 's' | 'S' | 'w' | 'W') => {
                self.at += 2;
                Ok(())
            }
            Some('p' | 'P') => self.property(),
            _ => self.letter().map(|_| ()),
        }
    }

    /// `\pL` and `\p{Greek}`.
    fn property(&mut self) -> Result<(), Fault<'p>> {
        let rest = self.rest();
        let fault = "invalid character class range";
        let (length, name) = match rest[2..].chars().next() {
            Some('{') => match rest.find('}') {
                Some(end) => (end + 1, &rest[3..end]),
                None => return Err((fault, rest)),
            },
            Some(letter) => (2 + letter.len_utf8(), &rest[2..2 + letter.len_utf8()]),
            None => return Err((fault, rest)),
        };
        let name = name.strip_prefix('^').unwrap_or(name);
        let known = name == "Any" || regex::Regex::new(&format!("\\p{{{name}}}")).is_ok();
        // Go knows general categories and scripts by their names alone.
        if !known || name.contains(['=', ':']) {
            return Err((fault, &rest[..length]));
        }
        self.at += length;
        Ok(())
    }

    /// A letter or an escape that stands for one.
    fn letter(&mut self) -> Result<char, Fault<'p>> {
        let rest = self.rest();
        let mut letters = rest.chars();
        let first = letters.next().ok_or(("missing closing ]", rest))?;
        if first != '\\' {
            self.at += first.len_utf8();
            return Ok(first);
        }
        let Some(second) = letters.next() else {
            return Err(("trailing backslash at end of expression", ""));
        };
        let whole = &rest[..1 + second.len_utf8()];
        let fault = ("invalid escape sequence", whole);
        let digits = |count: usize, radix: u32| {
            let length = rest[1..].chars().take(count).take_while(|one| one.is_digit(radix)).count();
            (length, u32::from_str_radix(&rest[1..=length], radix).unwrap_or_default())
        };
        let (length, code) = match second {
            '1'..='7' if !rest[2..].starts_with(|one: char| one.is_digit(8)) => return Err(fault),
            '0'..='7' => digits(3, 8),
            'x' => return self.hex(),
            'a' => (1, 7),
            'f' => (1, 12),
            'n' => (1, 10),
            'r' => (1, 13),
            't' => (1, 9),
            'v' => (1, 11),
            sign if sign.is_ascii() && !sign.is_ascii_alphanumeric() => (1, sign as u32),
            _ => return Err(fault),
        };
        self.at += 1 + length;
        Ok(char::from_u32(code).unwrap_or_default())
    }

    /// `\x7F` and `\x{10FFFF}`.
    fn hex(&mut self) -> Result<char, Fault<'p>> {
        let rest = self.rest();
        let braced = rest[2..].starts_with('{');
        let begin = if braced { 3 } else { 2 };
        let mut code = 0_u32;
        for (index, letter) in rest[begin..].char_indices() {
            let end = begin + index + letter.len_utf8();
            let closes = braced && letter == '}' && index > 0;
            match letter.to_digit(16) {
                Some(digit) => code = code.saturating_mul(16).saturating_add(digit),
                None if closes => {}
                None => return Err(("invalid escape sequence", &rest[..end])),
            }
            if code > u32::from(char::MAX) {
                return Err(("invalid escape sequence", &rest[..end]));
            }
            if closes || (!braced && index == 1) {
                self.at += end;
                return Ok(char::from_u32(code).unwrap_or_default());
            }
        }
        Err(("invalid escape sequence", rest))
    }

    fn class(&mut self) -> Result<(), Fault<'p>> {
        let whole = self.rest();
        self.at += 1;
        self.at += usize::from(self.rest().starts_with('^'));
        let mut first = true;
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return Err(("missing closing ]", whole));
            }
            if rest.starts_with(']') && !first {
                break;
            }
            first = false;
            if rest.starts_with("[:")
                && let Some(end) = rest.find(":]")
            {
                let name = rest[2..end].trim_start_matches('^');
                let part = &rest[..end + 2];
                if !POSIX.contains(&name) {
                    return Err(("invalid character class range", part));
                }
                self.at += part.len();
                continue;
            }
            if rest.starts_with('\\') {
                match rest.chars().nth(1) {
                    Some('p' | 'P') => {
                        self.property()?;
                        continue;
                    }
                    Some('d' | 'D' | 's' | 'S' | 'w' | 'W') => {
                        self.at += 2;
                        continue;
                    }
                    _ => {}
                }
            }
            let low = self.class_letter(whole)?;
            let after = self.rest();
            if after.starts_with('-') && after.len() > 1 && !after.starts_with("-]") {
                self.at += 1;
                let high = self.class_letter(whole)?;
                if high < low {
                    let part = &rest[..rest.len() - self.rest().len()];
                    return Err(("invalid character class range", part));
                }
            }
        }
        self.part(1);
        Ok(())
    }

    fn class_letter(&mut self, whole: &'p str) -> Result<char, Fault<'p>> {
        if self.rest().is_empty() { Err(("missing closing ]", whole)) } else { self.letter() }
    }
}

/// What stands in `[:…:]`.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_go_compiles_is_sound() {
        for pattern in
            ["", "^a+$", "[a-z]{2,3}", "a{,5}", "{", "[]a]", "\\Qa*b\\E", "(?i)a(?P<n>b)", "\\p{Greek}",
             "[[:alpha:]]", "a**?".get(..2).unwrap_or_default(), "\\x{10FFFF}", "[\\d-]", "a|", "()"]
        {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused_in_its_words() {
        for (pattern, error) in [
            ("[a", "missing closing ]: `[a`"),
            ("(", "missing closing ): `(`"),
            (")", "unexpected ): `)`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("a\\", "trailing backslash at end of expression: ``"),
            ("\\1", "invalid escape sequence: `\\1`"),
            ("\\p{Nope}", "invalid character class range: `\\p{Nope}`"),
        ] {
            assert_eq!(check(pattern), Err(error.to_owned()), "{pattern}");
        }
    }
}

//! What holds for enums.

use std::collections::HashMap;

use super::Check;
use crate::descriptor::{Enum, Message, Syntax};
use crate::{EnumType, Features, Holder, JsonFormat};

/// `EnumOptions.allow_alias` and `EnumOptions.deprecated_legacy_json_field_conflicts`
const ALLOW_ALIAS: u32 = 2;
const LEGACY_CONFLICTS: u32 = 6;

impl Check<'_> {
    pub(super) fn enumeration(&mut self, one: &Enum, around: Features, parent: Option<&Message>) {
        let features = around.below(one.options.as_deref(), Holder::Enum);
        let is_top = parent.is_none();
        self.visibility(one.visibility, &one.name, features, is_top, false, parent);
        self.style(features, "enum", &one.name, super::style::title);
        let Some(first) = one.values.first() else {
            return self.fault(1, format!("enum `{}` has no values", one.name));
        };
        if features.enum_type == EnumType::Open && first.number != 0 {
            self.fault_within(&[2, 0, 2], "the first value of an open enum must be zero");
        }
        let what = || format!("the number of values of enum `{}`", one.name);
        self.limit(features, what, one.values.len(), super::limit::VALUES);
        self.aliases(one);
        self.reserved_values(one);
        self.value_names(one, features);
        for (index, value) in (0..).zip(&one.values) {
            let features = features.below(value.options.as_deref(), Holder::EnumValue);
            self.under(2, index, |this| {
                if let Some(options) = value.options.as_deref() {
                    this.support(&[3, 4], options.all(4));
                }
                this.style(features, "enum value", &value.name, super::style::upper_snake);
            });
        }
    }

    fn aliases(&mut self, one: &Enum) {
        let options = one.options.as_deref();
        let is_allowed = options.is_some_and(|options| options.flag(ALLOW_ALIAS));
        let mut numbers: Vec<(i32, i32)> =
            (0..).zip(&one.values).map(|(at, value)| (value.number, at)).collect();
        numbers.sort_unstable();
        let pairs: Vec<_> = numbers
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0)
            .map(|pair| (pair[0].1, pair[1].1))
            .collect();
        if is_allowed && pairs.is_empty() {
            self.path.extend([3, 2]);
            self.report.at_with_help(
                &self.path,
                format!("enum `{}` allows aliases, but no two values share a number", one.name),
                "delete the option",
            );
            self.path.truncate(self.path.len() - 2);
        }
        if is_allowed {
            return;
        }
        for (first, again) in pairs {
            self.clash_with_help(&[2, again, 2], &[2, first, 2], |place| {
                let (first, again) = (&one.values[first as usize], &one.values[again as usize]);
                let (first, name, number) = (&first.name, &again.name, again.number);
                let text = format!("`{name}` has the number {number} of `{first}`, at {place}");
                let help = "if that is meant, set `option allow_alias = true;` in the enum";
                (text, Some(help.to_owned()))
            });
        }
    }

    fn reserved_values(&mut self, one: &Enum) {
        let mut ranges: Vec<((i32, i32), i32)> =
            one.reserved_ranges.iter().copied().zip(0..).collect();
        ranges.sort_unstable();
        for &((start, last), at) in &ranges {
            if start > last {
                self.fault_within(&[4, at], "the range ends before it begins");
            }
        }
        for pair in ranges.windows(2).filter(|pair| pair[1].0.0 <= pair[0].0.1) {
            let ((start, last), at) = pair[1];
            self.clash(&[4, at], &[4, pair[0].1], |place| {
                format!("the reserved {start} to {last} overlap another range, at {place}")
            });
        }
        let mut names: Vec<(&str, i32)> =
            (0..).zip(&one.reserved_names).map(|(at, name)| (&**name, at)).collect();
        names.sort_unstable();
        self.reserved_twice(5, &names);
        for (index, value) in (0..).zip(&one.values) {
            // Ranges that overlap are told already, so the last that begins before is the one.
            let before = ranges.partition_point(|&((start, _), _)| start <= value.number);
            let range = before.checked_sub(1).map(|at| ranges[at]);
            if let Some((_, at)) = range.filter(|&((_, last), _)| value.number <= last) {
                self.clash(&[2, index, 2], &[4, at], |place| {
                    let (name, number) = (&value.name, value.number);
                    format!("the number {number} of `{name}` is reserved, at {place}")
                });
            }
            if let Ok(at) = names.binary_search_by_key(&&*value.name, |&(name, _)| name) {
                self.clash(&[2, index, 1], &[5, names[at].1], |place| {
                    format!("the name `{}` is reserved, at {place}", value.name)
                });
            }
        }
    }

    /// Names that are the same once the enum's name in front and the case are gone, as generators have it.
    fn value_names(&mut self, one: &Enum, features: Features) {
        let is_allowed =
            || one.options.as_deref().is_some_and(|options| options.flag(LEGACY_CONFLICTS));
        // protoc goes by the option, and buf by the feature.
        let is_lenient = if self.is_protoc() {
            self.file.syntax == Syntax::Proto2 && is_allowed()
        } else {
            features.json_format == JsonFormat::LegacyBestEffort
        };
        if is_lenient {
            return;
        }
        let prefix: Vec<u8> = one
            .name
            .bytes()
            .filter(|&byte| byte != b'_')
            .map(|byte| byte.to_ascii_lowercase())
            .collect();
        let mut seen: HashMap<String, (i32, &str, i32)> = HashMap::with_capacity(one.values.len());
        for (index, value) in (0..).zip(&one.values) {
            let short = pascal(without_prefix(&value.name, &prefix));
            let &mut (number, first, at) =
                seen.entry(short).or_insert((value.number, &value.name, index));
            if number != value.number && *first != *value.name {
                let name = &value.name;
                self.clash(&[2, index, 1], &[2, at, 1], |place| {
                    format!(
                        "`{name}` is the same as `{first}`, at {place}, without the enum's name and case"
                    )
                });
            }
        }
    }
}

/// A value's name without the enum's in front; `prefix` is lower-case and without underscores.
fn without_prefix<'n>(name: &'n str, prefix: &[u8]) -> &'n str {
    let (mut rest, mut prefix) = (name, prefix);
    while let Some((first, others)) = prefix.split_first() {
        rest = rest.trim_start_matches('_');
        match rest.as_bytes().first() {
            Some(byte) if byte.to_ascii_lowercase() == *first => rest = &rest[1..],
            _ => return name,
        }
        prefix = others;
    }
    let rest = rest.trim_start_matches('_');
    if rest.is_empty() { name } else { rest }
}

fn pascal(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words.fold(String::with_capacity(name.len()), |mut pascal, word| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        pascal.push_str(&first.to_ascii_uppercase());
        pascal.push_str(&rest.to_ascii_lowercase());
        pascal
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enum_in_front_of_a_value_is_left_out() {
        let short = |name| pascal(without_prefix(name, b"nametype"));
        assert_eq!(short("NAME_TYPE_FIRST_NAME"), "FirstName");
        assert_eq!(short("NAMETYPE_FIRST_NAME"), "FirstName");
        assert_eq!(short("first_name"), "FirstName");
        assert_eq!(short("NAME_TYPE"), "NameType");
        assert_eq!(short("NAME_TYPE_"), "NameType");
        assert_eq!(short("NAME_TYPO"), "NameTypo");
    }
}

//! The style guide that edition 2024 enforces. — *Source*: protoc's `ValidateNamingStyle`.

use super::Check;
use crate::descriptor::Service;
use crate::{Features, Holder, NamingStyle};

impl Check<'_> {
    /// A name that must be in one case or another.
    pub(super) fn style(
        &mut self,
        features: Features,
        what: &str,
        name: &str,
        rule: fn(&str) -> Option<&'static str>,
    ) {
        if features.enforce_naming_style == NamingStyle::Style2024
            && let Some(why) = rule(name)
        {
            self.style_fault(&[1], what, name, why);
        }
    }

    pub(super) fn style_fault(&mut self, part: &[i32], what: &str, name: &str, why: &str) {
        self.path.extend(part);
        self.report.at_with_help(
            &self.path,
            format!("{what} name `{name}` {why}"),
            "`features.enforce_naming_style = STYLE_LEGACY` allows it",
        );
        self.path.truncate(self.path.len() - part.len());
    }

    pub(super) fn service(&mut self, service: &Service, around: Features) {
        let features = around.below(service.options.as_deref(), Holder::Service);
        self.style(features, "service", &service.name, title);
        let mut names: Vec<_> =
            (0..).zip(&service.methods).map(|(at, one)| (&*one.name, at)).collect();
        names.sort_unstable();
        for (first, again) in names.iter().zip(names.iter().skip(1)) {
            if first.0 == again.0 {
                self.clash(&[2, again.1, 1], &[2, first.1, 1], |place| {
                    format!("method `{}` is already defined, at {place}", again.0)
                });
            }
        }
        let options = self.file.options.as_deref();
        let is_generic = options.is_some_and(|options| options.flag(16) || options.flag(17));
        if super::file::is_lite(self.file) && is_generic {
            self.fault(1, "a file for the lite runtime cannot have generic services");
        }
        for (index, method) in (0..).zip(&service.methods) {
            let features = features.below(method.options.as_deref(), Holder::Method);
            self.under(2, index, |this| this.style(features, "method", &method.name, title));
        }
    }
}

/// `TitleCase`
pub(super) fn title(name: &str) -> Option<&'static str> {
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Some("should be TitleCase");
    }
    let begins_upper = name.starts_with(|first: char| first.is_ascii_uppercase());
    (!begins_upper).then_some("should begin with a capital letter")
}

/// `lower_snake_case`, with dots for a package.
pub(super) fn lower_snake(name: &str) -> Option<&'static str> {
    let is_fine =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
    if !name.bytes().all(is_fine) {
        return Some("should be lower_snake_case");
    }
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Some("should begin with a lower-case letter");
    }
    has_bad_underscores(name).then_some("has an underscore that no letter follows")
}

/// `UPPER_SNAKE_CASE`
pub(super) fn upper_snake(name: &str) -> Option<&'static str> {
    let is_fine = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.bytes().all(is_fine) {
        return Some("should be UPPER_SNAKE_CASE");
    }
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return Some("should begin with an upper-case letter");
    }
    has_bad_underscores(name).then_some("has an underscore that no letter follows")
}

fn has_bad_underscores(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_bad = |pair: &[u8]| pair[0] == b'_' && !pair[1].is_ascii_alphabetic();
    name.starts_with('_') || name.ends_with('_') || bytes.windows(2).any(is_bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_as_protoc_tells_them() {
        for (name, is_title, is_lower, is_upper) in [
            ("Title2Case", true, false, false),
            ("titleCase", false, false, false),
            ("lower_snake2", false, true, false),
            ("lower__snake", false, false, false),
            ("lower_2", false, false, false),
            ("UPPER_SNAKE", false, false, true),
            ("UPPER_", false, false, false),
            ("_upper", false, false, false),
            ("A", true, false, true),
        ] {
            assert_eq!(title(name).is_none(), is_title, "title {name}");
            assert_eq!(lower_snake(name).is_none(), is_lower, "lower {name}");
            assert_eq!(upper_snake(name).is_none(), is_upper, "upper {name}");
        }
    }
}

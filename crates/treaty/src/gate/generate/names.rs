//! The names that packages and files get in other languages. — *Source*: managed mode of buf 1.75.0.

/// Words that PHP, or protoc's generator for it, keeps for itself.
const PHP_RESERVED: &str = "directory exception errorexception closure generator arithmeticerror \
    assertionerror divisionbyzeroerror error throwable parseerror typeerror abstract and array as \
    break callable case catch class clone const continue declare default die do echo else elseif \
    empty enddeclare endfor endforeach endif endswitch endwhile eval exit extends final finally \
    fn for foreach function global goto if implements include include_once instanceof insteadof \
    interface isset list match namespace new or print private protected public require \
    require_once return static switch throw trait try unset use var while xor yield int float \
    bool string true false null void iterable";

/// `foo_bar.proto` is `FooBarProto`.
fn pascal(text: &str) -> String {
    let is_delimiter = |letter| matches!(letter, '.' | '-' | '_' | ' ' | '\t' | '\n' | '\r');
    let (mut name, mut begins) = (String::new(), true);
    for letter in text.trim().chars() {
        if is_delimiter(letter) {
            begins = true;
        } else if begins || letter.is_uppercase() {
            name.extend(letter.to_uppercase());
            begins = false;
        } else {
            name.extend(letter.to_lowercase());
        }
    }
    name
}

/// The package with every part in Pascal case.
pub(super) fn pascal_parts(package: &str, separator: &str) -> String {
    if package.is_empty() {
        return String::new();
    }
    package.split('.').map(pascal).collect::<Vec<_>>().join(separator)
}

pub(super) fn java_outer_classname(path: &str) -> String {
    pascal(path.rsplit('/').next().unwrap_or(path))
}

pub(super) fn php_namespace(package: &str) -> String {
    if package.is_empty() {
        return String::new();
    }
    let part = |part: &str| {
        let is_reserved = PHP_RESERVED.split_whitespace().any(|word| word == part.to_lowercase());
        pascal(part) + if is_reserved { "_" } else { "" }
    };
    package.split('.').map(part).collect::<Vec<_>>().join(r"\")
}

/// The first letters of the package without its version, at least three.
pub(super) fn objc_class_prefix(package: &str) -> String {
    if package.is_empty() {
        return String::new();
    }
    let mut parts: Vec<&str> = package.split('.').collect();
    if has_version(package) {
        parts.pop();
    }
    let mut prefix: String =
        parts.iter().filter_map(|part| part.chars().next()).flat_map(char::to_uppercase).collect();
    while prefix.chars().count() < 3 {
        prefix.push('X');
    }
    if prefix == "GPB" { "GPX".to_owned() } else { prefix }
}

/// The import path of a file's folder, with the package's name where it ends in a version.
pub(super) fn go_package(path: &str, package: &str, prefix: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut go = super::super::path::clean(&format!("{prefix}/{folder}"));
    if has_version(package) {
        let mut parts = package.rsplit('.');
        let (version, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        go += &format!(";{name}{version}");
    }
    go
}

/// Whether a package of at least two parts ends in a version, such as `v1` or `v1p2beta3`.
fn has_version(package: &str) -> bool {
    let Some((_, last)) = package.rsplit_once('.') else { return false };
    let Some(version) = last.strip_prefix('v') else { return false };
    let number = |text: &str| text.parse::<i32>().is_ok_and(|number| number >= 1);
    if let Some((major, _)) = version.split_once("test") {
        return number(major);
    }
    let level = match (version.contains("alpha"), version.contains("beta")) {
        (false, false) => return number(version),
        (true, false) => "alpha",
        (false, true) => "beta",
        (true, true) => return false,
    };
    let Some((before, minor)) = version.split_once(level) else { return false };
    let is_before = match before.split_once('p') {
        Some((major, patch)) => number(major) && number(patch),
        None => number(before),
    };
    is_before && (minor.is_empty() || number(minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bufs() {
        assert_eq!(java_outer_classname("a/b/foo_bar-baz.v1.proto"), "FooBarBazV1Proto");
        assert_eq!(java_outer_classname("HTTPServer.proto"), "HTTPServerProto");
        assert_eq!(php_namespace("foo.list.v1"), r"Foo\List_\V1");
        assert_eq!(objc_class_prefix("acme.weather.v1"), "AWX");
        assert_eq!(objc_class_prefix("google.proto.buf"), "GPX");
        assert_eq!(objc_class_prefix("v1"), "VXX");
        assert_eq!(pascal_parts("foo_bar.v1", "::"), "FooBar::V1");
        let go = |path, package| go_package(path, package, "github.com/acme/gen/");
        assert_eq!(go("a/v1/a.proto", "a.v1"), "github.com/acme/gen/a/v1;av1");
        assert_eq!(go("a.proto", "a"), "github.com/acme/gen");
    }

    #[test]
    fn a_version_is_the_last_part() {
        for package in ["a.v1", "a.v1beta", "a.v1p2alpha3", "a.v2testfoo"] {
            assert!(has_version(package), "{package}");
        }
        for package in ["v1", "a.v0", "a.v", "a.v1x", "a.v1alphabeta", "a.v1p0beta1", "a.b"] {
            assert!(!has_version(package), "{package}");
        }
    }
}

//! The options of files.

use treaty_compiler::descriptor::{File, Options};
use treaty_compiler::wire::{put_bytes, put_number};

use super::super::names;
use super::option::{FileOption, Part, Setting, Value};
use super::{Disabled, Managed, Of, Set, put};

/// The order in which options are set; it shows nowhere.
const TRUTHS: [(Setting, bool, bool); 3] = [
    // What is not written, and what managed mode makes of it.
    (Setting::CcEnableArenas, true, true),
    (Setting::JavaMultipleFiles, false, true),
    (Setting::JavaStringCheckUtf8, false, false),
];
const TEXTS: [Setting; 9] = [
    Setting::JavaPackage,
    Setting::JavaOuterClassname,
    Setting::GoPackage,
    Setting::ObjcClassPrefix,
    Setting::CsharpNamespace,
    Setting::SwiftPrefix,
    Setting::PhpNamespace,
    Setting::PhpMetadataNamespace,
    Setting::RubyPackage,
];
/// `OptimizeMode.SPEED`.
const SPEED: u64 = 1;

/// Sets them; tells the paths of those that have changed.
pub(super) fn set(
    managed: &Managed,
    of: Of<'_>,
    options: &mut Option<Box<Options>>,
) -> Vec<Vec<i32>> {
    let mut changed = Vec::new();
    let mut change = |setting: Setting, encoded: Vec<u8>| {
        put(options, setting as u32, &encoded);
        changed.push(vec![8, setting as i32]);
    };
    let old = of.file.options.as_deref();
    for (setting, unset, default) in TRUTHS {
        let Some(value) = plain(managed, of, setting, Value::Truth(default)) else { continue };
        let current = old.and_then(|old| old.get(setting as u32)).and_then(|value| value.truth());
        if let Value::Truth(truth) = value
            && truth != current.unwrap_or(unset)
        {
            change(setting, number(setting, u64::from(truth)));
        }
    }
    let current = old.and_then(|old| old.number(Setting::OptimizeFor as u32));
    let current = current.and_then(|mode| u64::try_from(mode).ok()).unwrap_or(SPEED);
    if let Some(Value::Mode(mode)) = plain(managed, of, Setting::OptimizeFor, Value::Mode(SPEED))
        && mode != current
    {
        change(Setting::OptimizeFor, number(Setting::OptimizeFor, mode));
    }
    for setting in TEXTS {
        let value = text(managed, of, setting).unwrap_or_default();
        let current = old.and_then(|old| old.text(setting as u32)).unwrap_or_default();
        if !value.is_empty() && value != current {
            let mut encoded = Vec::new();
            put_bytes(&mut encoded, setting as u32, value.as_bytes());
            change(setting, encoded);
        }
    }
    changed
}

fn number(setting: Setting, number: u64) -> Vec<u8> {
    let mut encoded = Vec::new();
    put_number(&mut encoded, setting as u32, number);
    encoded
}

/// Whether an option of a file is left as it is.
fn is_disabled(managed: &Managed, of: Of<'_>, option: FileOption) -> bool {
    // As buf has it, a rule that names only a field leaves all file options too.
    managed.disables.iter().any(|rule| {
        let is_meant = match rule.what {
            Disabled::All => true,
            Disabled::File(one) => one == option,
            Disabled::JsType => false,
        };
        is_meant && rule.scope.has(of)
    })
}

/// The overrides of a setting that are for a file.
fn overrides<'a>(
    managed: &'a Managed,
    of: Of<'a>,
    setting: Setting,
) -> impl Iterator<Item = (Part, &'a Value)> {
    managed.overrides.iter().filter_map(move |rule| match &rule.what {
        Set::File(option, value) if option.setting == setting && rule.scope.has(of) => {
            Some((option.part, value))
        }
        _ => None,
    })
}

/// The value of an option that has no prefix.
fn plain(managed: &Managed, of: Of<'_>, setting: Setting, default: Value) -> Option<Value> {
    if is_disabled(managed, of, FileOption::value(setting)) {
        return None;
    }
    let last = overrides(managed, of, setting).last();
    Some(last.map_or(default, |(_, value)| value.clone()))
}

/// Value, prefix and suffix; all empty if the option is left as it is.
#[derive(Default, PartialEq)]
struct Wish {
    value: String,
    prefix: String,
    suffix: String,
}

fn text(managed: &Managed, of: Of<'_>, setting: Setting) -> Option<String> {
    if is_disabled(managed, of, FileOption::value(setting)) {
        return None;
    }
    let ignores = |part| {
        let option = FileOption { setting, part };
        !option.exists() || is_disabled(managed, of, option)
    };
    let (no_prefix, no_suffix) = (ignores(Part::Prefix), ignores(Part::Suffix));
    let mut wish = default(of.file, setting);
    if no_prefix {
        wish.prefix.clear();
    }
    for (part, value) in overrides(managed, of, setting) {
        let Value::Text(text) = value else { continue };
        let text = text.clone();
        match part {
            Part::Value => wish = Wish { value: text, ..Wish::default() },
            Part::Prefix if !no_prefix => {
                wish = Wish { prefix: text, suffix: wish.suffix, ..Wish::default() };
            }
            Part::Suffix if !no_suffix => {
                wish = Wish { prefix: wish.prefix, suffix: text, ..Wish::default() };
            }
            Part::Prefix | Part::Suffix => {}
        }
    }
    if wish == Wish::default() {
        return None;
    }
    Some(if wish.value.is_empty() { built(of.file, setting, &wish) } else { wish.value })
}

/// What an option is without overrides.
fn default(file: &File, setting: Setting) -> Wish {
    let value = match setting {
        Setting::JavaPackage => return Wish { prefix: "com".to_owned(), ..Wish::default() },
        Setting::GoPackage | Setting::SwiftPrefix => return Wish::default(),
        Setting::PhpMetadataNamespace => {
            let namespace = names::php_namespace(&file.package);
            if namespace.is_empty() { namespace } else { namespace + r"\GPBMetadata" }
        }
        _ => built(file, setting, &Wish::default()),
    };
    Wish { value, ..Wish::default() }
}

/// What the package makes of an option, with prefix and suffix.
fn built(file: &File, setting: Setting, wish: &Wish) -> String {
    let with = |separator: &str, name: String| {
        if name.is_empty() {
            return name;
        }
        let parts = [&wish.prefix, &name, &wish.suffix];
        let parts: Vec<&str> =
            parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
        parts.join(separator)
    };
    let package = &*file.package;
    match setting {
        Setting::JavaPackage => with(".", package.to_owned()),
        Setting::JavaOuterClassname => names::java_outer_classname(&file.name),
        Setting::GoPackage if wish.prefix.is_empty() => String::new(),
        Setting::GoPackage => names::go_package(&file.name, package, &wish.prefix),
        Setting::ObjcClassPrefix => names::objc_class_prefix(package),
        Setting::CsharpNamespace => with(".", names::pascal_parts(package, ".")),
        Setting::PhpNamespace | Setting::PhpMetadataNamespace => {
            with(r"\", names::php_namespace(package))
        }
        Setting::RubyPackage => with("::", names::pascal_parts(package, "::")),
        _ => String::new(),
    }
}

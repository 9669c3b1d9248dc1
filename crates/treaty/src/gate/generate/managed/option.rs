//! The options that managed mode knows, by name and number.

use anyhow::{Context as _, bail};

/// A file option of `descriptor.proto`, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Setting {
    JavaPackage = 1,
    JavaOuterClassname = 8,
    OptimizeFor = 9,
    JavaMultipleFiles = 10,
    GoPackage = 11,
    JavaStringCheckUtf8 = 27,
    CcEnableArenas = 31,
    ObjcClassPrefix = 36,
    CsharpNamespace = 37,
    SwiftPrefix = 39,
    PhpNamespace = 41,
    PhpMetadataNamespace = 44,
    RubyPackage = 45,
}

/// What of an option is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Part {
    Value,
    Prefix,
    Suffix,
}

/// A file option as templates name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct FileOption {
    pub(in super::super) setting: Setting,
    pub(in super::super) part: Part,
}

/// Every name with what it means.
const NAMES: [(&str, Setting, Part); 19] = [
    ("java_package", Setting::JavaPackage, Part::Value),
    ("java_package_prefix", Setting::JavaPackage, Part::Prefix),
    ("java_package_suffix", Setting::JavaPackage, Part::Suffix),
    ("java_outer_classname", Setting::JavaOuterClassname, Part::Value),
    ("java_multiple_files", Setting::JavaMultipleFiles, Part::Value),
    ("java_string_check_utf8", Setting::JavaStringCheckUtf8, Part::Value),
    ("optimize_for", Setting::OptimizeFor, Part::Value),
    ("go_package", Setting::GoPackage, Part::Value),
    ("go_package_prefix", Setting::GoPackage, Part::Prefix),
    ("cc_enable_arenas", Setting::CcEnableArenas, Part::Value),
    ("objc_class_prefix", Setting::ObjcClassPrefix, Part::Value),
    ("csharp_namespace", Setting::CsharpNamespace, Part::Value),
    ("csharp_namespace_prefix", Setting::CsharpNamespace, Part::Prefix),
    ("php_namespace", Setting::PhpNamespace, Part::Value),
    ("php_metadata_namespace", Setting::PhpMetadataNamespace, Part::Value),
    ("php_metadata_namespace_suffix", Setting::PhpMetadataNamespace, Part::Suffix),
    ("ruby_package", Setting::RubyPackage, Part::Value),
    ("ruby_package_suffix", Setting::RubyPackage, Part::Suffix),
    ("swift_prefix", Setting::SwiftPrefix, Part::Value),
];

impl FileOption {
    /// The option itself, not its prefix or suffix.
    pub(in super::super) const fn value(setting: Setting) -> Self {
        Self { setting, part: Part::Value }
    }

    /// The option of that name, in any case.
    pub(in super::super) fn parse(name: &str) -> anyhow::Result<Self> {
        let wanted = name.trim().to_lowercase();
        let found = NAMES.iter().find(|(name, ..)| *name == wanted);
        let (_, setting, part) =
            found.with_context(|| format!("unknown file_option: \"{wanted}\""))?;
        Ok(Self { setting: *setting, part: *part })
    }

    /// Whether there is such an option.
    pub(super) fn exists(self) -> bool {
        NAMES.iter().any(|(_, setting, part)| (*setting, *part) == (self.setting, self.part))
    }

    fn name(self) -> &'static str {
        let is_meant =
            |entry: &&(_, Setting, Part)| (entry.1, entry.2) == (self.setting, self.part);
        NAMES.iter().find(is_meant).map_or("", |(name, ..)| name)
    }

    /// Whether it is true or false.
    pub(in super::super) fn is_truth(self) -> bool {
        matches!(
            self.setting,
            Setting::CcEnableArenas | Setting::JavaMultipleFiles | Setting::JavaStringCheckUtf8
        )
    }

    /// The value that a text stands for, of an option that is not true or false.
    pub(in super::super) fn text(self, text: &str) -> anyhow::Result<Value> {
        let name = self.name();
        if self.is_truth() {
            bail!("invalid value {text} for {name}: expected true or false");
        }
        if self.setting != Setting::OptimizeFor {
            return Ok(Value::Text(text.to_owned()));
        }
        let modes = ["SPEED", "CODE_SIZE", "LITE_RUNTIME"];
        match (1..).zip(modes).find(|(_, mode)| *mode == text) {
            Some((number, _)) => Ok(Value::Mode(number)),
            None => bail!(
                "invalid value {text} for {name}: must be one of SPEED, CODE_SIZE or LITE_RUNTIME"
            ),
        }
    }

    /// The value that true or false stands for.
    pub(in super::super) fn truth(self, truth: bool) -> anyhow::Result<Value> {
        if self.is_truth() {
            return Ok(Value::Truth(truth));
        }
        bail!("invalid value {truth} for {}: expected a text", self.name())
    }
}

/// What a file option is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Value {
    Text(String),
    Truth(bool),
    /// `FileOptions.OptimizeMode`.
    Mode(u64),
}

/// `FieldOptions.JSType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct JsType(pub(super) u64);

impl JsType {
    /// The value of that name.
    pub(in super::super) fn parse(name: &str) -> anyhow::Result<Self> {
        let names = ["JS_NORMAL", "JS_STRING", "JS_NUMBER"];
        match (0..).zip(names).find(|(_, one)| *one == name) {
            Some((number, _)) => Ok(Self(number)),
            None => bail!(
                "invalid value {name} for jstype: must be one of JS_NORMAL, JS_STRING or JS_NUMBER"
            ),
        }
    }
}

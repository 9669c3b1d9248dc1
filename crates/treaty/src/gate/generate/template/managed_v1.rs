//! Managed mode as versions v1 and v1beta1 write it: a key for each option.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};

use super::super::managed::{
    self, Disable, Disabled, FileOption, Override, Part, Scope, Set, Setting, Value,
};
use super::managed_v2::scope;
use super::yaml::Scalar;

/// `options` of version v1beta1.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    cc_enable_arenas: Option<bool>,
    java_multiple_files: Option<bool>,
    #[serde(default)]
    optimize_for: String,
}

impl Options {
    pub(super) fn read(self, enabled: bool) -> anyhow::Result<managed::Managed> {
        let mut rules = Rules::default();
        rules.truth(Setting::CcEnableArenas, self.cc_enable_arenas);
        rules.truth(Setting::JavaMultipleFiles, self.java_multiple_files);
        if !self.optimize_for.is_empty() {
            let option = FileOption::value(Setting::OptimizeFor);
            rules.set(Scope::default(), option, option.text(&self.optimize_for)?);
        }
        Ok(rules.read(enabled))
    }
}

/// `managed` of version v1.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Managed {
    #[serde(default)]
    enabled: bool,
    cc_enable_arenas: Option<bool>,
    java_multiple_files: Option<bool>,
    java_string_check_utf8: Option<bool>,
    #[serde(default)]
    java_package_prefix: OrText,
    #[serde(default)]
    csharp_namespace: WithoutDefault,
    #[serde(default)]
    optimize_for: OrText,
    #[serde(default)]
    go_package_prefix: ByModule,
    #[serde(default)]
    objc_class_prefix: ByModule,
    #[serde(default)]
    ruby_package: WithoutDefault,
    #[serde(default)]
    swift_prefix: ByModule,
    /// Option to file to value.
    #[serde(default, rename = "override")]
    overrides: BTreeMap<String, BTreeMap<String, Scalar>>,
}

/// A value for all files, none for some modules and others for others.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByModule {
    #[serde(default)]
    default: String,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default, rename = "override")]
    overrides: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithoutDefault {
    #[serde(default)]
    except: Vec<String>,
    #[serde(default, rename = "override")]
    overrides: BTreeMap<String, String>,
}

/// As [`ByModule`], or only its default.
#[derive(Debug, Default)]
struct OrText(ByModule);

impl<'de> Deserialize<'de> for OrText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = OrText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or default, except and override")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OrText, E> {
                Ok(OrText(ByModule { default: text.to_owned(), ..ByModule::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OrText, A::Error> {
                ByModule::deserialize(MapAccessDeserializer::new(map)).map(OrText)
            }
        }
        from.deserialize_any(Read)
    }
}

impl From<WithoutDefault> for ByModule {
    fn from(given: WithoutDefault) -> Self {
        Self { default: String::new(), except: given.except, overrides: given.overrides }
    }
}

impl Managed {
    pub(super) fn read(self) -> anyhow::Result<managed::Managed> {
        let mut rules = Rules::default();
        rules.truth(Setting::CcEnableArenas, self.cc_enable_arenas);
        rules.truth(Setting::JavaMultipleFiles, self.java_multiple_files);
        rules.truth(Setting::JavaStringCheckUtf8, self.java_string_check_utf8);
        let by_module = [
            (Setting::JavaPackage, Part::Prefix, self.java_package_prefix.0, "java_package_prefix"),
            (Setting::CsharpNamespace, Part::Value, self.csharp_namespace.into(), ""),
            (Setting::OptimizeFor, Part::Value, self.optimize_for.0, "optimize_for"),
            (Setting::GoPackage, Part::Prefix, self.go_package_prefix, "go_package_prefix"),
            (Setting::ObjcClassPrefix, Part::Value, self.objc_class_prefix, ""),
            (Setting::RubyPackage, Part::Value, self.ruby_package.into(), ""),
            (Setting::SwiftPrefix, Part::Value, self.swift_prefix, ""),
        ];
        for (setting, part, given, needs_default) in by_module {
            rules.by_module(FileOption { setting, part }, given, needs_default)?;
        }
        for (name, files) in self.overrides {
            let option = FileOption::parse(&name)
                .map_err(|_| anyhow::anyhow!("\"{name}\" is not a valid file option"))?;
            for (path, value) in files {
                let value = value.to_string();
                let value = if option.is_truth() {
                    let truth = match value.as_str() {
                        "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
                        "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
                        _ => bail!("override {name} of {path}: `{value}` is not true or false"),
                    };
                    Value::Truth(truth)
                } else {
                    option.text(&value)?
                };
                let scope = scope(path, String::new())
                    .with_context(|| format!("invalid import path for override {name}"))?;
                rules.set(scope, option, value);
            }
        }
        Ok(rules.read(self.enabled))
    }
}

#[derive(Default)]
struct Rules {
    disables: Vec<Disable>,
    overrides: Vec<Override>,
}

impl Rules {
    fn read(self, enabled: bool) -> managed::Managed {
        managed::Managed { enabled, disables: self.disables, overrides: self.overrides }
    }

    fn set(&mut self, scope: Scope, option: FileOption, value: Value) {
        self.overrides.push(Override { scope, what: Set::File(option, value) });
    }

    fn truth(&mut self, setting: Setting, given: Option<bool>) {
        if let Some(truth) = given {
            self.set(Scope::default(), FileOption::value(setting), Value::Truth(truth));
        }
    }

    fn by_module(
        &mut self,
        option: FileOption,
        given: ByModule,
        needs_default: &str,
    ) -> anyhow::Result<()> {
        let is_empty = given.except.is_empty() && given.overrides.is_empty();
        if given.default.is_empty() {
            ensure!(
                needs_default.is_empty() || is_empty,
                "{needs_default} requires a default value"
            );
        } else {
            self.set(Scope::default(), option, option.text(&given.default)?);
        }
        for (index, module) in given.except.iter().enumerate() {
            ensure!(
                !given.except[..index].contains(module),
                "\"{module}\" is defined multiple times in except"
            );
            let what = Disabled::File(FileOption::value(option.setting));
            let scope = scope(String::new(), module.clone())?;
            self.disables.push(Disable { scope, field: String::new(), what });
        }
        for (module, value) in given.overrides {
            ensure!(
                !given.except.contains(&module),
                "override \"{module}\" is already defined as an except"
            );
            self.set(scope(String::new(), module)?, option, option.text(&value)?);
        }
        Ok(())
    }
}

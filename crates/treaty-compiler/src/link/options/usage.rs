//! Whether a field of an options message may be set where it is: targets, and the editions that know it. —
//! *Source*: `FieldOptions.targets` and `FieldOptions.feature_support` of `descriptor.proto`.

use crate::Holder;
use crate::descriptor::{Options, edition_name};
use crate::wire::{Fields, Value};

/// `FieldOptions.targets`
const TARGETS: u32 = 19;
/// `FieldOptions.feature_support` and `EnumValueOptions.feature_support`
const FIELD_SUPPORT: u32 = 22;
const VALUE_SUPPORT: u32 = 4;

/// The number of an element's kind in `OptionTargetType`, and its name.
fn target(holder: Holder) -> (i32, &'static str) {
    match holder {
        Holder::File => (1, "file"),
        Holder::ExtensionRange => (2, "extension range"),
        Holder::Message => (3, "message"),
        Holder::Field => (4, "field"),
        Holder::Oneof => (5, "oneof"),
        Holder::Enum => (6, "enum"),
        Holder::EnumValue => (7, "enum entry"),
        Holder::Service => (8, "service"),
        Holder::Method => (9, "method"),
    }
}

/// Why a field with these options cannot be set on such an element, if it cannot.
pub(crate) fn wrong_target(options: &Options, holder: Holder) -> Option<String> {
    let (number, name) = target(holder);
    let mut targets = options.all(TARGETS).filter_map(Value::int32).peekable();
    targets.peek()?;
    let is_allowed = targets.any(|target| target == number);
    (!is_allowed).then(|| format!("cannot be set on {} {name}", article(name)))
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['e', 'o']) { "an" } else { "a" }
}

/// Why a field with these options is not for an edition, if it is not.
pub(crate) fn field_lifetime(options: &Options, edition: i32) -> Option<String> {
    lifetime(options.all(FIELD_SUPPORT), edition)
}

/// Likewise for an enum's value.
pub(crate) fn value_lifetime(options: &Options, edition: i32) -> Option<String> {
    lifetime(options.all(VALUE_SUPPORT), edition)
}

fn lifetime<'a>(support: impl Iterator<Item = Value<'a>>, edition: i32) -> Option<String> {
    let (mut introduced, mut removed, mut reason) = (0, i32::MAX, "");
    for field in support.filter_map(Value::bytes).flat_map(Fields::new).filter_map(Result::ok) {
        match field.number {
            1 => introduced = field.value.int32().unwrap_or_default(),
            4 => removed = field.value.int32().unwrap_or(i32::MAX),
            5 => reason = field.value.text().unwrap_or_default(),
            _ => {}
        }
    }
    if edition < introduced {
        let (introduced, edition) = (edition_name(introduced), edition_name(edition));
        return Some(format!(
            "was not introduced until edition {introduced} and cannot be used in {edition}"
        ));
    }
    if edition >= removed {
        let colon = if reason.is_empty() { "" } else { ": " };
        return Some(format!(
            "has been removed in edition {}{colon}{reason}",
            edition_name(removed)
        ));
    }
    None
}

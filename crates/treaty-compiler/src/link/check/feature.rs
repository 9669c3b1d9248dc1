//! Which features a field of an edition may set. — *Source*: protoc's `ValidateFieldFeatures`.

use super::Check;
use crate::descriptor::{Field, Kind, Label, Options};
use crate::link::semantics::{is_map_entry, is_packable};
use crate::link::walk::{Site, options_number, visit};
use crate::wire::{Fields, Value};
use crate::{Features, FieldPresence, Holder};

/// The features of `FeatureSet` itself, in the order of their numbers, of which 1 is the first. Those
/// of languages may be set to what they do not know.
const NAMES: [&str; 9] = [
    "field_presence",
    "enum_type",
    "repeated_field_encoding",
    "utf8_validation",
    "message_encoding",
    "json_format",
    "enforce_naming_style",
    "default_symbol_visibility",
    "enforce_proto_limits",
];

/// The numbers of `FeatureSet`, and of the values that matter here.
const PRESENCE: u32 = 1;
const REPEATED_ENCODING: u32 = 3;
const UTF8: u32 = 4;
const MESSAGE_ENCODING: u32 = 5;
const IMPLICIT: i32 = 2;
const LEGACY_REQUIRED: i32 = 3;
const PACKED: i32 = 1;

impl Check<'_> {
    /// That no feature is set to the value that stands for none.
    pub(super) fn known_features(&mut self) {
        if self.file.syntax.is_editions() {
            visit(self.file, &mut |site, options| self.known_features_at(site, options));
        }
    }

    fn known_features_at(&mut self, site: &Site<'_>, options: &Options) {
        let sets = options.all(site.holder.number()).filter_map(Value::bytes);
        for field in sets.flat_map(Fields::new).filter_map(Result::ok) {
            let name = (field.number as usize).checked_sub(1).and_then(|at| NAMES.get(at));
            let Some(name) = name.filter(|_| field.value.int32() == Some(0)) else { continue };
            // What the entry of a map has, its field has said.
            let is_entry =
                self.message_named(Some(&[".", site.scope].concat())).is_some_and(is_map_entry);
            if !is_entry {
                let (holder, number) = (site.holder, field.number as i32);
                let own = [options_number(holder), holder.number() as i32, number];
                let path = [site.path, &own].concat();
                self.report.at(&path, format!("feature `{name}` must have a value that is known"));
            }
        }
    }

    pub(super) fn feature(
        &mut self,
        field: &Field,
        features: Features,
        is_extension: bool,
        is_entry: bool,
    ) {
        if !self.file.syntax.is_editions() {
            return;
        }
        let options = field.options.as_deref();
        if options.is_some_and(|options| options.get(2).is_some()) {
            self.feature_fault(
                2,
                "`packed` cannot be set in editions: use the feature `repeated_field_encoding`",
            );
        }
        let is_singular = field.label != Label::Repeated;
        let kind = field.kind.unwrap_or(Kind::Message);
        let is_message = matches!(kind, Kind::Message | Kind::Group);
        let is_implicit = is_singular
            && !is_extension
            && !is_message
            && field.oneof_index.is_none()
            && features.field_presence == FieldPresence::Implicit;
        if is_implicit && field.default_value.is_some() && self.is_protoc() {
            self.fault(7, "a field with implicit presence cannot have a default value");
        }
        // buf does not ask it of the values of maps.
        let is_asked = is_implicit && (!is_entry || self.is_protoc());
        if is_asked && self.is_closed(field) == Some(true) {
            self.fault(6, "a field with implicit presence cannot be of a closed enum");
        }
        if is_entry {
            // Its options are those of the map.
            return;
        }
        let Some(options) = options else { return };
        self.set_presence(field, options, is_extension);
        let map = self.message_named(field.type_name.as_deref()).filter(|one| is_map_entry(one));
        let is_packable = !is_singular && is_packable(kind);
        match set(options, REPEATED_ENCODING) {
            Some(_) if is_singular || map.is_some() => {
                self.feature_fault(21, "only repeated fields have a `repeated_field_encoding`");
            }
            Some(PACKED) if !is_packable => {
                self.feature_fault(
                    21,
                    "only repeated fields of numbers, bools and enums can be packed",
                );
            }
            _ => {}
        }
        let has_string = kind == Kind::String
            || map.is_some_and(|map| map.fields.iter().any(|part| part.kind == Some(Kind::String)));
        if set(options, UTF8).is_some() && !has_string {
            self.feature_fault(21, "only strings have `utf8_validation`");
        }
        if set(options, MESSAGE_ENCODING).is_some() && (!is_message || map.is_some()) {
            self.feature_fault(21, "only messages have a `message_encoding`");
        }
    }

    fn set_presence(&mut self, field: &Field, options: &Options, is_extension: bool) {
        let Some(presence) = set(options, PRESENCE) else { return };
        let is_message = matches!(field.kind, Some(Kind::Message | Kind::Group));
        if field.oneof_index.is_some() {
            self.feature_fault(21, "a field in a oneof cannot set its presence");
        } else if field.label == Label::Repeated {
            self.feature_fault(21, "a repeated field cannot set its presence");
        } else if is_extension {
            let text = if presence == LEGACY_REQUIRED {
                "an extension cannot be required"
            } else {
                "an extension cannot set its presence"
            };
            self.feature_fault(21, text);
        } else if is_message && presence == IMPLICIT {
            self.feature_fault(21, "a message cannot have implicit presence");
        }
    }

    /// `feature_support` of a field or an enum's value: the editions that it is for must be in order.
    pub(super) fn support<'v>(&mut self, part: &[i32], support: impl Iterator<Item = Value<'v>>) {
        let (mut introduced, mut deprecated, mut removed) = (None, None, None);
        let (mut has_warning, mut has_reason) = (false, false);
        let mut is_said = false;
        for field in support.filter_map(Value::bytes).flat_map(Fields::new).filter_map(Result::ok) {
            is_said = true;
            match field.number {
                1 => introduced = field.value.int32(),
                2 => deprecated = field.value.int32(),
                3 => has_warning = true,
                4 => removed = field.value.int32(),
                5 => has_reason = true,
                _ => {}
            }
        }
        if !is_said {
            return;
        }
        let begin = introduced.unwrap_or_default();
        let fault = if deprecated.is_some_and(|deprecated| deprecated < begin) {
            "it is deprecated before it is introduced"
        } else if deprecated.is_some() != has_warning {
            "`edition_deprecated` and `deprecation_warning` are set together or not at all"
        } else if removed.is_some_and(|removed| deprecated.unwrap_or_default() >= removed) {
            "it is deprecated after it is removed"
        } else if removed.is_some_and(|removed| removed < begin) {
            "it is removed before it is introduced"
        } else if removed.is_some_and(|removed| removed != begin) && !has_reason {
            "`edition_removed` needs a `removal_error`"
        } else if removed.is_none() && has_reason {
            "`removal_error` needs `edition_removed`"
        } else {
            return;
        };
        self.fault_within(part, fault);
    }

    fn feature_fault(&mut self, number: i32, text: &str) {
        self.fault_within(&[8, number], text);
    }
}

/// What the field's own options set a feature to.
fn set(options: &Options, number: u32) -> Option<i32> {
    let sets = options.all(Holder::Field as u32).filter_map(Value::bytes);
    let features = sets.flat_map(Fields::new).filter_map(Result::ok);
    features.filter(|field| field.number == number).last()?.value.int32()
}

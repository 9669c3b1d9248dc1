//! Names in JSON, which two fields of a message cannot share. — *Source*: protoc's
//! `CheckFieldJsonNameUniqueness`.

use std::collections::HashMap;

use super::Check;
use crate::descriptor::{Field, Message, default_json_name};
use crate::{Features, JsonFormat};

/// `MessageOptions.deprecated_legacy_json_field_conflicts`
const LEGACY_CONFLICTS: u32 = 11;

impl Check<'_> {
    pub(super) fn json_names(&mut self, message: &Message, features: Features) {
        let is_allowed =
            || message.options.as_deref().is_some_and(|options| options.flag(LEGACY_CONFLICTS));
        // buf goes by the feature alone.
        if is_plain(message) || self.is_protoc() && is_allowed() {
            return;
        }
        // With custom names and without: field masks know the default ones only.
        for with_custom in [false, true] {
            self.json_pass(message, features, with_custom);
        }
    }

    fn json_pass(&mut self, message: &Message, features: Features, with_custom: bool) {
        let mut seen: HashMap<String, (&Field, bool, i32)> = HashMap::new();
        for (index, field) in (0..).zip(&message.fields) {
            let default = default_json_name(&field.name);
            let custom = field.json_name.as_deref().filter(|name| with_custom && *name != default);
            let is_custom = custom.is_some();
            let name = custom.map_or(default, str::to_owned);
            if self.is_protoc() && is_custom && name.starts_with('[') && name.ends_with(']') {
                let text = format!("the JSON name `{name}` begins with `[` and ends with `]`");
                self.fault_within(&[2, index, 10], text);
                continue;
            }
            let Some(&(other, is_other_custom, at)) = seen.get(&name) else {
                seen.insert(name, (field, is_custom, index));
                continue;
            };
            let is_legacy = features.json_format == JsonFormat::LegacyBestEffort;
            // That two default names clash is told by the pass without custom ones.
            if with_custom && !is_custom && !is_other_custom && !is_legacy {
                continue;
            }
            // A name that the source writes counts, even where it is what it would be without.
            let is_written = |at| {
                let path = [&self.path[..], &[2, at, 10]].concat();
                self.report.is_located(&path)
            };
            if is_legacy && !(with_custom && (is_written(index) || is_written(at))) {
                continue;
            }
            let what = |is_custom| if is_custom { "custom" } else { "default" };
            let part = if is_custom { 10 } else { 1 };
            self.clash(&[2, index, part], &[2, at, 1], |place| {
                format!(
                    "the {} JSON name `{name}` of field `{}` is the {} one of field `{}` too, at {place}",
                    what(is_custom),
                    field.name,
                    what(is_other_custom),
                    other.name,
                )
            });
        }
    }
}

/// Whether no two fields can clash, without building any name: none has an underscore or another name.
fn is_plain(message: &Message) -> bool {
    let is_plain = |field: &Field| {
        !field.name.contains('_') && field.json_name.as_deref() == Some(&*field.name)
    };
    message.fields.iter().all(is_plain)
}

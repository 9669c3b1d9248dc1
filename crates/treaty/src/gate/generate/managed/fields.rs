//! The `jstype` of fields with 64-bit integers.

use treaty_compiler::descriptor::{Field, File, Kind, Message};
use treaty_compiler::wire::put_number;

use super::{Disabled, JsType, Managed, Of, Set, put};

/// `FieldOptions.jstype`.
const JSTYPE: u32 = 6;

/// Sets it; tells the paths of those that have changed.
pub(super) fn set(managed: &Managed, of: Of<'_>, file: &mut File) -> Vec<Vec<i32>> {
    let overrides = managed.overrides.iter().filter(|rule| rule.scope.has(of));
    let overrides = overrides.filter_map(|rule| match &rule.what {
        Set::JsType { field, value } => Some((field.as_str(), *value)),
        Set::File(..) => None,
    });
    let disables = managed
        .disables
        .iter()
        .filter(|rule| matches!(rule.what, Disabled::All | Disabled::JsType) && rule.scope.has(of));
    let mut walk = Walk {
        overrides: overrides.collect(),
        disables: disables.map(|rule| rule.field.as_str()).collect(),
        changed: Vec::new(),
    };
    if walk.overrides.is_empty() || walk.disables.contains(&"") {
        return Vec::new();
    }
    walk.messages(&[4], &mut file.messages);
    let package = file.package.clone();
    walk.fields(&[7], &package, &mut file.extensions);
    walk.changed
}

struct Walk<'a> {
    overrides: Vec<(&'a str, JsType)>,
    disables: Vec<&'a str>,
    changed: Vec<Vec<i32>>,
}

impl Walk<'_> {
    fn messages(&mut self, path: &[i32], messages: &mut [Message]) {
        for (index, message) in (0..).zip(messages) {
            let at = |part: i32| [path, &[index, part]].concat();
            let name = message.full_name.to_string();
            self.fields(&at(2), &name, &mut message.fields);
            self.messages(&at(3), &mut message.messages);
            self.fields(&at(6), &name, &mut message.extensions);
        }
    }

    fn fields(&mut self, path: &[i32], scope: &str, fields: &mut [Field]) {
        for (index, field) in (0..).zip(fields) {
            let name = match scope {
                "" => field.name.to_string(),
                scope => format!("{scope}.{}", field.name),
            };
            let is_meant = |one: &&(&str, JsType)| one.0.is_empty() || one.0 == name;
            let Some((_, value)) = self.overrides.iter().rfind(is_meant) else { continue };
            let current = field.options.as_ref().and_then(|options| options.number(JSTYPE));
            let is_same = current.and_then(|one| u64::try_from(one).ok()) == Some(value.0);
            if !has_jstype(field) || is_same || self.disables.contains(&&*name) {
                continue;
            }
            let mut encoded = Vec::new();
            put_number(&mut encoded, JSTYPE, value.0);
            put(&mut field.options, JSTYPE, &encoded);
            self.changed.push([path, &[index, 8, 6]].concat());
        }
    }
}

fn has_jstype(field: &Field) -> bool {
    use Kind::{Fixed64, Int64, Sfixed64, Sint64, Uint64};
    matches!(field.kind, Some(Int64 | Uint64 | Sint64 | Fixed64 | Sfixed64))
}

//! Pairs the options of elements that are in both versions; those of extension ranges by where the
//! ranges begin.

use std::collections::HashMap;

use treaty_compiler::Holder;
use treaty_compiler::descriptor::Options;

use super::Pairing;
use crate::Subject;
use crate::schema::{Enum, Place, Schema};

/// The options of an element before and after.
pub(crate) struct Both<'s, 'a> {
    /// Whose options they are.
    pub(crate) holder: Holder,
    pub(crate) old: Option<&'a Options>,
    pub(crate) new: Option<&'a Options>,
    /// Of the element in the new version.
    pub(crate) place: &'s Place<'a>,
    /// The file in the old version.
    pub(crate) old_file: &'a str,
    /// The short name of the element.
    pub(crate) name: &'a str,
}

impl<'a> Pairing<'a> {
    /// Visits every element that has options in either version; of enum values only where something
    /// differs.
    pub(crate) fn each_options(&self, visit: &mut dyn FnMut(&Both<'_, 'a>, &dyn Fn() -> Subject)) {
        let mut visit = |both: &Both<'_, 'a>, subject: &dyn Fn() -> Subject| {
            if both.old.is_some() || both.new.is_some() {
                visit(both, subject);
            }
        };
        for (old, new) in &self.files.both {
            let (old_file, place) = (old.name, &Place::new(new.name, &[]));
            let (holder, name) = (Holder::File, new.name);
            let (was, is) = (old.options(), new.options());
            visit(&Both { holder, old: was, new: is, place, old_file, name }, &|| new.subject());
        }
        macro_rules! each {
            ($holder:ident, $pairs:expr) => {
                for (old, new) in $pairs {
                    let both = Both {
                        holder: Holder::$holder,
                        old: old.proto.options.as_deref(),
                        new: new.proto.options.as_deref(),
                        place: &new.place,
                        old_file: old.place.file,
                        name: new.name,
                    };
                    visit(&both, &|| new.subject());
                }
            };
        }
        each!(Message, &self.messages.both);
        each!(Field, self.field_pairs());
        self.each_oneof(&mut visit);
        self.each_range(&mut visit);
        each!(Enum, &self.enums.both);
        self.each_value(&mut visit);
        each!(Service, &self.services.both);
        each!(Method, &self.methods.both);
    }

    fn each_oneof(&self, visit: &mut dyn FnMut(&Both<'_, 'a>, &dyn Fn() -> Subject)) {
        for (old, new) in &self.oneofs.both {
            let messages = (self.old.messages.get(old.message), self.new.messages.get(new.message));
            let (Some(was), Some(is)) = messages else { continue };
            let before = was.proto.oneofs.iter().find(|one| *one.name == *old.name);
            let mut indexed = (0..).zip(&is.proto.oneofs);
            let now = indexed.find(|(_, one)| *one.name == *new.name);
            let (Some(before), Some((index, now))) = (before, now) else { continue };
            let both = Both {
                holder: Holder::Oneof,
                old: before.options.as_deref(),
                new: now.options.as_deref(),
                place: &is.place.part(&[8, index]),
                old_file: was.place.file,
                name: new.name,
            };
            visit(&both, &|| new.subject());
        }
    }

    /// The subject is the message.
    fn each_range(&self, visit: &mut dyn FnMut(&Both<'_, 'a>, &dyn Fn() -> Subject)) {
        for (old, new) in &self.messages.both {
            let ranges = &old.proto.extension_ranges;
            for (index, range) in (0..).zip(&new.proto.extension_ranges) {
                let Some(before) = ranges.iter().find(|one| one.start == range.start) else {
                    continue;
                };
                let both = Both {
                    holder: Holder::ExtensionRange,
                    old: before.options.as_deref(),
                    new: range.options.as_deref(),
                    place: &new.place.part(&[5, index]),
                    old_file: old.place.file,
                    name: new.name,
                };
                visit(&both, &|| new.subject());
            }
        }
    }

    /// Values pair by name here: each name of a number has options of its own.
    fn each_value(&self, visit: &mut dyn FnMut(&Both<'_, 'a>, &dyn Fn() -> Subject)) {
        let changed =
            |(old, new): &&(&'a Enum<'a>, &'a Enum<'a>)| old.proto.values != new.proto.values;
        for (old, new) in self.enums.both.iter().filter(changed) {
            let before: HashMap<&str, _> =
                old.proto.values.iter().map(|one| (&*one.name, one.options.as_deref())).collect();
            for value in &new.proto.values {
                let (Some(&before), Some(number)) =
                    (before.get(&*value.name), new.number(value.number))
                else {
                    continue;
                };
                let named = number.names.iter().find(|one| *one.name == *value.name);
                let Some(named) = named else { continue };
                let both = Both {
                    holder: Holder::EnumValue,
                    old: before,
                    new: value.options.as_deref(),
                    place: &named.place,
                    old_file: old.place.file,
                    name: named.name,
                };
                visit(&both, &|| number.subject());
            }
        }
    }
}

/// The options of an element, if the version has it.
pub(crate) fn of<'d>(schema: &Schema<'d>, subject: &Subject) -> Option<(Holder, &'d Options)> {
    let (holder, options) = match subject {
        Subject::Package(_) => return None,
        Subject::Oneof { message, name } => {
            let oneofs = &schema.messages.get(&**message)?.proto.oneofs;
            let oneof = oneofs.iter().find(|one| *one.name == **name)?;
            (Holder::Oneof, oneof.options.as_deref())
        }
        Subject::File(name) => (Holder::File, schema.files.get(&**name)?.options()),
        Subject::Message(name) => {
            (Holder::Message, schema.messages.get(&**name)?.proto.options.as_deref())
        }
        Subject::Enum(name) => (Holder::Enum, schema.enums.get(&**name)?.proto.options.as_deref()),
        Subject::Service(name) => {
            (Holder::Service, schema.services.get(&**name)?.proto.options.as_deref())
        }
        Subject::Field { message, number, .. } => {
            (Holder::Field, schema.messages.get(&**message)?.field(*number)?.options())
        }
        Subject::Extension { message, number, .. } => {
            (Holder::Field, schema.extensions.get(&(&**message, *number))?.options())
        }
        Subject::Value { of, name, .. } => {
            let values = &schema.enums.get(&**of)?.proto.values;
            let value = values.iter().find(|one| *one.name == **name)?;
            (Holder::EnumValue, value.options.as_deref())
        }
        Subject::Method { service, name } => {
            let methods = &schema.services.get(&**service)?.methods;
            let method = methods.iter().find(|one| one.name == name)?;
            (Holder::Method, method.proto.options.as_deref())
        }
    };
    Some((holder, options?))
}

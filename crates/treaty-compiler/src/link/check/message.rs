//! What holds for messages.

use super::Check;
use crate::descriptor::{MAX_FIELD_NUMBER, Message, OWN_NUMBERS, Syntax};
use crate::link::semantics::{is_map_entry, is_message_set};
use crate::{Features, Holder};

/// How deep messages nest, those that stand for a map's entries too, as protoc bounds it.
const MAX_NESTING: usize = 32;

impl Check<'_> {
    pub(super) fn message(&mut self, message: &Message, around: Features, is_top: bool) {
        let features = around.below(message.options.as_deref(), Holder::Message);
        self.visibility(message.visibility, &message.name, features, is_top, true, None);
        if !is_map_entry(message) {
            self.style(features, "message", &message.name, super::style::title);
        }
        if self.path.len() / 2 >= MAX_NESTING {
            return self.fault(1, format!("messages nest deeper than {}", MAX_NESTING - 1));
        }
        let what = || format!("the number of fields of message `{}`", message.name);
        self.limit(features, what, message.fields.len(), super::limit::FIELDS);
        self.scope(message);
        self.numbers(message);
        self.reserved_names(message);
        self.range_ends(message);
        self.json_names(message, features);
        self.declarations(message);
        self.message_kind(message);
        self.oneofs(message, features);
        for (index, field) in (0..).zip(&message.fields) {
            self.under(2, index, |this| this.field(field, message, features));
        }
        for (index, nested) in (0..).zip(&message.messages) {
            self.under(3, index, |this| this.message(nested, features, false));
        }
        for (index, one) in (0..).zip(&message.enums) {
            self.under(4, index, |this| this.enumeration(one, features, Some(message)));
        }
        self.extensions(6, &message.extensions, features);
    }

    /// protoc does not look at what no field can have.
    fn range_ends(&mut self, message: &Message) {
        if self.is_protoc() || is_message_set(message) {
            return;
        }
        let reserved = message.reserved_ranges.iter().copied();
        let extensions = message.extension_ranges.iter().map(|range| (range.start, range.end));
        let reserved = (0..).zip(reserved).map(|(index, range)| ([9, index], range));
        let extensions = (0..).zip(extensions).map(|(index, range)| ([5, index], range));
        for ([field, index], (start, end)) in reserved.chain(extensions) {
            let ends = [(1, start), (2, end.saturating_sub(1))];
            let is_beyond = |number| number > MAX_FIELD_NUMBER || OWN_NUMBERS.contains(&number);
            if let Some((end, number)) = ends.into_iter().find(|&(_, number)| is_beyond(number)) {
                let path = [&self.path[..], &[field, index, end]].concat();
                self.report.at(&path, format!("no field can have the number {number}"));
            }
        }
    }

    /// All names within the message, which share one scope.
    fn scope(&mut self, message: &Message) {
        let fields = (0..).zip(&message.fields).map(|(at, one)| (&*one.name, [2, at, 1, 0, 0]));
        let nested = (0..).zip(&message.messages).map(|(at, one)| (&*one.name, [3, at, 1, 0, 0]));
        let enums = (0..).zip(&message.enums).map(|(at, one)| (&*one.name, [4, at, 1, 0, 0]));
        let values = (0..).zip(&message.enums).flat_map(|(at, one)| {
            (0..).zip(&one.values).map(move |(index, value)| (&*value.name, [4, at, 2, index, 1]))
        });
        let oneofs = (0..).zip(&message.oneofs).map(|(at, one)| (&*one.name, [8, at, 1, 0, 0]));
        let extensions =
            (0..).zip(&message.extensions).map(|(at, one)| (&*one.name, [6, at, 1, 0, 0]));
        let all = fields.chain(oneofs).chain(nested).chain(enums).chain(values).chain(extensions);
        let mut names: Vec<(&str, [i32; 5])> = all.collect();
        names.sort_by_key(|&(name, _)| name);
        for pair in names.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let part = |path: &[i32; 5]| path[..if path[4] == 0 { 3 } else { 5 }].to_vec();
            let (first, again) = (part(&pair[0].1), part(&pair[1].1));
            self.clash(&again, &first, |place| {
                let (name, around) = (pair[0].0, &message.full_name);
                let mut text = format!("`{name}` is already defined in `{around}`, at {place}");
                if again.len() == 5 {
                    text.push_str(" (the values of an enum are siblings of the enum)");
                }
                text
            });
        }
    }

    fn reserved_names(&mut self, message: &Message) {
        if message.reserved_names.is_empty() {
            return;
        }
        let mut names: Vec<(&str, i32)> =
            (0..).zip(&message.reserved_names).map(|(at, name)| (&**name, at)).collect();
        names.sort_unstable();
        self.reserved_twice(10, &names);
        for (index, field) in (0..).zip(&message.fields) {
            if let Ok(at) = names.binary_search_by_key(&&*field.name, |&(name, _)| name) {
                self.clash(&[2, index, 1], &[10, names[at].1], |place| {
                    format!("the name `{}` is reserved, at {place}", field.name)
                });
            }
        }
    }

    /// Names that stand twice, sorted; `part` is the number of `reserved_name` in the descriptor.
    pub(super) fn reserved_twice(&mut self, part: i32, names: &[(&str, i32)]) {
        for pair in names.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            self.fault_within(&[part, pair[1].1], format!("`{}` is reserved twice", pair[1].0));
        }
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        for &(name, at) in names {
            let begins_well = name.starts_with(|first: char| !first.is_ascii_digit());
            if !begins_well || !name.bytes().all(is_letter) {
                self.fault_within(&[part, at], format!("the reserved `{name}` is no name"));
            }
        }
    }

    fn message_kind(&mut self, message: &Message) {
        let is_set = is_message_set(message);
        if is_set && self.file.syntax == Syntax::Proto3 {
            self.fault(7, "proto3 has no message sets");
        } else if is_set && !message.fields.is_empty() {
            self.fault_within(&[2, 0], "a message set has extensions only, no fields");
        } else if is_set && message.extension_ranges.is_empty() {
            self.fault(1, "a message set must declare extensions");
        }
        if self.is_proto3() && !message.extension_ranges.is_empty() {
            self.fault_within(&[5, 0], "proto3 has no extension ranges");
        }
    }

    fn oneofs(&mut self, message: &Message, features: Features) {
        if message.oneofs.is_empty() {
            return;
        }
        let mut counts = vec![0_usize; message.oneofs.len()];
        for index in message.fields.iter().filter_map(|field| field.oneof_index) {
            if let Some(count) = counts.get_mut(index as usize) {
                *count += 1;
            }
        }
        for ((index, oneof), count) in (0..).zip(&message.oneofs).zip(counts) {
            let features = features.below(oneof.options.as_deref(), Holder::Oneof);
            self.under(8, index, |this| {
                if count == 0 {
                    this.fault(1, format!("oneof `{}` has no fields", oneof.name));
                }
                let what = || format!("the number of fields of oneof `{}`", oneof.name);
                this.limit(features, what, count, super::limit::FIELDS_OF_ONEOF);
                this.style(features, "oneof", &oneof.name, super::style::lower_snake);
            });
        }
    }
}

//! What holds for fields: their types, labels, defaults and built-in options.

use super::Check;
use super::visibility::is_exported;
use crate::descriptor::{Field, Kind, Label, Message};
use crate::link::semantics::{around, is_map_entry, is_packable, oneof};
use crate::link::table::Symbol;
use crate::{EnumType, Features, Holder};

/// The numbers of `FieldOptions`.
const CTYPE: u32 = 1;
const CORD: i32 = 1;
const PACKED: u32 = 2;
const LAZY: u32 = 5;
const JSTYPE: u32 = 6;
const UNVERIFIED_LAZY: u32 = 15;

impl Check<'_> {
    pub(super) fn field(&mut self, field: &Field, message: &Message, around: Features) {
        let around = match oneof(field, message) {
            Some(at) => around.below(message.oneofs[at].options.as_deref(), Holder::Oneof),
            None => around,
        };
        let features = around.below(field.options.as_deref(), Holder::Field);
        let is_entry = is_map_entry(message);
        if !is_entry {
            self.style(features, "field", &field.name, super::style::lower_snake);
        }
        self.field_kind(field, features, is_entry);
        self.feature(field, features, false, is_entry);
    }

    /// What holds for fields and extensions alike.
    pub(super) fn field_kind(&mut self, field: &Field, features: Features, is_entry: bool) {
        self.is_visible(field.type_name.as_deref(), 6);
        self.default_value(field);
        self.field_options(field, features);
        if is_entry {
            self.map_key(field);
        } else {
            self.map_value(field);
        }
        if self.is_proto3() {
            self.proto3_field(field);
        }
    }

    /// Whether a type of another file may be used here.
    pub(super) fn is_visible(&mut self, type_name: Option<&str>, part: i32) {
        let (table, files) = (self.names.table, self.names.files);
        let Some(symbol) = type_name.and_then(|name| table.by_type_name(name)) else { return };
        let (entry, said) = match symbol {
            Symbol::Message(id) => (table.message_entry(id), table.message(files, id).visibility),
            Symbol::Enum(id) => (table.enum_entry(id), table.enumeration(files, id).visibility),
            _ => return,
        };
        if entry.file == self.names.here || files[entry.file as usize].syntax.edition() < 1001 {
            return;
        }
        let own = match symbol {
            Symbol::Message(id) => {
                let options = table.message(files, id).options.as_deref();
                around(files, table, entry).below(options, Holder::Message)
            }
            _ => around(files, table, entry),
        };
        if !is_exported(said, own, entry.parent.is_none()) {
            let name = entry.type_name.trim_start_matches('.');
            let file = &files[entry.file as usize].name;
            self.fault(part, format!("`{name}` is local to `{file}` and cannot be used here"));
        }
    }

    fn proto3_field(&mut self, field: &Field) {
        if field.label == Label::Required {
            self.fault(4, "proto3 has no required fields");
        }
        if field.default_value.is_some() {
            self.fault(7, "proto3 has no default values");
        }
        if field.kind == Some(Kind::Group) {
            self.fault(5, "proto3 has no groups");
        }
        if self.is_closed(field) == Some(true) {
            let name = field.type_name.as_deref().unwrap_or_default().trim_start_matches('.');
            self.fault(6, format!("enum `{name}` is closed, and proto3 can use open enums only"));
        }
    }

    /// Whether the field's enum is closed; `None` if it has no enum.
    pub(super) fn is_closed(&self, field: &Field) -> Option<bool> {
        let (table, files) = (self.names.table, self.names.files);
        match table.by_type_name(field.type_name.as_deref()?)? {
            Symbol::Enum(id) => {
                let features = around(files, table, table.enum_entry(id));
                let options = table.enumeration(files, id).options.as_deref();
                Some(features.below(options, Holder::Enum).enum_type == EnumType::Closed)
            }
            _ => None,
        }
    }

    fn default_value(&mut self, field: &Field) {
        let Some(value) = field.default_value.as_deref() else { return };
        if field.label == Label::Repeated {
            return self.fault(7, "a repeated field cannot have a default value");
        }
        if matches!(field.kind, Some(Kind::Message | Kind::Group)) {
            return self.fault(7, "a message cannot have a default value");
        }
        let (table, files) = (self.names.table, self.names.files);
        let type_name = field.type_name.as_deref().unwrap_or_default();
        if let (Some(Kind::Enum), Some(Symbol::Enum(id))) =
            (field.kind, table.by_type_name(type_name))
        {
            let one = table.enumeration(files, id);
            let is_number = !self.is_protoc() && value.parse::<i32>().is_ok();
            if !is_number && one.values.iter().all(|known| *known.name != *value) {
                self.fault(7, format!("enum `{}` has no value named `{value}`", one.full_name));
            }
        }
    }

    fn field_options(&mut self, field: &Field, features: Features) {
        let Some(options) = field.options.as_deref() else { return };
        self.support(&[8, 22], options.all(22));
        let kind = field.kind.unwrap_or(Kind::Message);
        let is_lazy = options.flag(LAZY) || options.flag(UNVERIFIED_LAZY);
        let is_delimited = features.message_encoding == crate::MessageEncoding::Delimited;
        if is_lazy && (kind != Kind::Message || is_delimited) {
            self.fault_within(&[8, LAZY as i32], "only a message that is not a group can be lazy");
        }
        if options.flag(PACKED) && !(field.label == Label::Repeated && is_packable(kind)) {
            let text = "only repeated fields of numbers, bools and enums can be packed";
            self.fault_within(&[8, PACKED as i32], text);
        }
        let is_64_bit = matches!(
            kind,
            Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64
        );
        if options.get(JSTYPE).is_some() && !is_64_bit {
            self.fault_within(&[8, JSTYPE as i32], "`jstype` is for 64-bit integers only");
        }
        if options.get(CTYPE).is_some() && self.file.syntax.edition() > 1000 {
            let text = "`ctype` is gone since edition 2024: use the feature `(pb.cpp).string_type`";
            self.fault_within(&[8, CTYPE as i32], text);
        }
        let is_2023 = self.file.syntax.edition() == 1000;
        let is_string = matches!(kind, Kind::String | Kind::Bytes);
        let is_buf_2023 = is_2023 && !self.is_protoc();
        if options.get(CTYPE).is_some() && is_buf_2023 && !is_string {
            self.fault_within(&[8, CTYPE as i32], "`ctype` is for strings and bytes only");
        }
        if options.number(CTYPE) == Some(CORD) && is_buf_2023 && field.extendee.is_some() {
            self.fault_within(&[8, CTYPE as i32], "an extension cannot be a `CORD`");
        }
    }

    /// What the key of a map may be, where the field is one.
    fn map_key(&mut self, field: &Field) {
        let what = match field.kind {
            Some(Kind::Enum) => "an enum",
            Some(Kind::Message | Kind::Group) => "a message",
            Some(other @ (Kind::Float | Kind::Double | Kind::Bytes)) => other.name(),
            _ => return,
        };
        if field.number == 1 {
            self.fault(6, format!("the key of a map cannot be {what}"));
        }
    }

    /// The first value of an enum in a map.
    fn map_value(&mut self, field: &Field) {
        let entry = self.message_named(field.type_name.as_deref()).filter(|one| is_map_entry(one));
        let Some([_, value]) = entry.map(|entry| &entry.fields[..]) else { return };
        let (table, files) = (self.names.table, self.names.files);
        if let Some(Symbol::Enum(id)) =
            value.type_name.as_deref().and_then(|name| table.by_type_name(name))
        {
            let first = table.enumeration(files, id).values.first();
            if self.is_protoc() && first.is_some_and(|first| first.number != 0) {
                self.fault(6, "the first value of an enum in a map must be zero");
            }
        }
    }
}

//! Fills a [`Schema`] from descriptors.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use treaty_compiler::descriptor::{self, File, Kind, Label, Options, default_json_name};
use treaty_compiler::{EnumType, Features, FieldPresence, Holder, MessageEncoding};

use super::element::EnumName;
use super::strings::{CppString, java_checks_utf8};
use super::{
    Cardinality, Enum, EnumNumber, Field, Idempotency, Message, Method, Oneof, Place, Reserved,
    Schema, Service, SourceFile,
};
use crate::Descriptors;

/// Numbers of options that are read here.
const MAP_ENTRY: u32 = 7;
const MESSAGE_DEPRECATED: u32 = 3;
const FIELD_DEPRECATED: u32 = 3;
const ENUM_DEPRECATED: u32 = 3;
const VALUE_DEPRECATED: u32 = 1;
const SERVICE_DEPRECATED: u32 = 33;
const METHOD_DEPRECATED: u32 = 33;
const IDEMPOTENCY_LEVEL: u32 = 34;

pub(super) fn schema(descriptors: &Descriptors) -> Schema<'_> {
    let mut schema = Schema::default();
    for (file, own) in descriptors.closure() {
        if own {
            schema.files.insert(&file.name, SourceFile::new(file));
        }
        let features = Features::of(file.syntax).below(file.options.as_deref(), Holder::File);
        let mut builder = Builder { schema: &mut schema, file, own, path: Vec::new() };
        for (index, message) in (0..).zip(&file.messages) {
            builder.at(&[4, index], |builder| builder.message(message, features, None));
        }
        for (index, enumeration) in (0..).zip(&file.enums) {
            builder.at(&[5, index], |builder| builder.enumeration(enumeration, features));
        }
        for (index, service) in (0..).zip(&file.services).filter(|_| own) {
            builder.at(&[6, index], |builder| builder.service(service));
        }
        for (index, extension) in (0..).zip(&file.extensions) {
            builder.at(&[7, index], |builder| builder.extension(extension, features));
        }
    }
    schema
}

/// Walks a file; `path` is that of the element at hand.
struct Builder<'b, 'd> {
    schema: &'b mut Schema<'d>,
    file: &'d File,
    own: bool,
    path: Vec<i32>,
}

impl<'d> Builder<'_, 'd> {
    fn at(&mut self, numbers: &[i32], walk: impl FnOnce(&mut Self)) {
        let outer = self.path.len();
        self.path.extend_from_slice(numbers);
        walk(self);
        self.path.truncate(outer);
    }

    fn place(&self) -> Place<'d> {
        Place::new(&self.file.name, &self.path)
    }

    fn part(&self, numbers: &[i32]) -> Place<'d> {
        Place::below(&self.file.name, &self.path, numbers)
    }

    /// The full name without the package.
    fn nested_name(&self, full_name: &'d str) -> &'d str {
        match self.file.package.len() {
            0 => full_name,
            length => full_name.get(length + 1..).unwrap_or(full_name),
        }
    }

    /// A message; the entry of a map stands where the type of its field does.
    fn message(&mut self, proto: &'d descriptor::Message, outer: Features, map: Option<Place<'d>>) {
        let options = proto.options.as_deref();
        let features = outer.below(options, Holder::Message);
        for (index, message) in (0..).zip(&proto.messages) {
            let map = if is_map_entry(message) { self.map_field(proto, message) } else { None };
            self.at(&[3, index], |builder| builder.message(message, features, map));
        }
        for (index, enumeration) in (0..).zip(&proto.enums) {
            self.at(&[4, index], |builder| builder.enumeration(enumeration, features));
        }
        for (index, extension) in (0..).zip(&proto.extensions) {
            self.at(&[6, index], |builder| builder.extension(extension, features));
        }
        let mut message = Message {
            proto,
            full_name: &proto.full_name,
            name: &proto.name,
            nested_name: self.nested_name(&proto.full_name),
            package: &self.file.package,
            place: map.clone().unwrap_or_else(|| self.place()),
            features,
            map_entry: is_map_entry(proto),
            deprecated: flag(options, MESSAGE_DEPRECATED),
            fields: Vec::with_capacity(proto.fields.len()),
            oneofs: oneofs(proto),
            reserved: Reserved {
                ranges: proto
                    .reserved_ranges
                    .iter()
                    .map(|&(first, end)| (first, end.saturating_sub(1)))
                    .collect(),
                names: proto.reserved_names.iter().map(|name| &**name).collect(),
            },
        };
        for (index, field) in (0..).zip(&proto.fields) {
            let place = map.clone().unwrap_or_else(|| self.part(&[2, index]));
            let field = self.field(proto, &message, field, place);
            message.fields.push(field);
        }
        message.fields.sort_by_key(|field| field.number);
        let schema = &mut *self.schema;
        let messages = if self.own { &mut schema.messages } else { &mut schema.imported_messages };
        messages.insert(message.full_name, message);
    }

    /// The place of the type of the field whose map's entry the nested message is.
    fn map_field(
        &self,
        proto: &descriptor::Message,
        entry: &descriptor::Message,
    ) -> Option<Place<'d>> {
        let is_map = |field: &descriptor::Field| {
            field.type_name.as_deref().and_then(|name| name.strip_prefix('.'))
                == Some(&*entry.full_name)
        };
        let index = proto.fields.iter().position(is_map)?;
        Some(self.part(&[2, i32::try_from(index).ok()?, 6]))
    }

    fn field(
        &self,
        parent: &'d descriptor::Message,
        message: &Message<'d>,
        proto: &'d descriptor::Field,
        place: Place<'d>,
    ) -> Field<'d> {
        let oneof = proto.oneof_index.filter(|_| !proto.proto3_optional);
        let oneof = oneof.and_then(|index| parent.oneofs.get(usize::try_from(index).ok()?));
        let features = message
            .features
            .below(oneof.and_then(|oneof| oneof.options.as_deref()), Holder::Oneof)
            .below(proto.options.as_deref(), Holder::Field);
        let type_name = type_name(proto);
        let is_map = proto.label == Label::Repeated
            && type_name.is_some_and(|name| {
                parent.messages.iter().any(|one| *one.full_name == *name && is_map_entry(one))
            });
        let kind = kind(proto, features, is_map || message.map_entry);
        Field {
            proto,
            name: &proto.name,
            parent: message.name,
            message: message.full_name,
            number: proto.number,
            place,
            features,
            kind,
            type_name,
            cardinality: cardinality(proto, kind, features, is_map),
            in_map_entry: message.map_entry,
            cpp_string: CppString::of(self.file, kind, features, proto.options.as_deref()),
            java_checks_utf8: java_checks_utf8(self.file, features),
            json_name: proto
                .json_name
                .as_deref()
                .map_or_else(|| Cow::Owned(default_json_name(&proto.name)), Cow::Borrowed),
            oneof: oneof.map(|oneof| &*oneof.name),
            deprecated: flag(proto.options.as_deref(), FIELD_DEPRECATED),
        }
    }

    fn extension(&mut self, proto: &'d descriptor::Field, outer: Features) {
        let extendee = proto.extendee.as_deref().unwrap_or_default();
        let extendee = extendee.strip_prefix('.').unwrap_or(extendee);
        if extendee.starts_with("google.protobuf.") {
            self.schema.options.insert((extendee, proto.number), &proto.full_name);
        }
        if !self.own {
            return;
        }
        let features = outer.below(proto.options.as_deref(), Holder::Field);
        let kind = kind(proto, features, false);
        let extension = Field {
            proto,
            name: &proto.name,
            parent: extendee.rsplit('.').next().unwrap_or_default(),
            message: extendee,
            number: proto.number,
            place: self.place(),
            features,
            kind,
            type_name: type_name(proto),
            // Extensions have explicit presence in every syntax.
            cardinality: match proto.label {
                Label::Repeated => Cardinality::Repeated,
                Label::Required => Cardinality::Required,
                Label::Optional => Cardinality::Explicit,
            },
            in_map_entry: false,
            cpp_string: CppString::of(self.file, kind, features, proto.options.as_deref()),
            java_checks_utf8: java_checks_utf8(self.file, features),
            json_name: proto
                .json_name
                .as_deref()
                .map_or_else(|| Cow::Owned(default_json_name(&proto.name)), Cow::Borrowed),
            oneof: None,
            deprecated: flag(proto.options.as_deref(), FIELD_DEPRECATED),
        };
        self.schema.extensions.insert((extendee, proto.number), extension);
    }

    fn enumeration(&mut self, proto: &'d descriptor::Enum, outer: Features) {
        let options = proto.options.as_deref();
        let features = outer.below(options, Holder::Enum);
        let enumeration = Enum {
            proto,
            full_name: &proto.full_name,
            name: &proto.name,
            nested_name: self.nested_name(&proto.full_name),
            package: &self.file.package,
            place: self.place(),
            features,
            closed: features.enum_type == EnumType::Closed,
            deprecated: flag(options, ENUM_DEPRECATED),
            numbers: self.numbers(proto),
            reserved: Reserved {
                ranges: proto.reserved_ranges.clone(),
                names: proto.reserved_names.iter().map(|name| &**name).collect(),
            },
        };
        let schema = &mut *self.schema;
        let enums = if self.own { &mut schema.enums } else { &mut schema.imported_enums };
        enums.insert(enumeration.full_name, enumeration);
    }

    fn numbers(&self, proto: &'d descriptor::Enum) -> Vec<EnumNumber<'d>> {
        let mut numbers: BTreeMap<i32, EnumNumber<'d>> = BTreeMap::new();
        for (index, value) in (0..).zip(&proto.values) {
            let number = numbers.entry(value.number).or_insert_with(|| EnumNumber {
                number: value.number,
                parent: &proto.name,
                of: &proto.full_name,
                names: Vec::with_capacity(1),
                deprecated: false,
            });
            number.names.push(EnumName { name: &value.name, place: self.part(&[2, index]) });
            number.deprecated |= flag(value.options.as_deref(), VALUE_DEPRECATED);
        }
        for number in numbers.values_mut() {
            number.names.sort_by_key(|one| one.name);
        }
        numbers.into_values().collect()
    }

    fn service(&mut self, proto: &'d descriptor::Service) {
        let mut methods: Vec<_> = (0..)
            .zip(&proto.methods)
            .map(|(index, method)| self::method(proto, method, self.part(&[2, index])))
            .collect();
        methods.sort_by_key(|method| method.name);
        let service = Service {
            proto,
            full_name: &proto.full_name,
            name: &proto.name,
            package: &self.file.package,
            place: self.place(),
            deprecated: flag(proto.options.as_deref(), SERVICE_DEPRECATED),
            methods,
        };
        self.schema.services.insert(service.full_name, service);
    }
}

fn oneofs(proto: &descriptor::Message) -> Vec<Oneof<'_>> {
    let synthetic: BTreeSet<u32> = proto
        .fields
        .iter()
        .filter(|field| field.proto3_optional)
        .filter_map(|field| field.oneof_index)
        .collect();
    let declared = (0_u32..).zip(&proto.oneofs).filter(|(index, _)| !synthetic.contains(index));
    declared.map(|(_, oneof)| Oneof { name: &oneof.name, message: &proto.full_name }).collect()
}

fn method<'d>(
    service: &'d descriptor::Service,
    proto: &'d descriptor::Method,
    place: Place<'d>,
) -> Method<'d> {
    let options = proto.options.as_deref();
    Method {
        proto,
        name: &proto.name,
        parent: &service.name,
        service: &service.full_name,
        place,
        input: proto.input.strip_prefix('.').unwrap_or(&proto.input),
        output: proto.output.strip_prefix('.').unwrap_or(&proto.output),
        client_streaming: proto.client_streaming,
        server_streaming: proto.server_streaming,
        idempotency: match options.and_then(|options| options.number(IDEMPOTENCY_LEVEL)) {
            Some(1) => Idempotency::NoSideEffects,
            Some(2) => Idempotency::Idempotent,
            _ => Idempotency::Unknown,
        },
        deprecated: flag(options, METHOD_DEPRECATED),
    }
}

fn is_map_entry(message: &descriptor::Message) -> bool {
    flag(message.options.as_deref(), MAP_ENTRY)
}

fn flag(options: Option<&Options>, number: u32) -> bool {
    options.is_some_and(|options| options.flag(number))
}

fn type_name(proto: &descriptor::Field) -> Option<&str> {
    proto.type_name.as_deref().map(|name| name.strip_prefix('.').unwrap_or(name))
}

/// Maps and their entries are never delimited.
fn kind(proto: &descriptor::Field, features: Features, in_map: bool) -> Kind {
    let delimited = features.message_encoding == MessageEncoding::Delimited;
    match proto.kind.unwrap_or(Kind::Message) {
        Kind::Message if delimited && !in_map => Kind::Group,
        kind => kind,
    }
}

fn cardinality(
    proto: &descriptor::Field,
    kind: Kind,
    features: Features,
    is_map: bool,
) -> Cardinality {
    match proto.label {
        Label::Repeated if is_map => Cardinality::Map,
        Label::Repeated => Cardinality::Repeated,
        Label::Required => Cardinality::Required,
        Label::Optional => {
            let always = proto.proto3_optional
                || proto.oneof_index.is_some()
                || matches!(kind, Kind::Message | Kind::Group);
            match features.field_presence {
                FieldPresence::LegacyRequired => Cardinality::Required,
                FieldPresence::Implicit if !always => Cardinality::Implicit,
                _ => Cardinality::Explicit,
            }
        }
    }
}

//! Fills a [`Schema`] from prost descriptors of proto2 and proto3 files.

use std::collections::BTreeSet;

use prost_reflect::DescriptorPool;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::method_options::IdempotencyLevel;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    MethodDescriptorProto, ServiceDescriptorProto,
};

use super::{
    Cardinality, Enum, EnumNumber, Field, Idempotency, Kind, Message, Method, Oneof, Place,
    Reserved, Schema, Service, SourceFile, Span,
};

/// Where an element is declared: its file, the names around it and its path.
struct Scope<'a> {
    file: &'a FileDescriptorProto,
    own: bool,
    /// The names of the messages around, joined by dots.
    nested: String,
    path: Vec<i32>,
}

pub(super) fn schema(pool: &DescriptorPool, own: &BTreeSet<String>) -> Schema {
    let mut schema = Schema::default();
    for file in pool.files() {
        let proto = file.file_descriptor_proto();
        let own = own.contains(file.name());
        if own {
            schema.files.insert(file.name().to_owned(), source_file(proto));
        }
        let scope = |path: Vec<i32>| Scope { file: proto, own, nested: String::new(), path };
        for (index, message) in (0..).zip(&proto.message_type) {
            add_message(&mut schema, &scope(vec![4, index]), message);
        }
        for (index, enumeration) in (0..).zip(&proto.enum_type) {
            add_enum(&mut schema, &scope(vec![5, index]), enumeration);
        }
        for (index, service) in (0..).zip(&proto.service).filter(|_| own) {
            let service = self::service(&scope(vec![6, index]), service);
            schema.services.insert(service.full_name.clone(), service);
        }
    }
    schema
}

fn source_file(proto: &FileDescriptorProto) -> SourceFile {
    let mut file = SourceFile {
        name: proto.name().to_owned(),
        package: proto.package().to_owned(),
        syntax: if proto.syntax() == "proto3" { "proto3" } else { "proto2" },
        spans: Default::default(),
    };
    for location in proto.source_code_info.iter().flat_map(|info| &info.location) {
        if let Some(span) = Span::new(&location.span) {
            file.spans.entry(location.path.clone()).or_insert(span);
        }
    }
    file
}

impl Scope<'_> {
    fn place(&self) -> Place {
        Place { file: self.file.name().to_owned(), path: self.path.clone() }
    }

    fn nested_name(&self, name: &str) -> String {
        if self.nested.is_empty() { name.to_owned() } else { format!("{}.{name}", self.nested) }
    }

    fn full_name(&self, nested_name: &str) -> String {
        match self.file.package() {
            "" => nested_name.to_owned(),
            package => format!("{package}.{nested_name}"),
        }
    }

    fn is_proto3(&self) -> bool {
        self.file.syntax() == "proto3"
    }
}

fn add_message(schema: &mut Schema, scope: &Scope<'_>, proto: &DescriptorProto) {
    let nested_name = scope.nested_name(proto.name());
    let full_name = scope.full_name(&nested_name);
    let inner = |kind: i32, index: i32| Scope {
        file: scope.file,
        own: scope.own,
        nested: nested_name.clone(),
        path: [&scope.path[..], &[kind, index]].concat(),
    };
    for (index, message) in (0..).zip(&proto.nested_type) {
        let map = (0..).zip(&proto.field).find(|(_, field)| {
            let is_entry = message.options.as_ref().is_some_and(|options| options.map_entry());
            is_entry && field.type_name() == format!(".{full_name}.{}", message.name())
        });
        let scope = map.map_or_else(|| inner(3, index), |(field, _)| inner(2, field));
        add_message(schema, &scope, message);
    }
    for (index, enumeration) in (0..).zip(&proto.enum_type) {
        add_enum(schema, &inner(4, index), enumeration);
    }
    let options = proto.options.clone().unwrap_or_default();
    let synthetic: BTreeSet<i32> = proto
        .field
        .iter()
        .filter(|field| field.proto3_optional())
        .filter_map(|field| field.oneof_index)
        .collect();
    let mut message = Message {
        name: proto.name().to_owned(),
        package: scope.file.package().to_owned(),
        place: scope.place(),
        map_entry: options.map_entry(),
        deprecated: options.deprecated(),
        fields: Default::default(),
        oneofs: (0..)
            .zip(&proto.oneof_decl)
            .filter(|(index, _)| !synthetic.contains(index))
            .map(|(_, oneof)| Oneof { name: oneof.name().to_owned(), message: full_name.clone() })
            .collect(),
        reserved: Reserved {
            ranges: proto
                .reserved_range
                .iter()
                .map(|range| (range.start(), range.end() - 1))
                .collect(),
            names: proto.reserved_name.iter().cloned().collect(),
        },
        full_name,
        nested_name: nested_name.clone(),
    };
    for (index, field) in (0..).zip(&proto.field) {
        // A map's entry is written nowhere; it stands where its map does.
        let place = if message.map_entry { scope.place() } else { inner(2, index).place() };
        let field = self::field(scope, proto, &message, field, place);
        message.fields.insert(field.number, field);
    }
    let messages = if scope.own { &mut schema.messages } else { &mut schema.imported_messages };
    messages.insert(message.full_name.clone(), message);
}

fn field(
    scope: &Scope<'_>,
    parent: &DescriptorProto,
    message: &Message,
    proto: &FieldDescriptorProto,
    place: Place,
) -> Field {
    let oneof = proto.oneof_index.filter(|_| !proto.proto3_optional());
    let oneof = oneof
        .and_then(|index| parent.oneof_decl.get(usize::try_from(index).ok()?))
        .map(|oneof| oneof.name().to_owned());
    let kind = kind(proto.r#type());
    let type_name = proto.type_name.as_ref().map(|name| name.trim_start_matches('.').to_owned());
    let is_map = type_name.as_ref().is_some_and(|name| {
        parent.nested_type.iter().any(|nested| {
            nested.options.as_ref().is_some_and(prost_types::MessageOptions::map_entry)
                && *name == format!("{}.{}", message.full_name, nested.name())
        })
    });
    let cardinality = match proto.label() {
        Label::Repeated if is_map => Cardinality::Map,
        Label::Repeated => Cardinality::Repeated,
        Label::Required => Cardinality::Required,
        Label::Optional => {
            let explicit = !scope.is_proto3()
                || proto.proto3_optional()
                || oneof.is_some()
                || matches!(kind, Kind::Message | Kind::Group);
            if explicit { Cardinality::Explicit } else { Cardinality::Implicit }
        }
    };
    Field {
        name: proto.name().to_owned(),
        parent: message.name.clone(),
        message: message.full_name.clone(),
        number: proto.number(),
        place,
        kind,
        type_name,
        cardinality,
        in_map_entry: message.map_entry,
        json_name: proto.json_name.clone().unwrap_or_else(|| json_name(proto.name())),
        oneof,
        deprecated: proto.options.as_ref().is_some_and(|options| options.deprecated()),
    }
}

/// The name that protoc gives a field in JSON.
fn json_name(name: &str) -> String {
    let mut json = String::new();
    let mut upper = false;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else {
            json.push(if upper { letter.to_ascii_uppercase() } else { letter });
            upper = false;
        }
    }
    json
}

fn add_enum(schema: &mut Schema, scope: &Scope<'_>, proto: &EnumDescriptorProto) {
    let nested_name = scope.nested_name(proto.name());
    let full_name = scope.full_name(&nested_name);
    let mut enumeration = Enum {
        name: proto.name().to_owned(),
        nested_name,
        package: scope.file.package().to_owned(),
        place: scope.place(),
        closed: !scope.is_proto3(),
        deprecated: proto.options.as_ref().is_some_and(|options| options.deprecated()),
        numbers: Default::default(),
        reserved: Reserved {
            ranges: proto.reserved_range.iter().map(|range| (range.start(), range.end())).collect(),
            names: proto.reserved_name.iter().cloned().collect(),
        },
        full_name: full_name.clone(),
    };
    for (index, value) in (0..).zip(&proto.value) {
        let place = scope.place().part(&[2, index]);
        let number = enumeration.numbers.entry(value.number()).or_insert_with(|| EnumNumber {
            number: value.number(),
            parent: proto.name().to_owned(),
            of: full_name.clone(),
            names: Default::default(),
            deprecated: false,
        });
        number.names.insert(value.name().to_owned(), place);
        number.deprecated |= value.options.as_ref().is_some_and(|options| options.deprecated());
    }
    let enums = if scope.own { &mut schema.enums } else { &mut schema.imported_enums };
    enums.insert(full_name, enumeration);
}

fn service(scope: &Scope<'_>, proto: &ServiceDescriptorProto) -> Service {
    let full_name = scope.full_name(proto.name());
    let methods = (0..).zip(&proto.method).map(|(index, method)| {
        let place = scope.place().part(&[2, index]);
        (method.name().to_owned(), self::method(&full_name, proto.name(), method, place))
    });
    Service {
        name: proto.name().to_owned(),
        package: scope.file.package().to_owned(),
        place: scope.place(),
        deprecated: proto.options.as_ref().is_some_and(|options| options.deprecated()),
        methods: methods.collect(),
        full_name: full_name.clone(),
    }
}

fn method(service: &str, parent: &str, proto: &MethodDescriptorProto, place: Place) -> Method {
    let options = proto.options.clone().unwrap_or_default();
    Method {
        name: proto.name().to_owned(),
        parent: parent.to_owned(),
        service: service.to_owned(),
        place,
        input: proto.input_type().trim_start_matches('.').to_owned(),
        output: proto.output_type().trim_start_matches('.').to_owned(),
        client_streaming: proto.client_streaming(),
        server_streaming: proto.server_streaming(),
        idempotency: match options.idempotency_level() {
            IdempotencyLevel::IdempotencyUnknown => Idempotency::Unknown,
            IdempotencyLevel::Idempotent => Idempotency::Idempotent,
            IdempotencyLevel::NoSideEffects => Idempotency::NoSideEffects,
        },
        deprecated: options.deprecated(),
    }
}

fn kind(proto: Type) -> Kind {
    match proto {
        Type::Double => Kind::Double,
        Type::Float => Kind::Float,
        Type::Int64 => Kind::Int64,
        Type::Uint64 => Kind::Uint64,
        Type::Int32 => Kind::Int32,
        Type::Fixed64 => Kind::Fixed64,
        Type::Fixed32 => Kind::Fixed32,
        Type::Bool => Kind::Bool,
        Type::String => Kind::String,
        Type::Group => Kind::Group,
        Type::Message => Kind::Message,
        Type::Bytes => Kind::Bytes,
        Type::Uint32 => Kind::Uint32,
        Type::Enum => Kind::Enum,
        Type::Sfixed32 => Kind::Sfixed32,
        Type::Sfixed64 => Kind::Sfixed64,
        Type::Sint32 => Kind::Sint32,
        Type::Sint64 => Kind::Sint64,
    }
}

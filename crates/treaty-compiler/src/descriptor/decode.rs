//! Decodes `google.protobuf.FileDescriptorProto`. — *Holds*: bounded nesting, no panic on any bytes;
//! names are not checked and references not resolved.

use std::sync::Arc;

use super::{
    Enum, EnumValue, ExtensionRange, Field, File, ImageFile, Import, ImportKind, Kind, Label,
    Locations, Message, Method, Oneof, Options, Service, Syntax, Visibility,
};
use crate::wire::{Fields, Malformed, Value, packed_numbers};

/// How deep messages may nest.
const MAX_NESTING: usize = 64;

/// The bytes are no descriptor of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a file's descriptor: {0}")]
pub struct NotADescriptor(String);

impl From<Malformed> for NotADescriptor {
    fn from(malformed: Malformed) -> Self {
        Self(malformed.to_string())
    }
}

type Result<T> = std::result::Result<T, NotADescriptor>;

impl File {
    /// Decodes a file's descriptor.
    ///
    /// # Errors
    ///
    /// [`NotADescriptor`] where the bytes are malformed, nest too deep, or say an unknown syntax.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut file = Self::default();
        let (mut public, mut weak, mut syntax, mut edition) = (vec![], vec![], "", 0);
        // Names need the package, which need not stand before the elements.
        for field in Fields::new(bytes) {
            let field = field?;
            if field.number == 2 {
                file.package = text(field.value)?.into();
            }
        }
        for field in Fields::new(bytes) {
            let field = field?;
            let scope = Scope { name: &file.package, depth: 0 };
            let value = field.value;
            match field.number {
                1 => file.name = text(value)?.into(),
                3 => {
                    let import = Import { path: text(value)?.into(), kind: ImportKind::Plain };
                    file.imports.push(import);
                }
                4 => file.messages.push(message(scope, inner(value)?)?),
                5 => file.enums.push(enumeration(scope, inner(value)?)?),
                6 => file.services.push(service(scope, inner(value)?)?),
                7 => file.extensions.push(self::field(Some(scope), inner(value)?)?),
                8 => options(&mut file.options, value)?,
                9 => file.locations = Locations::from_encoded(inner(value)?.to_vec()),
                10 => numbers(value, &mut public)?,
                11 => numbers(value, &mut weak)?,
                12 => syntax = text(value)?,
                14 => edition = number(value)?,
                15 => file.option_imports.push(text(value)?.into()),
                8042 => file.image = image_file(inner(value)?)?,
                _ => {}
            }
        }
        for (kind, indexes) in [(ImportKind::Public, public), (ImportKind::Weak, weak)] {
            for index in indexes {
                let import = usize::try_from(index).ok().and_then(|at| file.imports.get_mut(at));
                import
                    .ok_or_else(|| NotADescriptor(format!("import {index} is not there")))?
                    .kind = kind;
            }
        }
        file.syntax = match (syntax, edition) {
            ("" | "proto2", 0) => Syntax::Proto2,
            ("proto3", 0) => Syntax::Proto3,
            ("editions", 1..) => Syntax::Edition(edition),
            _ => {
                let name = &file.name;
                return Err(NotADescriptor(format!("{name} has the unknown syntax `{syntax}`")));
            }
        };
        Ok(file)
    }
}

/// The package or message around, and how deep it is.
#[derive(Clone, Copy)]
struct Scope<'a> {
    name: &'a str,
    depth: usize,
}

impl Scope<'_> {
    fn full_name(self, name: &str) -> String {
        if self.name.is_empty() { name.to_owned() } else { format!("{}.{name}", self.name) }
    }
}

fn inner(value: Value<'_>) -> Result<&[u8]> {
    value.bytes().ok_or_else(|| NotADescriptor("a message has another wire type".to_owned()))
}

fn text(value: Value<'_>) -> Result<&str> {
    value.text().ok_or_else(|| NotADescriptor("a name is not UTF-8".to_owned()))
}

fn number(value: Value<'_>) -> Result<i32> {
    value.int32().ok_or_else(|| NotADescriptor("a number has another wire type".to_owned()))
}

fn truth(value: Value<'_>) -> Result<bool> {
    value.truth().ok_or_else(|| NotADescriptor("a flag has another wire type".to_owned()))
}

/// Packed or not.
fn numbers(value: Value<'_>, into: &mut Vec<i32>) -> Result<()> {
    let Value::Bytes(packed) = value else {
        into.push(number(value)?);
        return Ok(());
    };
    for number in packed_numbers(packed) {
        into.push(number?);
    }
    Ok(())
}

/// A message that stands twice is merged, which for encoded ones is to append.
fn options(into: &mut Option<Box<Options>>, value: Value<'_>) -> Result<()> {
    let bytes = inner(value)?;
    Fields::new(bytes).try_for_each(|field| field.map(|_| ()))?;
    let merged = match into.take() {
        Some(earlier) => [earlier.bytes(), bytes].concat(),
        None => bytes.to_vec(),
    };
    *into = Some(Box::new(Options::new(merged)));
    Ok(())
}

fn visibility(value: Value<'_>) -> Result<Visibility> {
    Ok(match number(value)? {
        1 => Visibility::Local,
        2 => Visibility::Export,
        _ => Visibility::Unset,
    })
}

fn image_file(bytes: &[u8]) -> Result<ImageFile> {
    let mut image = ImageFile::default();
    for field in Fields::new(bytes) {
        let field = field?;
        match field.number {
            1 => image.is_import = truth(field.value)?,
            2 => image.module = Some(inner(field.value)?.into()),
            3 => image.is_syntax_unspecified = truth(field.value)?,
            4 => {
                let mut indexes = Vec::new();
                numbers(field.value, &mut indexes)?;
                image
                    .unused_imports
                    .extend(indexes.iter().filter_map(|&one| u32::try_from(one).ok()));
            }
            _ => {}
        }
    }
    Ok(image)
}

/// The first field of that number, which is the name in all messages that have one. An empty one is
/// none, and is not written either.
fn name(bytes: &[u8]) -> Result<&str> {
    let mut found = "";
    for field in Fields::new(bytes) {
        let field = field?;
        if field.number == 1 {
            found = text(field.value)?;
            break;
        }
    }
    match found {
        "" => Err(NotADescriptor("an element has no name".to_owned())),
        name => Ok(name),
    }
}

fn message(scope: Scope<'_>, bytes: &[u8]) -> Result<Message> {
    if scope.depth == MAX_NESTING {
        return Err(NotADescriptor("messages nest too deep".to_owned()));
    }
    let name = name(bytes)?;
    let full_name = scope.full_name(name);
    let scope = Scope { name: &full_name, depth: scope.depth + 1 };
    let mut message = Message { name: name.into(), ..Message::default() };
    for field in Fields::new(bytes) {
        let field = field?;
        let value = field.value;
        match field.number {
            2 => message.fields.push(self::field(None, inner(value)?)?),
            3 => message.messages.push(self::message(scope, inner(value)?)?),
            4 => message.enums.push(enumeration(scope, inner(value)?)?),
            5 => message.extension_ranges.push(extension_range(inner(value)?)?),
            6 => message.extensions.push(self::field(Some(scope), inner(value)?)?),
            7 => options(&mut message.options, value)?,
            8 => message.oneofs.push(oneof(inner(value)?)?),
            9 => message.reserved_ranges.push(range(inner(value)?)?),
            10 => message.reserved_names.push(text(value)?.into()),
            11 => message.visibility = visibility(value)?,
            _ => {}
        }
    }
    message.full_name = full_name.into();
    Ok(message)
}

fn range(bytes: &[u8]) -> Result<(i32, i32)> {
    let range = extension_range(bytes)?;
    Ok((range.start, range.end))
}

fn extension_range(bytes: &[u8]) -> Result<ExtensionRange> {
    let mut range = ExtensionRange::default();
    for field in Fields::new(bytes) {
        let field = field?;
        match field.number {
            1 => range.start = number(field.value)?,
            2 => range.end = number(field.value)?,
            3 => options(&mut range.options, field.value)?,
            _ => {}
        }
    }
    Ok(range)
}

fn oneof(bytes: &[u8]) -> Result<Oneof> {
    let mut oneof = Oneof { name: name(bytes)?.into(), options: None };
    for field in Fields::new(bytes) {
        let field = field?;
        if field.number == 2 {
            options(&mut oneof.options, field.value)?;
        }
    }
    Ok(oneof)
}

/// A field, or with a scope an extension.
fn field(scope: Option<Scope<'_>>, bytes: &[u8]) -> Result<Field> {
    let mut field = Field { name: name(bytes)?.into(), ..Field::default() };
    field.full_name = scope.map(|scope| scope.full_name(&field.name)).unwrap_or_default().into();
    for part in Fields::new(bytes) {
        let part = part?;
        let value = part.value;
        match part.number {
            2 => field.extendee = Some(text(value)?.into()),
            3 => field.number = number(value)?,
            4 => field.label = label(number(value)?)?,
            5 => {
                let kind = number(value)?;
                let unknown = || NotADescriptor(format!("a field has the unknown type {kind}"));
                field.kind = Some(Kind::from_number(kind).ok_or_else(unknown)?);
            }
            6 => field.type_name = Some(text(value)?.into()),
            7 => field.default_value = Some(text(value)?.into()),
            8 => options(&mut field.options, value)?,
            9 => {
                let index = u32::try_from(number(value)?);
                let negative = |_| NotADescriptor("an index of a oneof is negative".to_owned());
                field.oneof_index = Some(index.map_err(negative)?);
            }
            10 => field.json_name = Some(text(value)?.into()),
            17 => field.proto3_optional = truth(value)?,
            _ => {}
        }
    }
    Ok(field)
}

fn label(number: i32) -> Result<Label> {
    match number {
        1 => Ok(Label::Optional),
        2 => Ok(Label::Required),
        3 => Ok(Label::Repeated),
        _ => Err(NotADescriptor(format!("a field has the unknown label {number}"))),
    }
}

fn enumeration(scope: Scope<'_>, bytes: &[u8]) -> Result<Enum> {
    let name = name(bytes)?;
    let full_name: Arc<str> = scope.full_name(name).into();
    let mut enumeration = Enum { name: name.into(), full_name, ..Enum::default() };
    for field in Fields::new(bytes) {
        let field = field?;
        let value = field.value;
        match field.number {
            2 => enumeration.values.push(self::value(inner(value)?)?),
            3 => options(&mut enumeration.options, value)?,
            4 => enumeration.reserved_ranges.push(range(inner(value)?)?),
            5 => enumeration.reserved_names.push(text(value)?.into()),
            6 => enumeration.visibility = visibility(value)?,
            _ => {}
        }
    }
    Ok(enumeration)
}

fn value(bytes: &[u8]) -> Result<EnumValue> {
    let mut value = EnumValue { name: name(bytes)?.into(), ..EnumValue::default() };
    for field in Fields::new(bytes) {
        let field = field?;
        match field.number {
            2 => value.number = number(field.value)?,
            3 => options(&mut value.options, field.value)?,
            _ => {}
        }
    }
    Ok(value)
}

fn service(scope: Scope<'_>, bytes: &[u8]) -> Result<Service> {
    let name = name(bytes)?;
    let full_name: Arc<str> = scope.full_name(name).into();
    let mut service = Service { name: name.into(), full_name, ..Service::default() };
    for field in Fields::new(bytes) {
        let field = field?;
        match field.number {
            2 => service.methods.push(method(inner(field.value)?)?),
            3 => options(&mut service.options, field.value)?,
            _ => {}
        }
    }
    Ok(service)
}

fn method(bytes: &[u8]) -> Result<Method> {
    let mut method = Method { name: name(bytes)?.into(), ..Method::default() };
    for field in Fields::new(bytes) {
        let field = field?;
        let value = field.value;
        match field.number {
            2 => method.input = text(value)?.into(),
            3 => method.output = text(value)?.into(),
            4 => options(&mut method.options, value)?,
            5 => method.client_streaming = truth(value)?,
            6 => method.server_streaming = truth(value)?,
            _ => {}
        }
    }
    Ok(method)
}

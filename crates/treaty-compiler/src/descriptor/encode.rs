//! Encodes descriptors as `google.protobuf.FileDescriptorProto`.

use super::{
    Enum, EnumValue, ExtensionRange, Field, File, ImageFile, ImportKind, Message, Method, Oneof,
    Options, Service, Syntax, Visibility,
};
use crate::wire::{put_bytes, put_int32, put_message, put_number};

/// What of a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// Whether with places and comments.
    pub source_info: SourceInfo,
    /// Whether with buf's extension, so that the set is an image.
    pub image: bool,
}

impl Encoding {
    /// What a compiler of messages needs, and no more.
    pub const PLAIN: Self = Self { source_info: SourceInfo::Excluded, image: false };
}

/// Whether `source_code_info` is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceInfo {
    /// With it.
    Included,
    /// Without it.
    Excluded,
}

impl File {
    /// Appends the file's encoded descriptor.
    pub fn encode(&self, into: &mut Vec<u8>, encoding: Encoding) {
        text(into, 1, &self.name);
        text(into, 2, &self.package);
        self.imports.iter().for_each(|import| put_bytes(into, 3, import.path.as_bytes()));
        self.messages.iter().for_each(|one| put_message(into, 4, |into| message(one, into)));
        self.enums.iter().for_each(|one| put_message(into, 5, |into| enumeration(one, into)));
        self.services.iter().for_each(|one| put_message(into, 6, |into| service(one, into)));
        self.extensions.iter().for_each(|one| put_message(into, 7, |into| field(one, into)));
        options(into, 8, self.options.as_deref());
        if encoding.source_info == SourceInfo::Included && !self.locations.is_empty() {
            put_message(into, 9, |into| self.locations.encode_into(into));
        }
        for (number, kind) in [(10, ImportKind::Public), (11, ImportKind::Weak)] {
            for (index, import) in (0..).zip(&self.imports) {
                if import.kind == kind {
                    put_int32(into, number, index);
                }
            }
        }
        match self.syntax {
            Syntax::Proto2 => {}
            Syntax::Proto3 => put_bytes(into, 12, b"proto3"),
            Syntax::Edition(edition) => {
                put_bytes(into, 12, b"editions");
                put_int32(into, 14, edition);
            }
        }
        self.option_imports.iter().for_each(|path| put_bytes(into, 15, path.as_bytes()));
        if encoding.image {
            self.image.encode(into);
        }
    }
}

impl ImageFile {
    /// Appends the extension, as a field of the file's descriptor.
    pub fn encode(&self, into: &mut Vec<u8>) {
        put_message(into, 8042, |into| {
            // buf always sets both flags.
            put_number(into, 1, u64::from(self.is_import));
            if let Some(module) = &self.module {
                put_bytes(into, 2, module);
            }
            put_number(into, 3, u64::from(self.is_syntax_unspecified));
            self.unused_imports.iter().for_each(|&one| put_number(into, 4, u64::from(one)));
        });
    }
}

fn text(into: &mut Vec<u8>, number: u32, text: &str) {
    if !text.is_empty() {
        put_bytes(into, number, text.as_bytes());
    }
}

fn options(into: &mut Vec<u8>, number: u32, options: Option<&Options>) {
    if let Some(options) = options {
        put_bytes(into, number, options.bytes());
    }
}

fn visibility(into: &mut Vec<u8>, number: u32, visibility: Visibility) {
    if visibility != Visibility::Unset {
        put_int32(into, number, visibility as i32);
    }
}

fn message(one: &Message, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    one.fields.iter().for_each(|one| put_message(into, 2, |into| field(one, into)));
    one.messages.iter().for_each(|one| put_message(into, 3, |into| message(one, into)));
    one.enums.iter().for_each(|one| put_message(into, 4, |into| enumeration(one, into)));
    let ranges = &one.extension_ranges;
    ranges.iter().for_each(|one| put_message(into, 5, |into| extension_range(one, into)));
    one.extensions.iter().for_each(|one| put_message(into, 6, |into| field(one, into)));
    options(into, 7, one.options.as_deref());
    one.oneofs.iter().for_each(|one| put_message(into, 8, |into| oneof(one, into)));
    one.reserved_ranges.iter().for_each(|&one| put_message(into, 9, |into| range(one, into)));
    one.reserved_names.iter().for_each(|name| put_bytes(into, 10, name.as_bytes()));
    visibility(into, 11, one.visibility);
}

fn range((start, end): (i32, i32), into: &mut Vec<u8>) {
    put_int32(into, 1, start);
    put_int32(into, 2, end);
}

fn extension_range(one: &ExtensionRange, into: &mut Vec<u8>) {
    range((one.start, one.end), into);
    options(into, 3, one.options.as_deref());
}

fn oneof(one: &Oneof, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    options(into, 2, one.options.as_deref());
}

fn field(one: &Field, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    one.extendee.iter().for_each(|name| put_bytes(into, 2, name.as_bytes()));
    put_int32(into, 3, one.number);
    put_int32(into, 4, one.label as i32);
    one.kind.iter().for_each(|&kind| put_int32(into, 5, kind as i32));
    one.type_name.iter().for_each(|name| put_bytes(into, 6, name.as_bytes()));
    one.default_value.iter().for_each(|value| put_bytes(into, 7, value.as_bytes()));
    options(into, 8, one.options.as_deref());
    one.oneof_index.iter().for_each(|&index| put_number(into, 9, u64::from(index)));
    one.json_name.iter().for_each(|name| put_bytes(into, 10, name.as_bytes()));
    if one.proto3_optional {
        put_number(into, 17, 1);
    }
}

fn enumeration(one: &Enum, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    one.values.iter().for_each(|one| put_message(into, 2, |into| value(one, into)));
    options(into, 3, one.options.as_deref());
    one.reserved_ranges.iter().for_each(|&one| put_message(into, 4, |into| range(one, into)));
    one.reserved_names.iter().for_each(|name| put_bytes(into, 5, name.as_bytes()));
    visibility(into, 6, one.visibility);
}

fn value(one: &EnumValue, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    put_int32(into, 2, one.number);
    options(into, 3, one.options.as_deref());
}

fn service(one: &Service, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    one.methods.iter().for_each(|one| put_message(into, 2, |into| method(one, into)));
    options(into, 3, one.options.as_deref());
}

fn method(one: &Method, into: &mut Vec<u8>) {
    text(into, 1, &one.name);
    text(into, 2, &one.input);
    text(into, 3, &one.output);
    options(into, 4, one.options.as_deref());
    for (number, streaming) in [(5, one.client_streaming), (6, one.server_streaming)] {
        if streaming {
            put_number(into, number, 1);
        }
    }
}

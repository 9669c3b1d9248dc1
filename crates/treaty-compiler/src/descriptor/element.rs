//! The elements of a file. A struct each, as `descriptor.proto` groups them.

use std::fmt;
use std::sync::Arc;

use super::{Locations, Options};

/// A proto file: `FileDescriptorProto`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// As an `import` names it.
    pub name: Box<str>,
    /// Empty where there is none.
    pub package: Box<str>,
    /// In the order of the source.
    pub imports: Vec<Import>,
    /// `import option`, of edition 2024.
    pub option_imports: Vec<Box<str>>,
    /// Top-level messages.
    pub messages: Vec<Message>,
    /// Top-level enums.
    pub enums: Vec<Enum>,
    /// Services.
    pub services: Vec<Service>,
    /// Top-level extensions.
    pub extensions: Vec<Field>,
    /// `FileOptions`.
    pub options: Option<Box<Options>>,
    /// Which language the file is in.
    pub syntax: Syntax,
    /// Where everything stands, with comments: `SourceCodeInfo`.
    pub locations: Locations,
    /// What buf's images say of the file.
    pub image: ImageFile,
}

/// buf's extension 8042 of `FileDescriptorProto`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageFile {
    /// Only there because another file imports it.
    pub is_import: bool,
    /// The source has no `syntax` and no `edition`.
    pub is_syntax_unspecified: bool,
    /// Indexes into [`File::imports`] of those that nothing is used of.
    pub unused_imports: Vec<u32>,
    /// `buf.alpha.image.v1.ModuleInfo`, encoded.
    pub module: Option<Box<[u8]>>,
}

/// An `import` of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The name of the file.
    pub path: Box<str>,
    /// How it is imported.
    pub kind: ImportKind,
}

/// The word between `import` and the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportKind {
    /// No word.
    #[default]
    Plain,
    /// `public`: seen by those who import this file.
    Public,
    /// `weak`: deprecated; may be missing at run time.
    Weak,
}

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Syntax {
    /// `syntax = "proto2"`, or neither syntax nor edition.
    #[default]
    Proto2,
    /// `syntax = "proto3"`.
    Proto3,
    /// `edition = "2023"`, by the number in `google.protobuf.Edition`.
    Edition(i32),
}

impl Syntax {
    /// `edition = "2023"`.
    pub const EDITION_2023: Self = Self::Edition(1000);
    /// `edition = "2024"`.
    pub const EDITION_2024: Self = Self::Edition(1001);
    /// `edition = "2026"`.
    pub const EDITION_2026: Self = Self::Edition(1002);

    /// The number in `google.protobuf.Edition`.
    #[must_use]
    pub fn edition(self) -> i32 {
        match self {
            Self::Proto2 => 998,
            Self::Proto3 => 999,
            Self::Edition(number) => number,
        }
    }

    /// Whether the file says `edition`.
    #[must_use]
    pub fn is_editions(self) -> bool {
        matches!(self, Self::Edition(_))
    }
}

/// As sources write it, without quotes: `proto3`, `2023`.
impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&edition_name(self.edition()))
    }
}

/// An edition as sources write it, by the number in `google.protobuf.Edition`.
pub(crate) fn edition_name(edition: i32) -> String {
    match edition {
        900 => "legacy".to_owned(),
        998 => "proto2".to_owned(),
        999 => "proto3".to_owned(),
        1002 => "2026".to_owned(),
        1000..=1001 => (1023 + edition).to_string(),
        9999 => "unstable".to_owned(),
        other => other.to_string(),
    }
}

/// `export` and `local` of edition 2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Neither word: the feature `default_symbol_visibility` decides.
    #[default]
    Unset,
    /// `local`.
    Local,
    /// `export`.
    Export,
}

/// A message, also one that stands for a map's entry or a group: `DescriptorProto`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message {
    /// The short name.
    pub name: Box<str>,
    /// With package and messages around, without a leading dot.
    pub full_name: Arc<str>,
    /// In the order of the source.
    pub fields: Vec<Field>,
    /// Nested messages, those of maps and groups among them.
    pub messages: Vec<Message>,
    /// Nested enums.
    pub enums: Vec<Enum>,
    /// Extensions declared in the message, of whatever message.
    pub extensions: Vec<Field>,
    /// `extensions 100 to 199;`
    pub extension_ranges: Vec<ExtensionRange>,
    /// Declared oneofs, then those that stand for proto3 `optional`.
    pub oneofs: Vec<Oneof>,
    /// `MessageOptions`.
    pub options: Option<Box<Options>>,
    /// First, and the number after the last.
    pub reserved_ranges: Vec<(i32, i32)>,
    /// Without quotes.
    pub reserved_names: Vec<Box<str>>,
    /// Of edition 2024.
    pub visibility: Visibility,
}

/// A range of numbers for extensions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExtensionRange {
    /// The first number.
    pub start: i32,
    /// The number after the last.
    pub end: i32,
    /// `ExtensionRangeOptions`.
    pub options: Option<Box<Options>>,
}

/// A oneof.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Oneof {
    /// The short name.
    pub name: Box<str>,
    /// `OneofOptions`.
    pub options: Option<Box<Options>>,
}

/// A field or an extension: `FieldDescriptorProto`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// The short name.
    pub name: Box<str>,
    /// Of an extension: the short name with package and messages around; else empty.
    pub full_name: Box<str>,
    /// Its number.
    pub number: i32,
    /// As written; in editions features say more.
    pub label: Label,
    /// As written: a delimited message of an edition is a `Message`. None only before linking.
    pub kind: Option<Kind>,
    /// Of a message, group or enum: the full name with a leading dot, once linked.
    pub type_name: Option<Arc<str>>,
    /// Of an extension: the extended message's full name with a leading dot, once linked.
    pub extendee: Option<Arc<str>>,
    /// As `descriptor.proto` writes it.
    pub default_value: Option<Box<str>>,
    /// Given by the compiler where the source has none.
    pub json_name: Option<Box<str>>,
    /// Into the message's oneofs.
    pub oneof_index: Option<u32>,
    /// Written with `optional` in proto3.
    pub proto3_optional: bool,
    /// `FieldOptions`.
    pub options: Option<Box<Options>>,
}

/// How often a field is written to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "each is the label of that name")]
pub enum Label {
    #[default]
    Optional = 1,
    Required = 2,
    Repeated = 3,
}

/// What a field holds: `FieldDescriptorProto.Type`, by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the type of that name")]
pub enum Kind {
    Double = 1,
    Float = 2,
    Int64 = 3,
    Uint64 = 4,
    Int32 = 5,
    Fixed64 = 6,
    Fixed32 = 7,
    Bool = 8,
    String = 9,
    Group = 10,
    Message = 11,
    Bytes = 12,
    Uint32 = 13,
    Enum = 14,
    Sfixed32 = 15,
    Sfixed64 = 16,
    Sint32 = 17,
    Sint64 = 18,
}

impl Kind {
    /// All of them, by number.
    pub const ALL: [Self; 18] = [
        Self::Double,
        Self::Float,
        Self::Int64,
        Self::Uint64,
        Self::Int32,
        Self::Fixed64,
        Self::Fixed32,
        Self::Bool,
        Self::String,
        Self::Group,
        Self::Message,
        Self::Bytes,
        Self::Uint32,
        Self::Enum,
        Self::Sfixed32,
        Self::Sfixed64,
        Self::Sint32,
        Self::Sint64,
    ];

    /// The kind with that number in `descriptor.proto`.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// As it is written in a proto file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Group => "group",
            Self::Message => "message",
            Self::Bytes => "bytes",
            Self::Uint32 => "uint32",
            Self::Enum => "enum",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
        }
    }

    /// Whether the type is named rather than built in.
    #[must_use]
    pub fn is_named(self) -> bool {
        matches!(self, Self::Group | Self::Message | Self::Enum)
    }
}

/// An enum: `EnumDescriptorProto`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Enum {
    /// The short name.
    pub name: Box<str>,
    /// With package and messages around, without a leading dot.
    pub full_name: Arc<str>,
    /// In the order of the source.
    pub values: Vec<EnumValue>,
    /// `EnumOptions`.
    pub options: Option<Box<Options>>,
    /// First and last, both included.
    pub reserved_ranges: Vec<(i32, i32)>,
    /// Without quotes.
    pub reserved_names: Vec<Box<str>>,
    /// Of edition 2024.
    pub visibility: Visibility,
}

/// A name for a number of an enum.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EnumValue {
    /// The short name.
    pub name: Box<str>,
    /// Not always its own: aliases share one.
    pub number: i32,
    /// `EnumValueOptions`.
    pub options: Option<Box<Options>>,
}

/// A service: `ServiceDescriptorProto`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    /// The short name.
    pub name: Box<str>,
    /// With the package, without a leading dot.
    pub full_name: Arc<str>,
    /// In the order of the source.
    pub methods: Vec<Method>,
    /// `ServiceOptions`.
    pub options: Option<Box<Options>>,
}

/// A method: `MethodDescriptorProto`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Method {
    /// The short name.
    pub name: Box<str>,
    /// The request's full name with a leading dot, once linked.
    pub input: Arc<str>,
    /// The response's full name with a leading dot, once linked.
    pub output: Arc<str>,
    /// Whether the client sends a stream.
    pub client_streaming: bool,
    /// Whether the server sends a stream.
    pub server_streaming: bool,
    /// `MethodOptions`.
    pub options: Option<Box<Options>>,
}

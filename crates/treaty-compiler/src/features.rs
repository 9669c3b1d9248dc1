//! Resolves features: what an edition, and `features.…` options, say of every element below them. —
//! *Holds*: proto2 and proto3 are editions whose features cannot be set. — *Source*:
//! <https://protobuf.dev/editions/features/>, `google/protobuf/{descriptor,cpp_features,java_features}.proto`.

use crate::descriptor::{Options, Syntax};
use crate::wire::{Fields, Value};

/// The options message that a set of features stands in, which tells its field number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the options message of that element")]
pub enum Holder {
    File = 50,
    Message = 12,
    Field = 21,
    Oneof = 1,
    ExtensionRange = 1050,
    Enum = 7,
    EnumValue = 2,
    Service = 34,
    Method = 35,
}

impl DefaultVisibility {
    /// By the name of `descriptor.proto`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "EXPORT_ALL" => Self::ExportAll,
            "EXPORT_TOP_LEVEL" => Self::ExportTopLevel,
            "LOCAL_ALL" => Self::LocalAll,
            "STRICT" => Self::Strict,
            _ => return None,
        })
    }
}

impl Holder {
    /// The number of `features` in the options message.
    pub(crate) fn number(self) -> u32 {
        // Two messages share the number 50, so one holder is told apart by a thousand.
        self as u32 % 1000
    }

    /// The full name of the options message.
    #[must_use]
    pub fn options_name(self) -> &'static str {
        match self {
            Self::File => "google.protobuf.FileOptions",
            Self::Field => "google.protobuf.FieldOptions",
            Self::Message => "google.protobuf.MessageOptions",
            Self::Oneof => "google.protobuf.OneofOptions",
            Self::Method => "google.protobuf.MethodOptions",
            Self::ExtensionRange => "google.protobuf.ExtensionRangeOptions",
            Self::Enum => "google.protobuf.EnumOptions",
            Self::EnumValue => "google.protobuf.EnumValueOptions",
            Self::Service => "google.protobuf.ServiceOptions",
        }
    }
}

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident { $($value:ident = $number:literal),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[allow(missing_docs, reason = "named as in descriptor.proto")]
            pub enum $name {
                $($value = $number),*
            }

            impl $name {
                fn from_number(number: i32) -> Option<Self> {
                    match number {
                        $($number => Some(Self::$value),)*
                        _ => None,
                    }
                }
            }
        )*
    };
}

features! {
    /// Whether absence can be told from zero.
    FieldPresence { Explicit = 1, Implicit = 2, LegacyRequired = 3 }
    /// Whether readers keep numbers that they do not know.
    EnumType { Open = 1, Closed = 2 }
    /// How repeated scalars are written.
    RepeatedEncoding { Packed = 1, Expanded = 2 }
    /// Whether strings that are not UTF-8 are refused.
    Utf8Validation { Verify = 2, None = 3 }
    /// How a message within a message is written.
    MessageEncoding { LengthPrefixed = 1, Delimited = 2 }
    /// Whether names must be sound in JSON.
    JsonFormat { Allow = 1, LegacyBestEffort = 2 }
    /// Whether names must follow the style guide, of edition 2024.
    NamingStyle { Style2024 = 1, StyleLegacy = 2, Style2026 = 3 }
    /// Who may use a symbol that says neither `export` nor `local`, of edition 2024.
    DefaultVisibility { ExportAll = 1, ExportTopLevel = 2, LocalAll = 3, Strict = 4 }
    /// Whether an element may hold only so many others, of edition 2026.
    ProtoLimits { LegacyNoExplicitLimits = 1, ProtoLimits2026 = 2 }
    /// The C++ type of strings: `pb.CppFeatures.string_type`.
    CppStringType { View = 1, Cord = 2, String = 3 }
    /// `pb.JavaFeatures.utf8_validation`.
    JavaUtf8Validation { Default = 1, Verify = 2 }
}

/// The features of one element, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the feature of that name")]
pub struct Features {
    pub field_presence: FieldPresence,
    pub enum_type: EnumType,
    pub repeated_field_encoding: RepeatedEncoding,
    pub utf8_validation: Utf8Validation,
    pub message_encoding: MessageEncoding,
    pub json_format: JsonFormat,
    pub enforce_naming_style: NamingStyle,
    pub default_symbol_visibility: DefaultVisibility,
    pub enforce_proto_limits: ProtoLimits,
    pub cpp_string_type: CppStringType,
    pub java_utf8_validation: JavaUtf8Validation,
}

/// `pb.cpp` and `pb.java`, extensions of `FeatureSet`.
const CPP: u32 = 1000;
const JAVA: u32 = 1001;

impl Features {
    /// What a file starts from.
    #[must_use]
    pub fn of(syntax: Syntax) -> Self {
        let proto3 = Self {
            field_presence: FieldPresence::Implicit,
            enum_type: EnumType::Open,
            repeated_field_encoding: RepeatedEncoding::Packed,
            utf8_validation: Utf8Validation::Verify,
            message_encoding: MessageEncoding::LengthPrefixed,
            json_format: JsonFormat::Allow,
            enforce_naming_style: NamingStyle::StyleLegacy,
            default_symbol_visibility: DefaultVisibility::ExportAll,
            enforce_proto_limits: ProtoLimits::LegacyNoExplicitLimits,
            cpp_string_type: CppStringType::String,
            java_utf8_validation: JavaUtf8Validation::Default,
        };
        match syntax {
            Syntax::Proto3 => proto3,
            Syntax::Proto2 => Self {
                field_presence: FieldPresence::Explicit,
                enum_type: EnumType::Closed,
                repeated_field_encoding: RepeatedEncoding::Expanded,
                utf8_validation: Utf8Validation::None,
                json_format: JsonFormat::LegacyBestEffort,
                ..proto3
            },
            Syntax::Edition(edition) => Self::of_edition(edition, proto3),
        }
    }

    fn of_edition(edition: i32, proto3: Self) -> Self {
        let mut features = Self { field_presence: FieldPresence::Explicit, ..proto3 };
        if edition >= Syntax::EDITION_2024.edition() {
            features.enforce_naming_style = NamingStyle::Style2024;
            features.default_symbol_visibility = DefaultVisibility::ExportTopLevel;
            features.cpp_string_type = CppStringType::View;
        }
        if edition >= Syntax::EDITION_2026.edition() {
            features.enforce_naming_style = NamingStyle::Style2026;
            features.default_symbol_visibility = DefaultVisibility::Strict;
            features.enforce_proto_limits = ProtoLimits::ProtoLimits2026;
        }
        features
    }

    /// These, with what the options of an element below say; every occurrence is merged in order.
    #[must_use]
    pub fn below(self, options: Option<&Options>, holder: Holder) -> Self {
        let Some(options) = options else { return self };
        options.all(holder.number()).filter_map(Value::bytes).fold(self, Self::merged)
    }

    fn merged(mut self, encoded: &[u8]) -> Self {
        fn set<T>(into: &mut T, value: Value<'_>, from_number: fn(i32) -> Option<T>) {
            if let Some(known) = value.int32().and_then(from_number) {
                *into = known;
            }
        }
        for field in Fields::new(encoded).filter_map(Result::ok) {
            let value = field.value;
            match field.number {
                1 => set(&mut self.field_presence, value, FieldPresence::from_number),
                2 => set(&mut self.enum_type, value, EnumType::from_number),
                3 => set(&mut self.repeated_field_encoding, value, RepeatedEncoding::from_number),
                4 => set(&mut self.utf8_validation, value, Utf8Validation::from_number),
                5 => set(&mut self.message_encoding, value, MessageEncoding::from_number),
                6 => set(&mut self.json_format, value, JsonFormat::from_number),
                7 => set(&mut self.enforce_naming_style, value, NamingStyle::from_number),
                8 => {
                    set(&mut self.default_symbol_visibility, value, DefaultVisibility::from_number)
                }
                9 => set(&mut self.enforce_proto_limits, value, ProtoLimits::from_number),
                CPP => {
                    for inner in parts(value, 2) {
                        set(&mut self.cpp_string_type, inner, CppStringType::from_number);
                    }
                }
                JAVA => {
                    for inner in parts(value, 2) {
                        set(&mut self.java_utf8_validation, inner, JavaUtf8Validation::from_number);
                    }
                }
                _ => {}
            }
        }
        self
    }
}

/// The values of one field of a message.
fn parts(message: Value<'_>, number: u32) -> impl Iterator<Item = Value<'_>> {
    let fields = Fields::new(message.bytes().unwrap_or_default()).filter_map(Result::ok);
    fields.filter(move |field| field.number == number).map(|field| field.value)
}

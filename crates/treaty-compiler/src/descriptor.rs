//! The descriptors of files, as `google/protobuf/descriptor.proto` has them, editions included.
//!
//! Options are kept encoded, custom ones and features among them, so that nothing is lost on the
//! way from bytes to bytes. — *Does not* resolve: [`crate::Features`] does. — *Holds*: full names
//! are those of the file's package and the messages around; what is decoded and encoded again is
//! the same, known fields in the order of their numbers.

mod decode;
mod element;
mod encode;
mod json_name;
mod locations;
mod options;

pub use decode::NotADescriptor;
pub(crate) use element::edition_name;
pub use element::{
    Enum, EnumValue, ExtensionRange, Field, File, ImageFile, Import, ImportKind, Kind, Label,
    Message, Method, Oneof, Service, Syntax, Visibility,
};
pub use encode::{Encoding, SourceInfo};
pub use json_name::default_json_name;
pub use locations::{Comments, Location, LocationIndex, Locations, Position, Span};
pub(crate) use locations::{LocationId, Recorded, Step};
pub use options::Options;

/// The highest number that a field can have.
pub(crate) const MAX_FIELD_NUMBER: i32 = (1 << 29) - 1;
/// The numbers that the implementations of protobuf keep for themselves.
pub(crate) const OWN_NUMBERS: std::ops::RangeInclusive<i32> = 19_000..=19_999;
/// `DescriptorProto.visibility`.
pub(crate) const VISIBILITY_OF_MESSAGE: u16 = 11;
/// `EnumDescriptorProto.visibility`.
pub(crate) const VISIBILITY_OF_ENUM: u16 = 6;

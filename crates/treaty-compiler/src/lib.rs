//! Compiles protobuf sources of proto2, proto3 and editions to linked descriptors.
//!
//! Pure: no files, no clock, no network. *Does not* judge or generate code. — *Holds*: broken input
//! is a list of [`Diagnostic`]s, never an `Err` or a panic, and equal input gives equal output.

mod ast;
pub mod descriptor;
mod diagnostic;
mod features;
pub mod pool;
pub mod wire;

pub use diagnostic::Diagnostic;
pub use features::{
    CppStringType, DefaultVisibility, EnumType, Features, FieldPresence, Holder,
    JavaUtf8Validation, JsonFormat, MessageEncoding, NamingStyle, RepeatedEncoding, Utf8Validation,
};
pub use pool::Pool;

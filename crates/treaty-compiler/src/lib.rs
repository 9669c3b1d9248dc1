//! Compiles protobuf sources of proto2, proto3 and editions to linked descriptors.
//!
//! Pure: no files, no clock, no network. *Does not* judge or generate code. — *Holds*: broken input
//! is a list of [`Diagnostic`]s, never an `Err` or a panic, and equal input gives equal output.

mod ast;
mod comments;
mod compile;
pub mod descriptor;
mod diagnostic;
mod features;
mod lexer;
mod link;
mod parallel;
mod parser;
pub mod pool;
mod retention;
mod spelling;
pub mod wellknown;
pub mod wire;

pub use compile::{Compiled, Places, Settings, Sources, compile, compile_as, compile_with};
pub use diagnostic::Diagnostic;
pub use features::{
    CppStringType, DefaultVisibility, EnumType, Features, FieldPresence, Holder,
    JavaUtf8Validation, JsonFormat, MessageEncoding, NamingStyle, ProtoLimits, RepeatedEncoding,
    Utf8Validation,
};
pub use parser::parse_unlinked;
pub use pool::Pool;
pub use retention::Retention;

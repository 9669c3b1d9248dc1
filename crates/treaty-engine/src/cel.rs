//! The Common Expression Language, as far as protovalidate's environment has it: parses, checks types
//! against our descriptors, evaluates. — *Does not* know constraints. — *Holds*: bounded nesting and
//! work, no panic on any text. — *Source*: <https://github.com/google/cel-spec>; errors are in the
//! words of cel-go, which buf shows.

mod checker;
mod convert;
mod environment;
mod evaluate;
mod expression;
mod format;
mod formats;
mod functions;
mod lexer;
mod library;
mod message;
mod parser;
mod text;
mod types;
mod value;

pub(crate) use environment::{Environment, Symbols};
pub(crate) use evaluate::evaluate;
pub(crate) use expression::Expression;
pub(crate) use format::shown;
pub(crate) use formats::{
    is_email, is_host_and_port, is_hostname, is_ip, is_ip_prefix, is_uri, is_uri_ref,
};
pub(crate) use functions::matches;
pub(crate) use message::{decode, field_value, scalar, unpacked};
pub(crate) use types::Type;
pub(crate) use value::Value;

/// An expression that has been read.
pub(crate) struct Compiled {
    pub(crate) expression: Expression,
    /// [`Type::Error`] where it does not compile.
    pub(crate) output: Type,
    /// What is wrong, in the order of the text.
    pub(crate) errors: Vec<String>,
}

/// Parses and checks.
pub(crate) fn compile(text: &str, environment: &Environment<'_>) -> Compiled {
    match parser::parse(text) {
        Err(errors) => Compiled { expression: Expression::Null, output: Type::Error, errors },
        Ok(expression) => {
            let (output, errors) = checker::check(&expression, environment);
            let output = if errors.is_empty() { output } else { Type::Error };
            Compiled { expression, output, errors }
        }
    }
}

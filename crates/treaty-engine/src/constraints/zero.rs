//! Tells whether constraints refuse a field that nobody sets: what old writers send of a field that was
//! added. — *Does* run patterns and expressions, for there is but one value to run them on.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::wire::Fields;

use super::check::within;
use super::example::{Example, Shape};
use super::read::STRICT;
use super::{Ignore, Number, Opaque, Rules, Scalar};
use crate::cel::{self, Environment, Symbols, Type, Value};

/// What shows it, if they do.
pub(super) fn refused(rules: &Rules<'_>, shape: Shape, map: bool) -> Option<Example> {
    if rules.ignore == Ignore::Always {
        return None;
    }
    if rules.required {
        return Some(Example::Unset);
    }
    // What can be told from zero is not looked at unless it is set.
    if shape.presence && !shape.many || rules.ignore == Ignore::ZeroValue {
        return None;
    }
    let zero = zero(shape);
    let checks = within(&rules.checks, &zero) && rules.checks.iter().all(|one| one.passes(&zero));
    if !checks {
        return Some(Example::Unset);
    }
    let answers: Vec<_> =
        rules.opaque.iter().map(|one| (one.name, passes(one, shape, map))).collect();
    if answers.iter().any(|(_, passes)| *passes == Some(false)) {
        return Some(Example::Unset);
    }
    let unknown = answers.iter().find(|(_, passes)| passes.is_none());
    unknown.map(|(name, _)| Example::Unrun(name))
}

fn zero(shape: Shape) -> Scalar {
    match shape.kind {
        _ if shape.many => Scalar::Many { count: 0, twice: false },
        Kind::String => Scalar::Text(String::new()),
        Kind::Bytes => Scalar::Bytes(Vec::new()),
        Kind::Bool => Scalar::Truth(false),
        Kind::Float | Kind::Double => Scalar::Number(Number::Floating(0.0)),
        _ => Scalar::Number(Number::Integer(0)),
    }
}

/// None where it cannot be told.
fn passes(check: &Opaque<'_>, shape: Shape, map: bool) -> Option<bool> {
    let field = || Fields::new(check.encoded).filter_map(Result::ok).next();
    match check.name {
        "cel" => expression(std::str::from_utf8(check.encoded).ok()?, shape, map),
        "string.pattern" | "bytes.pattern" => cel::matches("", field()?.value.text()?).ok(),
        // Who can leave a field of an enum unset without being told has a name for zero.
        "enum.defined_only" => Some(true),
        "bytes format" => Some(false),
        "string format" if check.encoded == STRICT => Some(true),
        // References may be empty, and so may the values of headers.
        "string format" => {
            Some(field().is_some_and(|one| {
                matches!((one.number, one.value.int32()), (18, _) | (24, Some(2)))
            }))
        }
        _ => None,
    }
}

fn expression(text: &str, shape: Shape, map: bool) -> Option<bool> {
    let (of, value) = match shape.kind {
        _ if map => (Type::map(Type::Dyn, Type::Dyn), Value::Map(Vec::new())),
        _ if shape.many => (Type::list(Type::Dyn), Value::List(Vec::new())),
        Kind::String => (Type::Text, Value::Text(String::new())),
        Kind::Bytes => (Type::Bytes, Value::Bytes(Vec::new())),
        Kind::Bool => (Type::Bool, Value::Bool(false)),
        Kind::Float | Kind::Double => (Type::Double, Value::Double(0.0)),
        Kind::Uint32 | Kind::Uint64 | Kind::Fixed32 | Kind::Fixed64 => (Type::Uint, Value::Uint(0)),
        _ => (Type::Int, Value::Int(0)),
    };
    // Of names it knows none; what has some is not told.
    let symbols = Symbols::default();
    let environment = Environment { symbols: &symbols, variables: vec![("this", of)] };
    let compiled = cel::compile(text, &environment);
    if !compiled.errors.is_empty() {
        return None;
    }
    match cel::evaluate(&compiled.expression, &environment, &[("this", value)]).ok()? {
        Value::Bool(truth) => Some(truth),
        Value::Text(complaint) => Some(complaint.is_empty()),
        _ => None,
    }
}

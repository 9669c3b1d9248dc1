//! Checks constraints that extensions of protovalidate's own messages define.

use treaty_compiler::descriptor::Field;

use super::expressions::{self, Owner};
use super::report::Report;
use crate::constraints::schema::{PREDEFINED, PREDEFINED_RULES};
use super::set::Set;
use crate::cel::{Environment, Symbols, Type};
use crate::lint::{At, bare, field_name};

pub(super) fn check<'d>(report: &mut Report<'_, 'd>, at: &At<'d, Field>, symbols: &Symbols<'d>) {
    let Some(extended) = at.proto.extendee.as_deref().map(bare) else { return };
    let Some(this) = extended.strip_prefix("buf.validate.").and_then(this) else { return };
    let options = at.proto.options.as_deref();
    let Some(rules) = Set::of_option(options, PREDEFINED, &PREDEFINED_RULES) else { return };
    let environment = Environment { symbols, variables: variables(at.proto, this, symbols) };
    let option = report.file.part(at, &[8, PREDEFINED]);
    let subject = field_name(report.file, at);
    let list = expressions::rules(&rules);
    let name = "(buf.validate.predefined).cel";
    expressions::check(&list, &environment, &Owner::extension(), name, false, |index, text| {
        report.add(&option, &[1, index], &subject, text);
    });
}

/// What the expressions of a predefined constraint may name.
pub(super) fn variables(
    extension: &Field,
    this: Type,
    symbols: &Symbols<'_>,
) -> Vec<(&'static str, Type)> {
    let rules = bare(extension.extendee.as_deref().unwrap_or_default());
    vec![
        ("rule", symbols.field_type(extension, false)),
        ("this", this),
        ("rules", Type::message(rules)),
    ]
}

/// The type of the values that a message of constraints is about.
pub(super) fn this(rules: &str) -> Option<Type> {
    Some(match rules {
        "AnyRules" => Type::Any,
        "BoolRules" => Type::Bool,
        "BytesRules" => Type::Bytes,
        "StringRules" => Type::Text,
        "Int32Rules" | "Int64Rules" | "SInt32Rules" | "SInt64Rules" | "SFixed32Rules"
        | "SFixed64Rules" | "EnumRules" => Type::Int,
        "UInt32Rules" | "UInt64Rules" | "Fixed32Rules" | "Fixed64Rules" => Type::Uint,
        "DoubleRules" | "FloatRules" => Type::Double,
        "MapRules" => Type::map(Type::Dyn, Type::Dyn),
        "RepeatedRules" => Type::list(Type::Dyn),
        "DurationRules" => Type::Duration,
        "TimestampRules" => Type::Timestamp,
        _ => return None,
    })
}

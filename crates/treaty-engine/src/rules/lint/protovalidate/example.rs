//! Checks that examples keep the constraints that they are examples of.

use super::expressions::{self, Rule};
use super::field::Typed;
use super::report::Subject;
use crate::constraints::schema::{IGNORE_ALWAYS, IGNORE_IF_ZERO_VALUE, PREDEFINED, PREDEFINED_RULES};
use super::set::{Set, mask_paths};
use super::standard::{self, Violation};
use super::{go_print, go_regexp, predefined};
use crate::cel::{self, Environment, Type, Value};
use crate::lint::quoted;

/// `all` are the constraints of a field, `rules` those of its type, under that number and name.
pub(super) fn check(
    subject: &mut Subject<'_, '_, '_>,
    all: &Set,
    (number, name): (i32, &str),
    rules: &Set,
    field: Typed<'_, '_>,
) {
    let Some((example, values)) = rules.parts().find(|(part, _)| part.name == "example") else {
        return;
    };
    let extended = extensions(rules, name, field);
    let cel = expressions::rules(all);
    let is_bare = rules.len() == 1 && extended.is_empty() && cel.is_empty();
    if is_bare || all.number("ignore") == IGNORE_ALWAYS {
        return;
    }
    let mut programs: Vec<Program> =
        cel.iter().chain(&expressions::bare(all)).map(|rule| (rule.clone(), Vec::new())).collect();
    programs.extend(extended);
    let pattern = rules.text("pattern").is_none_or(|pattern| go_regexp::check(pattern).is_ok());
    if !pattern || !programs.iter().all(|program| compiled(program, field).is_some()) {
        return;
    }
    for (index, value) in (0..).zip(values) {
        if all.number("ignore") == IGNORE_IF_ZERO_VALUE && is_zero(value) {
            continue;
        }
        let mut broken = violations(name, rules, value, field);
        broken.extend(programs.iter().filter_map(|program| violation(program, value, field)));
        let shown = go_print::plain(value, standard::kind(name));
        for (id, message) in broken {
            let id = quoted(&id);
            subject.add(
                &[number, example.number, index],
                format!("\"{shown}\" is an example value but does not satisfy rule {id}: {message}"),
            );
        }
    }
}

/// An expression, and beside `this` the variables that it may name.
type Program = (Rule, Vec<(&'static str, Type, Value)>);

/// The expressions of extensions that are set among constraints.
fn extensions(rules: &Set, name: &str, field: Typed<'_, '_>) -> Vec<Program> {
    let Some(message) = message_of(name) else { return Vec::new() };
    let full_name = format!("buf.validate.{message}");
    let mut programs = Vec::new();
    for extension in field.symbols.extensions_of(&full_name) {
        let Some(value) = cel::field_value(field.symbols, extension, &rules.encoded) else {
            continue;
        };
        let options = extension.options.as_deref();
        let Some(own) = Set::of_option(options, PREDEFINED, &PREDEFINED_RULES) else { continue };
        let Some(this) = predefined::this(&message) else { continue };
        let variables = predefined::variables(extension, this, field.symbols);
        let whole = cel::decode(field.symbols, &full_name, &rules.encoded);
        for rule in expressions::rules(&own) {
            let values = variables.iter().filter_map(|(name, of)| match *name {
                "rule" => Some(("rule", of.clone(), value.clone())),
                "rules" => Some(("rules", of.clone(), whole.clone())),
                _ => None,
            });
            programs.push((rule, values.collect()));
        }
    }
    programs
}

/// `StringRules` of `string`.
fn message_of(name: &str) -> Option<String> {
    let mut message = String::new();
    for word in name.split('_') {
        let capitals = if word.starts_with("uint") || word.starts_with("sint") || word.starts_with("sfixed") { 2 } else { 1 };
        message.push_str(&word.get(..capitals)?.to_uppercase());
        message.push_str(word.get(capitals..)?);
    }
    Some(message + "Rules")
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => !truth,
        Value::Int(number) => *number == 0,
        Value::Uint(number) => *number == 0,
        Value::Double(number) => *number == 0.0,
        Value::Text(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Duration(seconds, nanos) | Value::Timestamp(seconds, nanos) => {
            (*seconds, *nanos) == (0, 0)
        }
        _ => false,
    }
}

fn violations(name: &str, rules: &Set, value: &Value, field: Typed<'_, '_>) -> Vec<Violation> {
    if name == "field_mask" {
        return masks(rules, value);
    }
    let known = field.symbols.enumeration(field.type_name());
    let known: Vec<i32> =
        known.iter().flat_map(|one| &one.values).map(|value| value.number).collect();
    standard::violations(name, rules, value, &known)
}

fn masks(rules: &Set, value: &Value) -> Vec<Violation> {
    let Value::Bytes(encoded) = value else { return Vec::new() };
    let paths = mask_paths(encoded);
    let listed = |name: &str, path: &String| {
        rules.all(name).iter().any(|one| match one {
            Value::Text(one) => {
                one == path || path.strip_prefix(&**one).is_some_and(|rest| rest.starts_with('.'))
            }
            _ => false,
        })
    };
    let list = |name: &str| cel::shown(&Value::List(rules.all(name).to_vec()));
    let mut broken = Vec::new();
    if let Some(Value::Bytes(constant)) = rules.get("const")
        && mask_paths(constant) != paths
    {
        let constant = mask_paths(constant).join(", ");
        broken.push(("field_mask.const".to_owned(), format!("must equal paths [{constant}]")));
    }
    if !rules.all("in").is_empty() && !paths.iter().all(|path| listed("in", path)) {
        let message = format!("must only contain paths in {}", list("in"));
        broken.push(("field_mask.in".to_owned(), message));
    }
    if paths.iter().any(|path| listed("not_in", path)) {
        let message = format!("must not contain any paths in {}", list("not_in"));
        broken.push(("field_mask.not_in".to_owned(), message));
    }
    broken
}

/// The program with its environment; none where it does not compile, which is said elsewhere.
fn compiled<'d, 's>(
    (rule, extra): &Program,
    field: Typed<'d, 's>,
) -> Option<(cel::Compiled, Environment<'s>)>
where
    'd: 's,
{
    let symbols = field.symbols;
    let mut variables = vec![("this", symbols.field_type(field.proto, true))];
    variables.extend(extra.iter().map(|(name, of, _)| (*name, of.clone())));
    let environment = Environment { symbols, variables };
    let compiled = cel::compile(&rule.expression, &environment);
    if compiled.errors.is_empty() { Some((compiled, environment)) } else { None }
}

/// What an expression says of an example. One that fails says nothing.
fn violation(program: &Program, value: &Value, field: Typed<'_, '_>) -> Option<Violation> {
    let (compiled, environment) = compiled(program, field)?;
    let (rule, extra) = program;
    let mut values = vec![("this", value.clone())];
    values.extend(extra.iter().map(|(name, _, value)| (*name, value.clone())));
    let id = if rule.id.is_empty() { &rule.expression } else { &rule.id };
    let message = match cel::evaluate(&compiled.expression, &environment, &values).ok()? {
        Value::Bool(false) if rule.message.is_empty() => {
            format!("{} returned false", quoted(&rule.expression))
        }
        Value::Bool(false) => rule.message.clone(),
        Value::Text(text) if !text.is_empty() => text,
        _ => return None,
    };
    Some((id.clone(), message))
}

//! Checks that expressions compile, to a bool or a string, and that their ids are sound.

use std::collections::BTreeMap;

use super::set::Set;
use crate::cel::{self, Environment, Type, Value};
use crate::lint::quoted;

/// `buf.validate.Rule`.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) message: String,
    pub(super) expression: String,
}

/// The `cel` of a message of constraints.
pub(super) fn rules(set: &Set) -> Vec<Rule> {
    let text = |rule: &Set, name| rule.text(name).unwrap_or_default().to_owned();
    let rule = |rule: &Set| Rule {
        id: text(rule, "id"),
        message: text(rule, "message"),
        expression: text(rule, "expression"),
    };
    set.inners("cel").iter().map(rule).collect()
}

/// Its `cel_expression`.
pub(super) fn bare(set: &Set) -> Vec<Rule> {
    let rule = |value: &Value| match value {
        Value::Text(text) => Rule { expression: text.clone(), ..Rule::default() },
        _ => Rule::default(),
    };
    set.all("cel_expression").iter().map(rule).collect()
}

/// Whose expressions they are, as messages begin with it and as they go on with it.
pub(super) struct Owner {
    begin: String,
    inside: String,
}

impl Owner {
    pub(super) fn named(kind: &str, name: &str) -> Self {
        let mut begin = kind.to_owned();
        begin[..1].make_ascii_uppercase();
        Self { begin: format!("{begin} \"{name}\""), inside: format!("{kind} \"{name}\"") }
    }

    pub(super) fn extension() -> Self {
        Self { begin: "Extension field".to_owned(), inside: "extension field".to_owned() }
    }
}

pub(super) fn check(
    rules: &[Rule],
    environment: &Environment<'_>,
    owner: &Owner,
    name: &str,
    is_bare: bool,
    mut add: impl FnMut(i32, String),
) {
    let Owner { begin, inside } = owner;
    let field = if is_bare { name.to_owned() } else { format!("{name}.expression") };
    let mut users: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for (index, rule) in (0..).zip(rules) {
        if !rule.id.is_empty() {
            let sound = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
            if !rule.id.bytes().all(sound) {
                let only = "IDs must contain only characters a-z, A-Z, 0-9, '.', '_', '-'.";
                add(index, format!("{begin} has invalid characters for {name}.id. {only}"));
            }
            users.entry(&rule.id).or_default().push(index);
        }
        if rule.expression.trim().is_empty() {
            let should = "Expressions should always be specified.";
            add(index, format!("{begin} has an empty {field}. {should}"));
            continue;
        }
        let compiled = cel::compile(&rule.expression, environment);
        match compiled.output {
            Type::Bool | Type::Error | Type::Dyn | Type::Any => {}
            Type::Wrapper(of) if *of == Type::Bool => {}
            Type::Text if rule.message.is_empty() => {}
            Type::Text => add(
                index,
                format!(
                    "{begin} has a {name} with an expression that evaluates to a string, and also has \
                     a message. The message is redundant - since the expression evaluates to a \
                     string, its result will be printed instead of the message, so the message \
                     should be removed."
                ),
            ),
            output => add(
                index,
                format!(
                    "{field} on {inside} evaluates to a {output}, only string and boolean are allowed."
                ),
            ),
        }
        for error in compiled.errors {
            add(index, format!("{field} on {inside} fails to compile: {error}"));
        }
    }
    for (id, indexes) in users.into_iter().filter(|(_, indexes)| indexes.len() > 1) {
        let id = quoted(id);
        for index in indexes {
            add(index, format!("{name}.id ({id}) is not unique within {inside}."));
        }
    }
}

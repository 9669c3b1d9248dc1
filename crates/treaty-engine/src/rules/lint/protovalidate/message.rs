//! Checks the constraints of messages.

use std::collections::BTreeMap;

use treaty_compiler::descriptor::Message;

use super::expressions::{self, Owner};
use super::report::Report;
use crate::constraints::schema::{MESSAGE, MESSAGE_RULES};
use super::set::Set;
use crate::cel::{Environment, Symbols, Type, Value};
use crate::lint::At;

/// `MessageRules.cel`, `.oneof`, `.cel_expression`.
const CEL: i32 = 3;
const ONEOF: i32 = 4;
const CEL_EXPRESSION: i32 = 5;

pub(super) fn check<'d>(
    report: &mut Report<'_, 'd>,
    at: &At<'d, Message>,
    symbols: &Symbols<'d>,
) {
    let options = at.proto.options.as_deref();
    let Some(rules) = Set::of_option(options, MESSAGE, &MESSAGE_RULES) else { return };
    let option = report.file.part(at, &[7, MESSAGE]);
    let mut add = |part: &[i32], message: String| {
        report.add(&option, part, &at.proto.full_name, message);
    };
    oneofs(at.proto, &rules, &mut add);
    let environment = Environment {
        symbols,
        variables: vec![("this", Type::message(&at.proto.full_name))],
    };
    let owner = Owner::named("message", &at.proto.name);
    let list = expressions::rules(&rules);
    expressions::check(&list, &environment, &owner, "(buf.validate.message).cel", false, |i, text| {
        add(&[CEL, i], text);
    });
    let list = expressions::bare(&rules);
    let name = "(buf.validate.message).cel_expression";
    expressions::check(&list, &environment, &owner, name, true, |index, text| {
        add(&[CEL_EXPRESSION, index], text);
    });
}

/// `oneof` entries must name fields of the message, each once.
fn oneofs(message: &Message, rules: &Set, add: &mut impl FnMut(&[i32], String)) {
    let name = &message.name;
    let entry = format!("Message \"{name}\" has a (buf.validate.message).oneof entry");
    let mut users: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for (index, rule) in (0..).zip(rules.inners("oneof")) {
        let fields = rule.all("fields");
        if fields.is_empty() {
            let must = "Each oneof entry must specify at least one field.";
            add(&[ONEOF, index], format!("{entry} with no fields. {must}"));
        }
        let mut seen: Vec<&String> = Vec::new();
        for (at, field) in (0..).zip(fields) {
            let Value::Text(field) = field else { continue };
            let place = [ONEOF, index, 1, at];
            if seen.contains(&field) {
                let not = "Duplicate field names are not permitted.";
                add(&place, format!("{entry} that references field \"{field}\" more than once. {not}"));
                continue;
            }
            seen.push(field);
            if message.fields.iter().any(|one| *one.name == **field) {
                users.entry(field.clone()).or_default().push(index);
            } else {
                let not = "which is not defined in the message.";
                add(&place, format!("{entry} that references field \"{field}\", {not}"));
            }
        }
    }
    for (field, indexes) in users.into_iter().filter(|(_, indexes)| indexes.len() > 1) {
        for index in indexes {
            add(
                &[ONEOF, index],
                format!(
                    "Message \"{name}\" references field \"{field}\" in more than one \
                     (buf.validate.message).oneof entry. A field may only appear in one oneof entry."
                ),
            );
        }
    }
}

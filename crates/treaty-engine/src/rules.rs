//! The table of rules. — *Holds*: one rule is one file here, one line in the table and one folder of
//! fixtures; every rule runs over every fixture. — *Source*: buf 1.75, whose ids, categories, words
//! and places these are.

mod reserved_change;
mod type_change;

use serde::{Deserialize, Serialize};

use crate::hits::Hits;
use crate::pairing::Pairing;

/// What a rule protects; a rule can be of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Generated code, file by file: the default of `treaty check`.
    File,
    /// Generated code, package by package.
    Package,
    /// Bytes and JSON.
    WireJson,
    /// Bytes only.
    Wire,
}

/// One thing that a contract must not do to its earlier versions.
#[derive(Debug)]
pub struct Rule {
    /// buf's id.
    pub id: &'static str,
    /// buf's categories, of v2 configurations.
    pub categories: &'static [Category],
    /// What it finds, in one sentence without its stop.
    pub finds: &'static str,
    /// Why that matters, with the bytes.
    pub why: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    pub(crate) check: fn(&Pairing<'_>, &mut Hits),
}

/// A name that is no rule's id and no category.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is neither a category (FILE, PACKAGE, WIRE_JSON, WIRE) nor a rule that treaty knows yet"
)]
pub struct UnknownRule(pub String);

macro_rules! table {
    ($($rule:ident,)*) => {
        $(mod $rule;)*

        /// Every rule, by id.
        pub static ALL: &[&Rule] = &[$(&$rule::RULE,)*];
    };
}

table! {
    enum_no_delete,
    enum_same_type,
    enum_value_no_delete,
    enum_value_no_delete_unless_name_reserved,
    enum_value_no_delete_unless_number_reserved,
    enum_value_same_name,
    field_no_delete,
    field_no_delete_unless_name_reserved,
    field_no_delete_unless_number_reserved,
    field_same_cardinality,
    field_same_json_name,
    field_same_name,
    field_same_oneof,
    field_same_type,
    field_wire_compatible_cardinality,
    field_wire_compatible_type,
    field_wire_json_compatible_cardinality,
    field_wire_json_compatible_type,
    file_no_delete,
    file_same_package,
    file_same_syntax,
    message_no_delete,
    message_same_required_fields,
    oneof_no_delete,
    package_enum_no_delete,
    package_message_no_delete,
    package_no_delete,
    package_service_no_delete,
    reserved_enum_no_delete,
    reserved_message_no_delete,
    rpc_no_delete,
    rpc_same_client_streaming,
    rpc_same_idempotency_level,
    rpc_same_request_type,
    rpc_same_response_type,
    rpc_same_server_streaming,
    service_no_delete,
}

/// The rules of a category.
#[must_use]
pub fn of(category: Category) -> Vec<&'static Rule> {
    ALL.iter().copied().filter(|rule| rule.categories.contains(&category)).collect()
}

/// The rules that categories and ids in `chosen` name, without those that `except` names.
///
/// # Errors
///
/// [`UnknownRule`] for a name that is neither.
pub fn select(chosen: &[String], except: &[String]) -> Result<Vec<&'static Rule>, UnknownRule> {
    let named = |names: &[String]| -> Result<Vec<&'static str>, UnknownRule> {
        let lists = names.iter().map(|name| ids(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(lists.concat())
    };
    let (chosen, except) = (named(chosen)?, named(except)?);
    let wanted = |rule: &&Rule| chosen.contains(&rule.id) && !except.contains(&rule.id);
    Ok(ALL.iter().copied().filter(wanted).collect())
}

fn ids(name: &str) -> Result<Vec<&'static str>, UnknownRule> {
    let category = match name {
        "FILE" => Some(Category::File),
        "PACKAGE" => Some(Category::Package),
        "WIRE_JSON" => Some(Category::WireJson),
        "WIRE" => Some(Category::Wire),
        _ => None,
    };
    let found: Vec<_> = ALL
        .iter()
        .filter(|rule| {
            rule.id == name || category.is_some_and(|one| rule.categories.contains(&one))
        })
        .map(|rule| rule.id)
        .collect();
    if found.is_empty() { Err(UnknownRule(name.to_owned())) } else { Ok(found) }
}

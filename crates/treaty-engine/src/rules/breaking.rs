//! The rules that compare two versions. — *Holds*: one rule is one file here, one line in the table
//! and one folder of fixtures; every rule runs over every fixture. — *Source*: buf 1.75, whose ids,
//! categories, words and places these are.

mod reserved_change;
mod type_change;

use super::{Categories, Category};
use crate::hits::Hits;
use crate::pairing::Pairing;

/// One thing that a contract must not do to its earlier versions.
#[derive(Debug)]
pub struct Rule {
    /// buf's id.
    pub id: &'static str,
    /// buf's categories in each version of its configuration.
    pub categories: Categories,
    /// What it finds, in one sentence without its stop.
    pub finds: &'static str,
    /// Why that matters, with the bytes.
    pub why: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    pub(crate) check: for<'a> fn(&Pairing<'a>, &mut Hits<'a>),
}

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

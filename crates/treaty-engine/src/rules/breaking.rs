//! The rules that compare two versions. — *Holds*: one rule is one file here, one line in the table
//! and one folder of fixtures; every rule runs over every fixture. — *Source*: buf 1.75, whose ids,
//! categories, words and places these are.

mod extension_names;
mod file_option;
mod range_change;
mod selection;
mod type_change;

pub use selection::{DEPRECATED, Deprecated, NotSelected, Selection, expand, select};

use super::{Breaks, Categories, Category};
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
    /// Where somebody notices.
    pub breaks: &'static [Breaks],
    /// Why that matters, with the bytes.
    pub why: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    /// A contract before and after, in the form of [`Example`](crate::book::Example).
    pub example: &'static str,
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
    enum_same_json_format,
    enum_same_type,
    enum_value_no_delete,
    enum_value_no_delete_unless_name_reserved,
    enum_value_no_delete_unless_number_reserved,
    enum_value_same_name,
    extension_message_no_delete,
    extension_no_delete,
    field_no_delete,
    field_no_delete_unless_name_reserved,
    field_no_delete_unless_number_reserved,
    field_same_cardinality,
    field_same_cpp_string_type,
    field_same_default,
    field_same_java_utf8_validation,
    field_same_json_name,
    field_same_jstype,
    field_same_name,
    field_same_oneof,
    field_same_type,
    field_same_utf8_validation,
    field_wire_compatible_cardinality,
    field_wire_compatible_type,
    field_wire_json_compatible_cardinality,
    field_wire_json_compatible_type,
    file_no_delete,
    file_same_cc_enable_arenas,
    file_same_cc_generic_services,
    file_same_csharp_namespace,
    file_same_go_package,
    file_same_java_generic_services,
    file_same_java_multiple_files,
    file_same_java_outer_classname,
    file_same_java_package,
    file_same_objc_class_prefix,
    file_same_optimize_for,
    file_same_package,
    file_same_php_class_prefix,
    file_same_php_metadata_namespace,
    file_same_php_namespace,
    file_same_py_generic_services,
    file_same_ruby_package,
    file_same_swift_prefix,
    file_same_syntax,
    message_no_delete,
    message_no_remove_standard_descriptor_accessor,
    message_same_json_format,
    message_same_required_fields,
    oneof_no_delete,
    package_enum_no_delete,
    package_extension_no_delete,
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

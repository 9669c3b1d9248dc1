//! The rules that look at one version. — *Holds*: one rule is one file here, one line in the table and
//! one folder of fixtures; every rule runs over every fixture. — *Source*: buf 1.75, whose ids,
//! categories, words and places these are.

mod category;
mod comment_missing;
mod package_same_option;
mod select;

pub use category::{Categories, Category};
pub use select::{NotSelected, Selection, ids, select};

use crate::lint::{Hits, View};

/// One thing that sources should not do.
#[derive(Debug)]
pub struct Rule {
    /// buf's id.
    pub id: &'static str,
    /// buf's categories in each version of its configuration.
    pub categories: Categories,
    /// Whether naming it only warns.
    pub deprecated: bool,
    /// What it finds, in one sentence without its stop.
    pub finds: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    /// What it finds and how it should be, in the form of [`Example`](crate::book::Example).
    pub example: &'static str,
    pub(crate) check: for<'d> fn(&View<'d>, &mut Hits<'d>),
}

macro_rules! table {
    ($($rule:ident,)*) => {
        $(mod $rule;)*

        /// Every rule, by id.
        pub static ALL: &[&Rule] = &[$(&$rule::RULE,)*];
    };
}

table! {
    comment_enum,
    comment_enum_value,
    comment_field,
    comment_message,
    comment_oneof,
    comment_rpc,
    comment_service,
    directory_same_package,
    enum_first_value_zero,
    enum_no_allow_alias,
    enum_pascal_case,
    enum_value_prefix,
    enum_value_upper_snake_case,
    enum_zero_value_suffix,
    field_lower_snake_case,
    field_not_required,
    field_no_descriptor,
    file_lower_snake_case,
    import_no_public,
    import_no_weak,
    import_used,
    message_pascal_case,
    oneof_lower_snake_case,
    package_defined,
    package_directory_match,
    package_lower_snake_case,
    package_no_import_cycle,
    package_same_csharp_namespace,
    package_same_directory,
    package_same_go_package,
    package_same_java_multiple_files,
    package_same_java_package,
    package_same_php_namespace,
    package_same_ruby_package,
    package_same_swift_prefix,
    package_version_suffix,
    protovalidate,
    rpc_no_client_streaming,
    rpc_no_server_streaming,
    rpc_pascal_case,
    rpc_request_response_unique,
    rpc_request_standard_name,
    rpc_response_standard_name,
    service_pascal_case,
    service_suffix,
    stable_package_no_import_unstable,
    syntax_specified,
}

//! The files that come with every protobuf compiler.

/// Whether a file is one of `google/protobuf` that need not be given.
pub(in super::super) fn is_well_known(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "any",
        "api",
        "compiler/plugin",
        "cpp_features",
        "descriptor",
        "duration",
        "empty",
        "field_mask",
        "go_features",
        "java_features",
        "source_context",
        "struct",
        "timestamp",
        "type",
        "wrappers",
    ];
    let name = name.strip_prefix("google/protobuf/").and_then(|name| name.strip_suffix(".proto"));
    name.is_some_and(|name| NAMES.contains(&name))
}

//! The files that every protobuf compiler carries within itself, as text. — *Source*: the versions
//! that buf 1.75.0 bundles, see `wellknown/README.md`.

macro_rules! files {
    ($($name:literal)*) => {
        /// The built-in files, sorted by name: the name, and the text.
        const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../wellknown/", $name)))),*];
    };
}

files! {
    "google/protobuf/any.proto"
    "google/protobuf/api.proto"
    "google/protobuf/c_sharp_features.proto"
    "google/protobuf/compiler/plugin.proto"
    "google/protobuf/cpp_features.proto"
    "google/protobuf/cpp_file_options.proto"
    "google/protobuf/cpp_options.proto"
    "google/protobuf/descriptor.proto"
    "google/protobuf/duration.proto"
    "google/protobuf/empty.proto"
    "google/protobuf/field_mask.proto"
    "google/protobuf/go_features.proto"
    "google/protobuf/java_features.proto"
    "google/protobuf/json_enumvalue_options.proto"
    "google/protobuf/json_options.proto"
    "google/protobuf/source_context.proto"
    "google/protobuf/struct.proto"
    "google/protobuf/timestamp.proto"
    "google/protobuf/type.proto"
    "google/protobuf/wrappers.proto"
}

/// The file that says which options there are.
pub const DESCRIPTOR: &str = "google/protobuf/descriptor.proto";

/// The text of a built-in file, by the name that imports use.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    let at = FILES.binary_search_by_key(&name, |&(name, _)| name).ok()?;
    Some(FILES[at].1)
}

/// The names of all built-in files, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|&(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_name() {
        let names: Vec<_> = names().collect();
        assert!(names.is_sorted(), "binary search needs order: {names:?}");
        for name in names {
            assert!(source(name).is_some_and(|text| text.contains("package ")), "{name}");
        }
        assert_eq!(source("google/protobuf/none.proto"), None);
    }
}

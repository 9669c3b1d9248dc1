//! Reads the YAML of configuration files, of which JSON is a part, and tells what is wrong where.

use serde::de::DeserializeOwned;
use serde_saphyr::{RenderOptions, UserMessageFormatter};

/// The value of a text; an error shows its line as one of the file that is shown as `shown`.
pub(super) fn read<T: DeserializeOwned>(shown: &str, text: &str) -> anyhow::Result<T> {
    serde_saphyr::from_str(text).map_err(|error: serde_saphyr::Error| {
        let mut options = RenderOptions::default();
        options.formatter = &UserMessageFormatter;
        options.source_name = Some(shown);
        let told = error.render_with_options(options);
        anyhow::anyhow!("{}", told.strip_prefix("error: ").unwrap_or(&told).trim_end())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_error_is_one_of_the_file_and_speaks_to_its_author() {
        let told = |text: &str| match super::read::<serde_json::Value>("a/buf.yaml", text) {
            Ok(value) => panic!("{value}"),
            Err(error) => error.to_string(),
        };
        for (text, place, what) in [
            ("a: [\n", "a/buf.yaml:1:4", "unclosed bracket"),
            ("a: 1\na: 2\n", "a/buf.yaml:2:1", "duplicate mapping key `a` is not allowed"),
        ] {
            let told = told(text);
            assert!(told.starts_with("line ") && told.contains(place), "{told}");
            assert!(told.contains(what) && !told.contains("<input>"), "{told}");
        }
    }
}

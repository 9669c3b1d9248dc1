//! Checks that plugins know the language features that files use. — *Source*: buf 1.75.0, which only
//! warns where a plugin does not know proto3's `optional`, and refuses where it does not know an
//! edition.

use std::collections::BTreeMap;

use anyhow::bail;
use treaty_compiler::descriptor::{Message, Syntax};
use treaty_engine::Descriptors;

use super::response::{Answer, PROTO3_OPTIONAL, SUPPORTS_EDITIONS};
use super::tell;
use super::template::Plugin;

/// Compares what the own files need with what each plugin says of itself.
pub(super) fn check(
    descriptors: &Descriptors,
    plugins: &[Plugin],
    answers: &[Answer],
) -> anyhow::Result<()> {
    let own = || descriptors.files().filter(|file| descriptors.is_own(&file.name));
    let optional: Vec<&str> = own()
        .filter(|file| file.syntax == Syntax::Proto3 && file.messages.iter().any(has_optional))
        .map(|file| &*file.name)
        .collect();
    let mut editions: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
    for file in own().filter(|file| file.syntax.is_editions()) {
        editions.entry(file.syntax.edition()).or_default().push(&file.name);
    }
    let mut errors = Vec::new();
    for (plugin, answer) in plugins.iter().zip(answers) {
        if !optional.is_empty() && answer.features & PROTO3_OPTIONAL == 0 {
            tell::warning(&format!(
                "plugin \"{}\" does not support feature \"proto3 optional\", which is required by {} file(s): {}",
                plugin.name,
                optional.len(),
                optional.join(", ")
            ));
        }
        check_editions(plugin, answer, &editions, &mut errors);
    }
    if !errors.is_empty() {
        bail!("{}", errors.join("\n"));
    }
    Ok(())
}

fn check_editions(
    plugin: &Plugin,
    answer: &Answer,
    editions: &BTreeMap<i32, Vec<&str>>,
    errors: &mut Vec<String>,
) {
    let name = &plugin.name;
    let files =
        editions.iter().flat_map(|(edition, files)| files.iter().map(move |file| (edition, file)));
    if answer.features & SUPPORTS_EDITIONS == 0 {
        errors.extend(files.map(|(_, file)| {
            format!("plugin \"{name}\" does not support feature \"supports editions\" which is required by \"{file}\"")
        }));
        return;
    }
    let (first, last) = (answer.minimum_edition, answer.maximum_edition);
    let unsupported = files.filter(|(edition, _)| !(first..=last).contains(*edition));
    errors.extend(unsupported.map(|(edition, file)| {
        let edition = match edition {
            1000..=1010 => (edition + 1023).to_string(),
            other => other.to_string(),
        };
        format!("plugin \"{name}\" does not support edition \"{edition}\" which is required by \"{file}\"")
    }));
}

fn has_optional(message: &Message) -> bool {
    message.fields.iter().any(|field| field.proto3_optional)
        || message.messages.iter().any(has_optional)
}

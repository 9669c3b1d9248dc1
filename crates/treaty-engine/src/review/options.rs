//! Options in the words of the language: names, and values as JSON.

use std::cell::OnceCell;

use treaty_compiler::descriptor::Options;
use treaty_compiler::{Holder, Pool};

use crate::Descriptors;
use crate::diff::changed_options;
use crate::dynamic::{self, Reading, image, json};
use crate::rules::own::value_text;

/// Knows the options that a version declares.
pub(super) struct OptionWords<'d> {
    descriptors: &'d Descriptors,
    /// Made when the first option asks.
    pool: OnceCell<Pool>,
}

impl<'d> OptionWords<'d> {
    pub(super) fn new(descriptors: &'d Descriptors) -> Self {
        Self { descriptors, pool: OnceCell::new() }
    }

    fn pool(&self) -> &Pool {
        self.pool.get_or_init(|| {
            let mut files: Vec<_> = self.descriptors.files().cloned().collect();
            let language = image::descriptor_proto();
            if !files.iter().any(|file| file.name == language.name) {
                files.push(language);
            }
            Pool::new(files)
        })
    }

    /// Those that are set and that the other version has otherwise, such as `(owner) = "x"`.
    pub(super) fn of(
        &self,
        holder: Holder,
        here: &Options,
        there: Option<&Options>,
    ) -> Vec<String> {
        let message = self.pool().message(holder.options_name());
        let reading = Reading { partial: true, any_text: true, ..Reading::default() };
        let decoded = message.and_then(|of| dynamic::decode(of, here.bytes(), reading).ok());
        let mut all = Vec::new();
        for number in changed_options(holder, Some(here), there) {
            let field = message.and_then(|of| of.field_or_extension(number));
            let value = decoded.as_ref().and_then(|decoded| decoded.fields.get(&number));
            let printed = field.zip(value).and_then(|(field, value)| {
                let name = match field.is_extension() {
                    true => format!("({})", field.declared().full_name),
                    false => field.name().to_owned(),
                };
                Some(format!("{name} = {}", json::print_value(field, value).ok()?.to_json()))
            });
            match printed {
                Some(printed) => all.push(printed),
                // It is set, though nobody declares it any more.
                None => all
                    .extend(here.all(number).map(|one| format!("{number} = {}", value_text(one)))),
            }
        }
        all
    }
}

//! Compares one option of every file that is in both versions; what is not written counts as its
//! default.

use std::borrow::Cow;

use treaty_compiler::descriptor::Options;

use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::quote::quoted;

/// Reports each file in which the option reads another value. Where the option is gone, the file as
/// a whole stands for it, as buf has it.
pub(super) fn changed<'a>(
    pairing: &Pairing<'a>,
    hits: &mut Hits<'a>,
    name: &str,
    number: i32,
    of: impl Fn(Option<&'a Options>) -> Cow<'a, str>,
) {
    for (old, new) in &pairing.files.both {
        if old.options().is_none() && new.options().is_none() {
            continue;
        }
        let (from, to) = (of(old.options()), of(new.options()));
        if from != to {
            let message = format!(
                "File option \"{name}\" changed from {} to {}.",
                quoted(&from),
                quoted(&to)
            );
            hits.add(old.subject(), At::token(new.name, &[8, number]), old.name, message);
        }
    }
}

/// A `string`.
pub(super) fn text<'a>(number: u32) -> impl Fn(Option<&'a Options>) -> Cow<'a, str> {
    move |options| options.and_then(|options| options.text(number)).unwrap_or_default().into()
}

/// A `bool`.
pub(super) fn flag<'a>(number: u32, default: bool) -> impl Fn(Option<&'a Options>) -> Cow<'a, str> {
    move |options| {
        let set = options.and_then(|options| options.get(number)?.truth());
        if set.unwrap_or(default) { "true".into() } else { "false".into() }
    }
}

/// `FileOptions.OptimizeMode`.
pub(super) fn optimize_for(options: Option<&Options>) -> Cow<'_, str> {
    match options.and_then(|options| options.number(9)) {
        None | Some(1) => "SPEED".into(),
        Some(2) => "CODE_SIZE".into(),
        Some(3) => "LITE_RUNTIME".into(),
        Some(other) => other.to_string().into(),
    }
}

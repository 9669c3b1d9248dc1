//! `export` and `local` of edition 2024: who may use what, and what may be exported. — *Source*: protoc's
//! `SymbolChecker`.

use super::Check;
use crate::descriptor::{
    MAX_FIELD_NUMBER, Message, VISIBILITY_OF_ENUM, VISIBILITY_OF_MESSAGE, Visibility,
};
use crate::{DefaultVisibility, Features};

impl Check<'_> {
    /// A nested type that says `export` where all must be local.
    pub(super) fn visibility(
        &mut self,
        said: Visibility,
        name: &str,
        features: Features,
        is_top: bool,
        is_message: bool,
        around: Option<&Message>,
    ) {
        let is_strict = features.default_symbol_visibility == DefaultVisibility::Strict;
        if is_top || !is_strict || said != Visibility::Export {
            return;
        }
        // An enum may be exported from a message that is there for its name alone.
        let is_namespace = |message: &Message| {
            self.path.len() == 4
                && message.visibility != Visibility::Export
                && matches!(message.reserved_ranges[..], [(1, end)] if end == MAX_FIELD_NUMBER + 1)
        };
        if !is_message && around.is_some_and(is_namespace) {
            return;
        }
        let text =
            format!("`{name}` is nested, and cannot be exported where visibility is `STRICT`");
        let word = if is_message { VISIBILITY_OF_MESSAGE } else { VISIBILITY_OF_ENUM };
        let part = if self.is_protoc() { 1 } else { i32::from(word) };
        self.fault_with_help(part, text, "move it to the top level");
    }
}

/// Whether a type can be used in other files.
pub(super) fn is_exported(said: Visibility, around: Features, is_top: bool) -> bool {
    match (said, around.default_symbol_visibility) {
        (Visibility::Export, _) | (Visibility::Unset, DefaultVisibility::ExportAll) => true,
        (Visibility::Unset, DefaultVisibility::ExportTopLevel) => is_top,
        _ => false,
    }
}

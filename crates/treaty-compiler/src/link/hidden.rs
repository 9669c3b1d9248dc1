//! Types of other files that a search passes over, as buf has it, because they are local there. — *Does
//! not* look at features: types are searched for before options are interpreted.

use super::names::Names;
use super::table::Symbol;
use crate::ast::{AggregateName, RawOption, RawValue};
use crate::compile::Places;
use crate::descriptor::{File, Syntax, Visibility};
use crate::{DefaultVisibility, Features};

impl Names<'_> {
    /// Whether a type is local to another file.
    pub(super) fn is_hidden(&self, symbol: Symbol) -> bool {
        if self.places == Places::Protoc {
            return false;
        }
        let (table, files) = (self.table, self.files);
        let entry = match symbol {
            Symbol::Message(id) => table.message_entry(id),
            Symbol::Enum(id) => table.enum_entry(id),
            _ => return false,
        };
        let file = &files[entry.file as usize];
        if entry.file == self.here || file.syntax.edition() < Syntax::EDITION_2024.edition() {
            return false;
        }
        let said = match symbol {
            Symbol::Message(id) => table.message(files, id).visibility,
            Symbol::Enum(id) => table.enumeration(files, id).visibility,
            _ => return false,
        };
        match said {
            Visibility::Export => false,
            Visibility::Local => true,
            Visibility::Unset => match table.default_visibility(entry.file) {
                DefaultVisibility::ExportAll => false,
                DefaultVisibility::ExportTopLevel => entry.parent.is_some(),
                DefaultVisibility::LocalAll | DefaultVisibility::Strict => true,
            },
        }
    }
}

const NAME: &str = "default_symbol_visibility";

/// `option features.default_symbol_visibility` of a file as its source has it.
pub(super) fn default_visibility(file: &File) -> DefaultVisibility {
    let options = file.options.iter().flat_map(|options| &options.raw);
    let mut said = options.filter_map(said).filter_map(|value| match value {
        RawValue::Identifier(name) => DefaultVisibility::from_name(name),
        _ => None,
    });
    said.next_back().unwrap_or(Features::of(file.syntax).default_symbol_visibility)
}

/// What an option of a file says of it.
fn said(option: &RawOption) -> Option<&RawValue> {
    let is_named = |at: usize, name: &str| {
        option.name.get(at).is_some_and(|part| !part.is_extension && *part.text == *name)
    };
    if !is_named(0, "features") {
        return None;
    }
    match (&option.value, option.name.len()) {
        (RawValue::Message(literal), 1) => {
            let is_it = |name: &AggregateName| matches!(name, AggregateName::Field(name) if **name == *NAME);
            literal.fields.iter().find(|field| is_it(&field.name)).map(|field| &field.value.value)
        }
        (value, 2) if is_named(1, NAME) => Some(value),
        _ => None,
    }
}

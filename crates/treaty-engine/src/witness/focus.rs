//! What of a message a search is about.

use treaty_compiler::pool::MessageRef;

/// Fields by number, for writer and reader alike.
#[derive(Debug, Clone)]
pub(super) enum Focus {
    /// The whole message.
    All,
    /// These fields.
    Fields(Vec<u32>),
    /// One field, and in it one number of its enum.
    Number { field: u32, number: i32 },
}

impl Focus {
    pub(super) fn has(&self, field: u32) -> bool {
        match self {
            Self::All => true,
            Self::Fields(fields) => fields.contains(&field),
            Self::Number { field: one, .. } => *one == field,
        }
    }

    /// Whether a path that begins with a field's name, or its JSON name, is about it.
    pub(super) fn has_path(&self, of: MessageRef<'_>, path: &str) -> bool {
        if matches!(self, Self::All) {
            return true;
        }
        let bracket = if path.starts_with('[') { path.find(']').map(|end| end + 1) } else { None };
        let end = bracket.or_else(|| path.find(['.', '['])).unwrap_or(path.len());
        let name = &path[..end];
        let extension = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let field = match extension {
            Some(name) => of.pool().extension(name),
            None => of.field_by_json_name(name).or_else(|| of.field_by_name(name)),
        };
        field.is_none_or(|field| self.has(field.number()))
    }
}

//! What the name of an option leads to: fields of the options message, of extensions, and of what
//! they hold.

use super::super::names::{Names, Wanted, distance, spend};
use super::super::semantics::FieldAt;
use super::super::table::{Id, Symbol};
use super::super::walk::Site;
use super::{Fault, Interpret, Result, written};
use crate::ast::{NamePart, RawOption};
use crate::compile::Places;
use crate::descriptor::{Field, Kind, Label, Message};

/// What an option's name leads to.
pub(super) struct Target<'a> {
    /// Fields to go through, the last is set. With each the message that it is a field of.
    pub(super) fields: Vec<(FieldAt<'a>, Id)>,
}

impl<'a> Interpret<'a> {
    /// The fields that an option's name goes through.
    pub(super) fn target(&mut self, site: &Site<'_>, raw: &RawOption) -> Result<Target<'a>> {
        let table = self.names.table;
        let first =
            raw.name.first().ok_or_else(|| Fault::new(raw.value_span, "an option has no name"))?;
        if !first.is_extension && *first.text == *"uninterpreted_option" {
            return Err(Fault::new(first.span, "`uninterpreted_option` cannot be set"));
        }
        let is_feature = !first.is_extension && *first.text == *"features";
        if is_feature && self.edition < 1000 {
            let message = "features can be set only in editions";
            return Err(Fault::new(first.span, message));
        }
        let options_name = site.holder.options_name();
        let Some(Symbol::Message(mut message)) = table.get(options_name) else {
            return Err(Fault::new(first.span, format!("`{options_name}` is not defined")));
        };
        let is_feature_of_protoc = is_feature && self.names.places == Places::Protoc;
        let mut fields = Vec::with_capacity(raw.name.len());
        for (index, part) in raw.name.iter().enumerate() {
            let at = if part.is_extension {
                self.extension(site, part, message)?
            } else {
                self.field(part, message, raw)?
            };
            if is_feature_of_protoc && at.file == self.names.here {
                let message = format!(
                    "feature `{}` cannot be used in the file that defines it",
                    written(raw)
                );
                return Err(Fault::new(part.span, message));
            }
            fields.push((at, message));
            if index + 1 == raw.name.len() {
                break;
            }
            message = self.inside(at, part)?;
        }
        Ok(Target { fields })
    }

    /// The message that a field holds, of which fields can be set.
    fn inside(&self, at: FieldAt<'a>, part: &NamePart) -> Result<Id> {
        let Names { table, files, .. } = self.names;
        let type_name = at.field.type_name.as_deref().unwrap_or_default();
        let name = || at.full_name(files, table);
        match (at.field.kind, table.by_type_name(type_name)) {
            (Some(Kind::Message | Kind::Group), Some(Symbol::Message(_)))
                if at.field.label == Label::Repeated =>
            {
                let message =
                    format!("`{}` is repeated, so its fields cannot be set one by one", name());
                let help = Some(format!("set it as a whole: `{} = {{ ... }}`", part.text));
                Err(Fault { span: part.span, message, help })
            }
            (Some(Kind::Message | Kind::Group), Some(Symbol::Message(id))) => Ok(id),
            _ => {
                let message = format!("`{}` is not a message, so it has no fields to set", name());
                Err(Fault::new(part.span, message))
            }
        }
    }

    /// A field of a message by its name.
    fn field(&mut self, part: &NamePart, message: Id, raw: &RawOption) -> Result<FieldAt<'a>> {
        let Names { table, files, .. } = self.names;
        let declared: &'a Message = table.message(files, message);
        let file = table.message_entry(message).file;
        let found = declared.fields.iter().find(|field| *field.name == *part.text);
        let found =
            found.map(|field| FieldAt { field, file, parent: Some(message), is_extension: false });
        found.ok_or_else(|| {
            let what =
                declared.full_name.strip_prefix("google.protobuf.").unwrap_or(&declared.full_name);
            let is_near =
                |field: &'a Field| Some((distance(&part.text, &field.name)?, &field.name));
            let is_sought = spend(&mut self.suggestions);
            let near =
                is_sought.then(|| declared.fields.iter().filter_map(is_near).min()).flatten();
            let help = match near {
                Some((_, near)) => Some(format!("did you mean `{near}`?")),
                None if raw.name.len() == 1 => {
                    Some(format!("a custom option is written in parentheses: `({})`", part.text))
                }
                None => None,
            };
            Fault {
                span: part.span,
                message: format!("`{what}` has no field named `{}`", part.text),
                help,
            }
        })
    }

    /// An extension by its name, which must be one of that message.
    fn extension(&mut self, site: &Site<'_>, part: &NamePart, message: Id) -> Result<FieldAt<'a>> {
        let names = self.names;
        let Names { table, files, .. } = names;
        let known = &self.locals;
        let is_local = |scope: &str, name: &str| {
            let Some(symbol) = table.get(scope) else { return false };
            let mut known = known.borrow_mut();
            known.entry(symbol).or_insert_with(|| table.locals(files, symbol)).contains(name)
        };
        let symbol = match names.resolve(site.scope, &part.text, &Wanted::Any(&is_local)) {
            Ok(symbol) => symbol,
            Err(miss) => {
                let (message, help) = names.explain(&part.text, &miss, &mut self.suggestions);
                let help = help
                    .or_else(|| Some("is the file that defines the option imported?".to_owned()));
                return Err(Fault { span: part.span, message, help });
            }
        };
        let Symbol::Extension(id) = symbol else {
            return Err(Fault::new(part.span, format!("`{}` is not an extension", part.text)));
        };
        self.extension_of(id, message).ok_or_else(|| {
            let (name, of) = (&part.text, &table.message(files, message).full_name);
            Fault::new(part.span, format!("`{name}` is not an extension of `{of}`"))
        })
    }

    /// The extension, if it is one of that message; its file counts as used.
    pub(super) fn extension_of(&mut self, id: Id, message: Id) -> Option<FieldAt<'a>> {
        let Names { table, files, .. } = self.names;
        let entry = table.extension_entry(id);
        if entry.file != self.names.here && !self.used.contains(&entry.file) {
            self.used.push(entry.file);
        }
        let field = table.extension(files, id);
        let is_its = field.extendee.as_ref() == Some(&table.message_entry(message).type_name);
        let (file, parent) = (entry.file, entry.parent);
        is_its.then_some(FieldAt { field, file, parent, is_extension: true })
    }
}

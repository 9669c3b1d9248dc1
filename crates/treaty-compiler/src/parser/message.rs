//! Messages and what stands in them.

use std::collections::HashSet;

use super::range::MAX_SENTINEL;
use super::{MAX_MESSAGES, Parse, Parser};
use crate::ast::{RawOption, RawValue};
use crate::compile::Places;
use crate::descriptor::{
    LocationId, MAX_FIELD_NUMBER, Message, Oneof, Options, Step, Syntax, VISIBILITY_OF_ENUM,
    VISIBILITY_OF_MESSAGE, Visibility,
};

impl Parser<'_> {
    pub(super) fn message(
        &mut self,
        location: LocationId,
        visibility: Visibility,
    ) -> Parse<Message> {
        self.advance();
        let name = self.name(location, "a message name")?;
        let mut message = Message { name: name.into(), visibility, ..Message::default() };
        self.message_body(&mut message, location)?;
        if self.syntax == Syntax::Proto3 {
            add_synthetic_oneofs(&mut message, self.places);
        }
        self.close(location);
        Ok(message)
    }

    /// The name of a declaration, and its location.
    pub(super) fn name(&mut self, location: LocationId, what: &str) -> Parse<&str> {
        let token = self.current;
        self.identifier(what)?;
        self.locate(location, Step::Field(1), token, token);
        Ok(self.text_of(token))
    }

    /// From `{` to `}`, also of a group.
    pub(super) fn message_body(&mut self, message: &mut Message, location: LocationId) -> Parse {
        if self.at(b'{') && self.depth == MAX_MESSAGES {
            let help = format!("messages nest at most {MAX_MESSAGES} deep");
            let open = self.current;
            self.report(open.span(), "messages nest too deep", Some(&help));
            self.recover(open);
            return Ok(());
        }
        if self.depth == MAX_MESSAGES {
            return Err(self.expected("`{`", None));
        }
        let Some(open) = self.open_block(location) else { return Ok(()) };
        self.depth += 1;
        while self.in_block(open, "message") {
            let (first, mark) = (self.current, self.locations.mark());
            if self.message_statement(message, location).is_err() {
                self.locations.forget(mark);
                self.recover(first);
            }
        }
        self.depth -= 1;
        self.complete(message);
        Ok(())
    }

    fn message_statement(&mut self, message: &mut Message, location: LocationId) -> Parse {
        if self.at(b';') {
            self.finish(None);
            return Ok(());
        }
        let first = self.current;
        let visibility = self.visibility()?;
        match self.word() {
            "message" | "enum" | "extensions" | "reserved" | "extend" | "option" | "oneof"
                if self.is_type() =>
            {
                self.message_field(message, location)?;
            }
            "message" => {
                let inner = self.open(location, Step::Element(3, message.messages.len()));
                self.locate_visibility(inner, VISIBILITY_OF_MESSAGE, visibility, first);
                let nested = self.message(inner, visibility)?;
                message.messages.push(nested);
            }
            "enum" => {
                let inner = self.open(location, Step::Element(4, message.enums.len()));
                self.locate_visibility(inner, VISIBILITY_OF_ENUM, visibility, first);
                let nested = self.enumeration(inner, visibility)?;
                message.enums.push(nested);
            }
            "extensions" => {
                let inner = self.open(location, Step::Field(5));
                self.extension_ranges(message, inner)?;
            }
            "reserved" => {
                self.reserved(location, &mut message.reserved_names, &mut message.reserved_ranges)?;
            }
            "extend" => {
                let inner = self.open(location, Step::Field(6));
                let Message { extensions, messages, .. } = message;
                self.extend(extensions, messages, (location, 3), inner)?;
            }
            "option" => {
                let inner = self.open(location, Step::Field(7));
                self.option_statement(&mut message.options, inner)?;
            }
            "oneof" => self.oneof(message, location)?,
            _ => self.message_field(message, location)?,
        }
        Ok(())
    }

    /// What can only be said at the end of a message.
    fn complete(&mut self, message: &mut Message) {
        let raw = message.options.as_deref().map_or(&[][..], |options| &options.raw);
        for option in raw.iter().filter(|option| is_named(option, "map_entry")) {
            let span = option.name[0].span;
            let help = "write the field as `map<KeyType, ValueType>`";
            self.report(span, "`map_entry` is only set by the compiler", Some(help));
        }
        let end = if is_message_set(message.options.as_deref()) {
            i32::MAX
        } else {
            MAX_FIELD_NUMBER + 1
        };
        let ranges = message.extension_ranges.iter_mut().map(|range| &mut range.end);
        for to in ranges.chain(message.reserved_ranges.iter_mut().map(|(_, end)| end)) {
            if *to == MAX_SENTINEL {
                *to = end;
            }
        }
        message.fields.shrink_to_fit();
        message.messages.shrink_to_fit();
        message.enums.shrink_to_fit();
    }
}

fn is_named(option: &RawOption, name: &str) -> bool {
    matches!(&option.name[..], [part] if !part.is_extension && &*part.text == name)
}

fn is_message_set(options: Option<&Options>) -> bool {
    let raw = options.map_or(&[][..], |options| &options.raw);
    let is_true = |value: &RawValue| *value == RawValue::Identifier("true".into());
    raw.iter().any(|option| is_named(option, "message_set_wire_format") && is_true(&option.value))
}

/// proto3 `optional` is a oneof of one field, with a name that no field and no other oneof has; to buf,
/// nothing else in the message either.
fn add_synthetic_oneofs(message: &mut Message, places: Places) {
    if !message.fields.iter().any(|field| field.proto3_optional) {
        return;
    }
    let fields = message.fields.iter().map(|field| field.name.clone());
    let oneofs = message.oneofs.iter().map(|oneof| oneof.name.clone());
    let mut taken: HashSet<Box<str>> = fields.chain(oneofs).collect();
    if places == Places::Buf {
        let values = message.enums.iter().flat_map(|one| &one.values);
        taken.extend(values.map(|value| value.name.clone()));
        taken.extend(message.enums.iter().map(|one| one.name.clone()));
        taken.extend(message.messages.iter().map(|one| one.name.clone()));
        taken.extend(message.extensions.iter().map(|one| one.name.clone()));
    }
    let mut seen = HashSet::new();
    for field in message.fields.iter_mut().filter(|field| field.proto3_optional) {
        let underscore = if field.name.starts_with('_') { "" } else { "_" };
        let mut name = format!("{underscore}{}", field.name);
        // A field that stands twice is refused later; a name for each would only grow.
        if seen.insert(field.name.clone()) {
            while taken.contains(name.as_str()) {
                name.insert(0, 'X');
            }
        }
        let name: Box<str> = name.into();
        taken.insert(name.clone());
        field.oneof_index = Some(message.oneofs.len() as u32);
        message.oneofs.push(Oneof { name, options: None });
    }
}

//! Fields of messages, oneofs and extensions: label, type, name, number, and groups and maps.

use std::sync::Arc;

use super::map::{MapType, map_entry};
use super::{Failed, Parse, Parser};
use crate::compile::Places;
use crate::descriptor::{Field, Kind, Label, LocationId, Message, Step, Syntax};
use crate::lexer::{Token, TokenKind, number};

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Message,
    Oneof(u32),
    Extend,
}

/// The location of the message or file around, and its field for nested messages.
pub(super) type Around = (LocationId, u16);

/// A type as it is written.
pub(super) enum Type {
    BuiltIn(Kind),
    Named(Arc<str>),
}

impl<'a> Parser<'a> {
    pub(super) fn message_field(&mut self, message: &mut Message, location: LocationId) -> Parse {
        let inner = self.open(location, Step::Element(2, message.fields.len()));
        let mut field = Field::default();
        let Message { fields, messages, .. } = message;
        self.field(&mut field, Holder::Message, messages, (location, 3), inner)?;
        fields.push(field);
        Ok(())
    }

    /// Reads a field; a group's or a map's message is added to `messages`.
    pub(super) fn field(
        &mut self,
        field: &mut Field,
        holder: Holder,
        messages: &mut Vec<Message>,
        around: Around,
        location: LocationId,
    ) -> Parse {
        let label = self.label(holder, location);
        field.label = label.unwrap_or_default();
        field.proto3_optional = label == Some(Label::Optional) && self.syntax == Syntax::Proto3;
        if let Holder::Oneof(index) = holder {
            field.oneof_index = Some(index);
        }
        let first = self.current;
        let map = self.field_type(field, holder, label, location)?;
        let name = self.current;
        self.field_name(field, first, location)?;
        self.field_number(field, first, location)?;
        self.field_options(field, location)?;
        if field.kind == Some(Kind::Group) {
            return self.group(field, name, messages, around, location);
        }
        self.semicolon(Some(location))?;
        self.close(location);
        if let Some(map) = map {
            self.locate_map_entry(&map, around, messages.len());
            let entry = map_entry(map, field);
            field.type_name = Some(Arc::from(&*entry.name));
            // A type that is only named may as well be an enum: so the linker tells a map.
            field.kind = Some(Kind::Message);
            messages.push(entry);
        }
        Ok(())
    }

    fn label(&mut self, holder: Holder, location: LocationId) -> Option<Label> {
        let label = match self.word() {
            "optional" => Label::Optional,
            "required" => Label::Required,
            "repeated" => Label::Repeated,
            _ => return None,
        };
        if self.is_before_name_only() {
            return None;
        }
        let token = self.current;
        let word = self.word();
        self.advance();
        if matches!(holder, Holder::Oneof(_)) {
            let message = format!("a field of a oneof cannot be `{word}`");
            self.report(token.span(), message, Some("remove the word: one field at most is set"));
            return None;
        }
        let (message, help) = match label {
            Label::Optional if self.is_editions() => (
                "editions have no `optional`",
                "remove it: fields have presence, unless `features.field_presence` says otherwise",
            ),
            Label::Required if self.is_editions() => (
                "editions have no `required`",
                "write `[features.field_presence = LEGACY_REQUIRED]`",
            ),
            _ => ("", ""),
        };
        if !message.is_empty() {
            self.report(token.span(), message, Some(help));
        }
        self.locate(location, Step::Field(4), token, token);
        Some(label)
    }

    fn field_type(
        &mut self,
        field: &mut Field,
        holder: Holder,
        label: Option<Label>,
        location: LocationId,
    ) -> Parse<Option<MapType>> {
        let inner = self.open(location, Step::Field(6));
        let first = self.current;
        let is_map = self.word() == "map"
            && self.ahead().next().is_some_and(|next| next.kind == TokenKind::Symbol(b'<'));
        if is_map {
            let map = self.map_type(first, holder, label)?;
            field.label = Label::Repeated;
            field.proto3_optional = false;
            self.close(inner);
            return Ok(Some(map));
        }
        let needs_label = self.syntax == Syntax::Proto2 && !self.is_syntax_unknown;
        let has_label = label.is_some() || matches!(holder, Holder::Oneof(_));
        match self.any_type()? {
            Type::BuiltIn(kind) => {
                // To buf, `group` stands for the name of the group's message.
                let is_named = self.places == Places::Buf && kind == Kind::Group;
                self.locations.set_field(inner, if is_named { 6 } else { 5 });
                field.kind = Some(kind);
            }
            Type::Named(name) => field.type_name = Some(name),
        }
        self.close(inner);
        if needs_label && !has_label && self.current.kind == TokenKind::Identifier {
            let help = "write `optional`, `required` or `repeated` before its type; proto3 and \
                        editions need none";
            self.report(first.span(), "in proto2 every field has a label", Some(help));
        }
        Ok(None)
    }

    pub(super) fn any_type(&mut self) -> Parse<Type> {
        let kind = built_in(self.word()).filter(|&kind| {
            let is_name = self.is_before_dot() || kind == Kind::Group && self.is_group_a_type();
            !is_name
        });
        let Some(kind) = kind else {
            return Ok(Type::Named(self.type_name("a type")?));
        };
        if kind == Kind::Group && self.is_editions() {
            let span = self.current.span();
            let help = "declare a message, and write `[features.message_encoding = DELIMITED]` at a \
                        field of it";
            self.report(span, "editions have no groups", Some(help));
        }
        self.advance();
        Ok(Type::BuiltIn(kind))
    }

    /// The name of a message or enum.
    pub(super) fn type_name(&mut self, what: &str) -> Parse<Arc<str>> {
        let is_name = self.word() == "group" && self.places == Places::Buf || self.is_before_dot();
        if built_in(self.word()).is_some() && !is_name {
            let help = "only a message can stand here";
            return Err(self.expected("a message", Some(help)));
        }
        self.dotted_from(what).map(Arc::from)
    }

    /// Names with dots between; with a leading dot where one stands.
    pub(super) fn dotted_from(&mut self, what: &str) -> Parse<std::borrow::Cow<'a, str>> {
        let first = self.current;
        if self.try_symbol(b'.') {
            let rest = self.dotted(what)?;
            let whole = &self.text[first.start as usize..self.previous.end as usize];
            let is_whole = whole.len() == rest.len() + 1;
            return Ok(if is_whole { whole.into() } else { format!(".{rest}").into() });
        }
        self.dotted(what)
    }

    /// Names with dots between.
    pub(super) fn dotted(&mut self, what: &str) -> Parse<std::borrow::Cow<'a, str>> {
        let first = self.current;
        let mut length = self.identifier(what)?.len();
        let mut parts = 1;
        while self.try_symbol(b'.') {
            length += self.identifier("a name behind `.`")?.len();
            parts += 1;
        }
        let whole = &self.text[first.start as usize..self.previous.end as usize];
        if whole.len() == length + parts - 1 {
            return Ok(whole.into());
        }
        // Blanks or comments stand in between, so it is put together from its tokens.
        let mut lexer = crate::lexer::Lexer::new(whole, self.places);
        let tokens = std::iter::repeat_with(|| lexer.next());
        let tokens = tokens.take_while(|token| token.kind != TokenKind::End);
        let joined: String =
            tokens.map(|token| &whole[token.start as usize..token.end as usize]).collect();
        Ok(joined.into())
    }

    fn field_name(&mut self, field: &mut Field, first: Token, location: LocationId) -> Parse {
        let token = self.current;
        if token.kind != TokenKind::Identifier {
            let written = self.text_of(first);
            let is_only_word = first.end == self.previous.end && self.at(b'=');
            let example = match built_in(written) {
                Some(_) => format!("{written} name = 1;"),
                None => format!("string {written} = 1;"),
            };
            let help = format!("a field has a type and a name, as in `{example}`");
            return Err(self.expected("a field name", is_only_word.then_some(&*help)));
        }
        self.advance();
        self.locate(location, Step::Field(1), token, token);
        field.name = self.text_of(token).into();
        Ok(())
    }

    fn field_number(&mut self, field: &mut Field, first: Token, location: LocationId) -> Parse {
        if !self.at(b'=') {
            return Err(self.missing_number(field, first));
        }
        self.advance();
        let token = self.current;
        field.number = self.integer("a field number")?;
        self.locate(location, Step::Field(3), token, token);
        Ok(())
    }

    fn missing_number(&mut self, field: &Field, first: Token) -> Failed {
        let name = &field.name;
        let has_none = self.at(b';') || self.at(b'[') || self.current.line > self.previous.line;
        if has_none {
            let span = self.previous.span();
            let help = "give it one that the message has never used, as in `string name = 1;`";
            self.report(span, format!("the field `{name}` has no number"), Some(help));
            return Failed;
        }
        let keywords = ["message", "enum", "oneof", "extend"];
        let meant = super::suggestion::nearest(self.text_of(first), &keywords);
        let help = meant.filter(|_| self.at(b'{')).map(|meant| format!("did you mean `{meant}`?"));
        self.expected("`=` and a field number", help.as_deref())
    }

    /// An integer from 0 to the largest `int32`.
    pub(super) fn integer(&mut self, what: &str) -> Parse<i32> {
        let token = self.current;
        if token.kind != TokenKind::Integer {
            return Err(self.expected(what, None));
        }
        let value =
            number::integer(self.text_of(token)).and_then(|number| i32::try_from(number).ok());
        if let Some(value) = value {
            self.advance();
            return Ok(value);
        }
        if !number::is_malformed(self.text_of(token)) {
            let text = self.text_of(token);
            let help = format!("numbers end at {}", i32::MAX);
            self.report(token.span(), format!("{text} is too large for {what}"), Some(&help));
        }
        Err(Failed)
    }

    fn group(
        &mut self,
        field: &mut Field,
        name: Token,
        messages: &mut Vec<Message>,
        (parent, nested): Around,
        location: LocationId,
    ) -> Parse {
        let mut group = Message { name: field.name.clone(), ..Message::default() };
        let start = self.locations.start_of(location);
        let inner = self.locations.open(Some(parent), Step::Element(nested, messages.len()), start);
        self.locate(inner, Step::Field(1), name, name);
        if self.places == Places::Protoc {
            self.locate(location, Step::Field(6), name, name);
        }
        if !group.name.starts_with(|first: char| first.is_ascii_uppercase()) {
            let help = "the field has the same name in lower case";
            self.report(name.span(), "the name of a group begins with a capital", Some(help));
        }
        field.type_name = Some(Arc::from(&*group.name));
        field.name = field.name.to_ascii_lowercase().into();
        self.message_body(&mut group, inner)?;
        self.close(inner);
        self.close(location);
        messages.push(group);
        Ok(())
    }
}

fn built_in(word: &str) -> Option<Kind> {
    Some(match word {
        "double" => Kind::Double,
        "float" => Kind::Float,
        "int64" => Kind::Int64,
        "uint64" => Kind::Uint64,
        "int32" => Kind::Int32,
        "fixed64" => Kind::Fixed64,
        "fixed32" => Kind::Fixed32,
        "bool" => Kind::Bool,
        "string" => Kind::String,
        "group" => Kind::Group,
        "bytes" => Kind::Bytes,
        "uint32" => Kind::Uint32,
        "sfixed32" => Kind::Sfixed32,
        "sfixed64" => Kind::Sfixed64,
        "sint32" => Kind::Sint32,
        "sint64" => Kind::Sint64,
        _ => return None,
    })
}

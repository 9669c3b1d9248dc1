//! Maps: their types, and the messages that stand for their entries.

use super::field::{Around, Holder, Type};
use super::{Parse, Parser};
use crate::ast::{NO_LOCATION, RawOption};
use crate::compile::Places;
use crate::descriptor::{Field, Kind, Label, Message, Options, Span, Step};
use crate::lexer::Token;

/// Key and value of a map.
pub(super) struct MapType([Part; 2]);

struct Part {
    written: Type,
    span: Span,
}

impl Parser<'_> {
    pub(super) fn map_type(
        &mut self,
        first: Token,
        holder: Holder,
        label: Option<Label>,
    ) -> Parse<MapType> {
        let (message, help) = match holder {
            Holder::Oneof(_) => ("a map cannot be a field of a oneof", "put it into a message"),
            Holder::Extend => ("a map cannot be an extension", "put it into a message"),
            Holder::Message if label.is_some() => ("a map has no label", "remove the label"),
            Holder::Message => ("", ""),
        };
        if !message.is_empty() {
            self.report(first.span(), message, Some(help));
        }
        self.advance();
        self.symbol(b'<')?;
        let key = self.map_part()?;
        self.symbol(b',')?;
        let value = self.map_part()?;
        self.symbol(b'>')?;
        Ok(MapType([key, value]))
    }

    fn map_part(&mut self) -> Parse<Part> {
        if self.word() == "group" && self.places == Places::Protoc {
            return Err(self.expected("a type", Some("a map holds messages, but no groups")));
        }
        let start = self.current.span().start;
        let written = match self.word() {
            "group" => Type::Named(self.type_name("a type")?),
            _ => self.any_type()?,
        };
        Ok(Part { written, span: Span { start, end: self.previous.span().end } })
    }

    /// Notes where the fields of a map's entry stand, of those that may be wrong.
    pub(super) fn locate_map_entry(&mut self, map: &MapType, (outer, field): Around, index: usize) {
        let mut entry = None;
        for (index_within, part) in map.0.iter().enumerate() {
            let wrong_keys = [Kind::Float, Kind::Double, Kind::Bytes];
            if matches!(part.written, Type::BuiltIn(kind) if index_within == 1 || !wrong_keys.contains(&kind))
            {
                continue;
            }
            let Span { start, end } = part.span;
            let locations = &mut self.locations;
            let entry = *entry.get_or_insert_with(|| {
                let entry = locations.open(Some(outer), Step::Element(field, index), start);
                locations.hide(entry);
                entry
            });
            let part = locations.open(Some(entry), Step::Element(2, index_within), start);
            locations.close(part, end);
            locations.hide_but_from_faults(part);
        }
    }
}

/// The message that stands for one entry of a map.
pub(super) fn map_entry(MapType([key, value]): MapType, field: &Field) -> Message {
    // `map_entry = true`, encoded.
    let options = Options::new(vec![0x38, 1]);
    Message {
        name: entry_name(&field.name).into(),
        fields: vec![
            entry_field("key", 1, key.written, field),
            entry_field("value", 2, value.written, field),
        ],
        options: Some(Box::new(options)),
        ..Message::default()
    }
}

fn entry_field(name: &str, number: i32, written: Type, map: &Field) -> Field {
    let (kind, type_name) = match written {
        Type::BuiltIn(kind) => (Some(kind), None),
        Type::Named(name) => (None, Some(name)),
    };
    // Features of the map are those of its parts, and so is an option from before features.
    let is_inherited = |option: &&RawOption| {
        let first = &option.name[0];
        let name = if first.is_extension { "" } else { &*first.text };
        let is_text = kind == Some(Kind::String);
        name == "features" || (name == "enforce_utf8" && option.name.len() == 1 && is_text)
    };
    let raw = map.options.iter().flat_map(|options| &options.raw).filter(is_inherited);
    let raw: Vec<_> =
        raw.map(|option| RawOption { location: NO_LOCATION, ..option.clone() }).collect();
    let options = (!raw.is_empty()).then(|| Box::new(Options::from_raw(raw)));
    Field { name: name.into(), number, kind, type_name, options, ..Field::default() }
}

/// `my_field` is `MyFieldEntry`.
fn entry_name(field: &str) -> String {
    let mut name = String::with_capacity(field.len() + 5);
    let mut is_start = true;
    for letter in field.chars() {
        if letter == '_' {
            is_start = true;
        } else {
            name.push(if is_start { letter.to_ascii_uppercase() } else { letter });
            is_start = false;
        }
    }
    name + "Entry"
}

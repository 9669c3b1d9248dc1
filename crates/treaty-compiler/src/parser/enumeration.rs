//! Enums.

use super::{Failed, Parse, Parser};
use crate::descriptor::{Enum, EnumValue, LocationId, Step, Visibility};
use crate::lexer::{TokenKind, number};

impl Parser<'_> {
    pub(super) fn enumeration(
        &mut self,
        location: LocationId,
        visibility: Visibility,
    ) -> Parse<Enum> {
        self.advance();
        let name = self.name(location, "an enum name")?.into();
        let mut enumeration = Enum { name, visibility, ..Enum::default() };
        let Some(open) = self.open_block(location) else { return Ok(enumeration) };
        while self.in_block(open, "enum") {
            let (first, mark) = (self.current, self.locations.mark());
            if self.enum_statement(&mut enumeration, location).is_err() {
                self.locations.forget(mark);
                self.recover(first);
            }
        }
        self.close(location);
        enumeration.values.shrink_to_fit();
        Ok(enumeration)
    }

    fn enum_statement(&mut self, enumeration: &mut Enum, location: LocationId) -> Parse {
        if self.at(b';') {
            self.finish(None);
            return Ok(());
        }
        // A value may be named as a statement, as buf has it.
        let word = self.word();
        let is_value =
            || self.ahead().next().is_some_and(|next| next.kind == TokenKind::Symbol(b'='));
        match word {
            "option" | "reserved" if is_value() => self.enum_value_of(enumeration, location),
            "option" => {
                let inner = self.open(location, Step::Field(3));
                self.option_statement(&mut enumeration.options, inner)
            }
            "reserved" => {
                let Enum { reserved_names, reserved_ranges, .. } = enumeration;
                self.reserved_of_enum(location, reserved_names, reserved_ranges)
            }
            _ => self.enum_value_of(enumeration, location),
        }
    }

    fn enum_value_of(&mut self, enumeration: &mut Enum, location: LocationId) -> Parse {
        let inner = self.open(location, Step::Element(2, enumeration.values.len()));
        let value = self.enum_value(inner)?;
        enumeration.values.push(value);
        Ok(())
    }

    fn enum_value(&mut self, location: LocationId) -> Parse<EnumValue> {
        let name: Box<str> = self.name(location, "the name of a value")?.into();
        if !self.at(b'=') {
            let span = self.previous.span();
            let help = "write it as `NAME = 1;`";
            self.report(span, format!("the value `{name}` has no number"), Some(help));
            return Err(Failed);
        }
        self.advance();
        let inner = self.open(location, Step::Field(2));
        let number = self.signed_integer("a number")?;
        self.close(inner);
        let mut options = None;
        if self.at(b'[') {
            let inner = self.open(location, Step::Field(3));
            self.option_list(&mut options, inner)?;
            self.close(inner);
        }
        self.semicolon(Some(location))?;
        self.close(location);
        Ok(EnumValue { name, number, options })
    }

    /// An `int32`.
    pub(super) fn signed_integer(&mut self, what: &str) -> Parse<i32> {
        let sign = self.current;
        let is_negative = self.try_symbol(b'-');
        let token = self.current;
        if token.kind != TokenKind::Integer {
            return Err(self.expected(what, None));
        }
        let text = self.text_of(token);
        let magnitude = number::integer(text).and_then(|magnitude| i64::try_from(magnitude).ok());
        let signed = magnitude.map(|magnitude| if is_negative { -magnitude } else { magnitude });
        if let Some(value) = signed.and_then(|signed| i32::try_from(signed).ok()) {
            self.advance();
            return Ok(value);
        }
        if !number::is_malformed(text) {
            let help = format!("numbers go from {} to {}", i32::MIN, i32::MAX);
            let written = if is_negative { format!("-{text}") } else { text.to_owned() };
            let span = crate::descriptor::Span { start: sign.span().start, ..token.span() };
            self.report(span, format!("{written} is beyond what {what} can be"), Some(&help));
        }
        Err(Failed)
    }
}

//! Default values of fields, as `descriptor.proto` writes them.

use super::{Failed, Parse, Parser};
use crate::compile::Places;
use crate::descriptor::{Field, Kind, LocationId, Step};
use crate::lexer::{TokenKind, number, string};

impl Parser<'_> {
    /// `default = value`, which only looks like an option.
    pub(super) fn default_value(&mut self, field: &mut Field, location: LocationId) -> Parse {
        let token = self.current;
        if field.default_value.is_some() {
            self.report(token.span(), "`default` is set a second time", None);
        }
        self.advance();
        self.symbol(b'=')?;
        let first = if self.places == Places::Buf { token } else { self.current };
        let inner = self.open_at(location, Step::Field(7), first);
        let value = self.default_of(field.kind)?;
        self.close(inner);
        field.default_value = Some(value.into());
        Ok(())
    }

    fn default_of(&mut self, kind: Option<Kind>) -> Parse<String> {
        use Kind::{
            Bool, Bytes, Double, Enum, Fixed32, Fixed64, Float, Group, Int32, Int64, Message,
            Sfixed32, Sfixed64, Sint32, Sint64, String, Uint32, Uint64,
        };
        match kind {
            Some(Int32 | Sint32 | Sfixed32) => self.default_integer(1 << 31, i32::MAX as u64),
            Some(Int64 | Sint64 | Sfixed64) => self.default_integer(1 << 63, i64::MAX as u64),
            Some(Uint32 | Fixed32) => self.default_integer(0, u64::from(u32::MAX)),
            Some(Uint64 | Fixed64) => self.default_integer(0, u64::MAX),
            Some(Float) => {
                let value = number::to_float(self.default_float()?);
                Ok(match self.places {
                    Places::Buf => number::print_shortest(value.into()),
                    Places::Protoc => number::print_float(value),
                })
            }
            Some(Double) => {
                let value = self.default_float()?;
                Ok(match self.places {
                    Places::Buf => number::print_shortest(value),
                    Places::Protoc => number::print_double(value),
                })
            }
            Some(Bool) if matches!(self.word(), "true" | "false") => {
                Ok(self.identifier("`true` or `false`")?.to_owned())
            }
            Some(Bool) => Err(self.expected("`true` or `false`", None)),
            Some(String) => self.utf8_string("the default of a string field in quotes"),
            Some(Bytes) => {
                Ok(string::c_escape(&self.string("the default of a bytes field in quotes")?))
            }
            Some(Group | Message) => {
                let span = self.current.span();
                self.report(span, "a message has no default", Some("remove it"));
                Err(Failed)
            }
            Some(Enum) | None => self.default_of_name(),
        }
    }

    /// Of an enum, as far as it is known yet: the linker tells what else stands here.
    fn default_of_name(&mut self) -> Parse<String> {
        let is_value = matches!(
            self.current.kind,
            TokenKind::Identifier | TokenKind::Integer | TokenKind::Float | TokenKind::String
        );
        if self.places == Places::Buf && self.try_symbol(b'-') {
            if self.current.kind != TokenKind::Integer {
                return Err(self.expected("a number", None));
            }
            let text = format!("-{}", self.text_of(self.current));
            self.advance();
            return Ok(text);
        }
        if !is_value {
            return Err(self.expected("a value of the enum", None));
        }
        let text = self.text_of(self.current).to_owned();
        self.advance();
        Ok(text)
    }

    /// From minus `least` to `most`.
    fn default_integer(&mut self, least: u64, most: u64) -> Parse<String> {
        let sign = self.current;
        let is_negative = self.try_symbol(b'-');
        let token = self.current;
        if token.kind != TokenKind::Integer {
            return Err(self.expected("an integer", None));
        }
        self.advance();
        let text = self.text_of(token);
        let limit = if is_negative { least } else { most };
        let value = number::integer(text).filter(|&value| value <= limit);
        let is_unsigned = is_negative && least == 0;
        if let (Some(value), false) = (value, is_unsigned) {
            let sign = if is_negative { "-" } else { "" };
            return Ok(format!("{sign}{value}"));
        }
        if number::is_malformed(text) {
            // Which is told already.
            return Err(Failed);
        }
        let first = if is_negative { sign } else { token };
        let span = crate::descriptor::Span { start: first.span().start, ..token.span() };
        let least = if least == 0 { "0".to_owned() } else { format!("-{least}") };
        let help = format!("the field holds numbers from {least} to {most}");
        self.report(span, "the default is beyond what the field can hold", Some(&help));
        Err(Failed)
    }

    fn default_float(&mut self) -> Parse<f64> {
        let is_negative = self.try_symbol(b'-');
        let token = self.current;
        let text = self.text_of(token);
        let is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
        let magnitude = match token.kind {
            TokenKind::Integer if is_hexadecimal && self.places == Places::Buf => {
                return Err(self.expected("a decimal number", None));
            }
            TokenKind::Integer | TokenKind::Float => number::float(text),
            TokenKind::Identifier if text == "inf" => Some(f64::INFINITY),
            TokenKind::Identifier if text == "nan" => Some(f64::NAN),
            _ => return Err(self.expected("a number, `inf` or `nan`", None)),
        };
        let Some(magnitude) = magnitude else {
            // What is no number at all is told already.
            if !number::is_malformed(text) {
                self.report(token.span(), format!("{text} is beyond 64 bits"), None);
            }
            return Err(Failed);
        };
        self.advance();
        Ok(if is_negative { -magnitude } else { magnitude })
    }
}

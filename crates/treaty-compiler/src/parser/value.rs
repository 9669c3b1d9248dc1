//! Values of options, but for message literals.

use super::{Failed, Parse, Parser};
use crate::ast::RawValue;
use crate::lexer::{TokenKind, number};

impl Parser<'_> {
    pub(super) fn option_value(&mut self) -> Parse<RawValue> {
        if self.at(b'{') {
            return self.literal();
        }
        let value = self.scalar("a value")?;
        let is_named = self.previous.kind == TokenKind::Identifier;
        if matches!(value, RawValue::Float(_))
            && is_named
            && !matches!(self.text_of(self.previous), "inf" | "nan")
        {
            let span = self.previous.span();
            self.report(span, "only `inf` and `nan` stand behind `-`, in small letters", None);
            return Err(Failed);
        }
        Ok(value)
    }

    /// A value of one token, or two with a sign.
    pub(super) fn scalar(&mut self, what: &str) -> Parse<RawValue> {
        let is_negative = self.try_symbol(b'-');
        let token = self.current;
        let text = self.text_of(token);
        match token.kind {
            TokenKind::Identifier if is_negative => {
                // Which letters are large counts as little here as in the text format.
                let value = match text.to_ascii_lowercase().as_str() {
                    "inf" | "infinity" => f64::NEG_INFINITY,
                    "nan" => f64::NAN,
                    _ => return Err(self.expected("a number, `inf` or `nan` behind `-`", None)),
                };
                self.advance();
                Ok(RawValue::Float(value))
            }
            TokenKind::Identifier => {
                self.advance();
                Ok(RawValue::Identifier(text.into()))
            }
            TokenKind::Integer => self.whole_number(is_negative),
            TokenKind::Float => {
                self.advance();
                let value = number::float(text).unwrap_or_default();
                Ok(RawValue::Float(if is_negative { -value } else { value }))
            }
            TokenKind::String if !is_negative => Ok(RawValue::Text(self.string("a string")?)),
            _ if is_negative => Err(self.expected("a number, `inf` or `nan` behind `-`", None)),
            _ => Err(self.expected(what, None)),
        }
    }

    fn whole_number(&mut self, negative: bool) -> Parse<RawValue> {
        let token = self.current;
        let text = self.text_of(token);
        self.advance();
        let most = if negative { 1 << 63 } else { u64::MAX };
        if let Some(magnitude) = number::integer(text).filter(|&magnitude| magnitude <= most) {
            return Ok(RawValue::Integer { negative, magnitude });
        }
        // What is beyond 64 bits is a float, if it is written as one.
        if let Some(value) = number::float(text) {
            return Ok(RawValue::Float(if negative { -value } else { value }));
        }
        if !number::is_malformed(text) {
            self.report(token.span(), format!("{text} is beyond 64 bits"), None);
        }
        Err(Failed)
    }
}

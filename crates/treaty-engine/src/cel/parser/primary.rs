//! Parses what operators stand between: literals, names, calls, lists, maps and messages.

use super::{BEGINS, Parsed, Parser, RESERVED};
use crate::cel::expression::Expression;
use crate::cel::lexer::{Kind, Token};

impl Parser {
    pub(super) fn primary(&mut self) -> Parsed {
        let token = self.peek(0).clone();
        self.at += usize::from(token.kind != Kind::End);
        Ok(match token.kind {
            Kind::Text(text) => Expression::Text(text),
            Kind::Bytes(bytes) => Expression::Bytes(bytes),
            Kind::Int | Kind::Uint | Kind::Float => return self.number(&token, false),
            Kind::Sign("true") => Expression::Bool(true),
            Kind::Sign("false") => Expression::Bool(false),
            Kind::Sign("null") => Expression::Null,
            Kind::Sign("-") if matches!(self.peek(0).kind, Kind::Int | Kind::Float) => {
                let token = self.peek(0).clone();
                self.at += 1;
                return self.number(&token, true);
            }
            Kind::Sign("(") => {
                let inner = self.expression()?;
                self.require(")")?;
                inner
            }
            Kind::Sign("[") => return self.list(),
            Kind::Sign("{") => return self.map(),
            Kind::Sign(".") => {
                let name = self.peek(0).clone();
                if name.kind != Kind::Name {
                    return self.mismatched("IDENTIFIER");
                }
                self.at += 1;
                return self.named(format!(".{}", name.text), &name.text);
            }
            Kind::Name => return self.named(token.text.clone(), &token.text),
            Kind::Sign(_) | Kind::Escaped | Kind::End => {
                self.at -= usize::from(token.kind != Kind::End);
                return self.mismatched(&format!("{{{BEGINS}}}"));
            }
        })
    }

    fn number(&mut self, token: &Token, negative: bool) -> Parsed {
        let text = if negative { format!("-{}", token.text) } else { token.text.clone() };
        let parsed = match token.kind {
            Kind::Float => text.parse().ok().map(Expression::Double),
            Kind::Uint => {
                let digits = text.trim_end_matches(['u', 'U']);
                let hex = digits.strip_prefix("0x").map(|hex| u64::from_str_radix(hex, 16));
                hex.unwrap_or_else(|| digits.parse()).ok().map(Expression::Uint)
            }
            _ => {
                let hex = text.replacen("0x", "", 1);
                let radix = if hex == text { 10 } else { 16 };
                i64::from_str_radix(&hex, radix).ok().map(Expression::Int)
            }
        };
        match (parsed, &token.kind) {
            (Some(number), _) => Ok(number),
            (None, Kind::Uint) => self.fail("invalid uint literal".to_owned()),
            (None, Kind::Float) => self.fail("invalid double literal".to_owned()),
            (None, _) => self.fail("invalid int literal".to_owned()),
        }
    }

    /// A name, a call, a macro that looks like one, or the begin of a message.
    fn named(&mut self, name: String, word: &str) -> Parsed {
        if RESERVED.contains(&word) {
            return self.fail(format!("reserved identifier: {word}"));
        }
        if self.accept("(") {
            let mut arguments = self.arguments()?;
            self.grow(0)?;
            if name == "has" && arguments.len() == 1 {
                return match arguments.pop() {
                    Some(Expression::Select(inner, field)) => Ok(Expression::Has(inner, field)),
                    _ => self.fail("invalid argument to has() macro".to_owned()),
                };
            }
            return Ok(Expression::Call(name, arguments));
        }
        let mut ahead = 0;
        let mut whole = name.clone();
        while matches!(self.peek(ahead).kind, Kind::Sign("."))
            && self.peek(ahead + 1).kind == Kind::Name
        {
            whole = format!("{whole}.{}", self.peek(ahead + 1).text);
            ahead += 2;
        }
        if matches!(self.peek(ahead).kind, Kind::Sign("{")) {
            self.at += ahead + 1;
            return self.message(whole);
        }
        Ok(Expression::Name(name))
    }

    fn list(&mut self) -> Parsed {
        let (mut elements, mut tallest) = (Vec::new(), 0);
        while !self.is("]") {
            if self.is(",") && matches!(self.peek(1).kind, Kind::Sign("]")) {
                self.at += 1;
                break;
            }
            if self.is("?") {
                return self.fail("unsupported syntax '?'".to_owned());
            }
            elements.push(self.expression()?);
            tallest = tallest.max(self.height);
            if !self.accept(",") && !self.is("]") {
                return self.mismatched("{']', ','}");
            }
        }
        self.require("]")?;
        self.grow(tallest)?;
        Ok(Expression::List(elements))
    }

    fn map(&mut self) -> Parsed {
        let (mut entries, mut tallest) = (Vec::new(), 0);
        while !self.is("}") {
            if self.is(",") && matches!(self.peek(1).kind, Kind::Sign("}")) {
                self.at += 1;
                break;
            }
            if self.is("?") {
                return self.fail("unsupported syntax '?'".to_owned());
            }
            let key = self.expression()?;
            tallest = tallest.max(self.height);
            self.require(":")?;
            entries.push((key, self.expression()?));
            tallest = tallest.max(self.height);
            if !self.accept(",") && !self.is("}") {
                return self.mismatched("{'}', ','}");
            }
        }
        self.require("}")?;
        self.grow(tallest)?;
        Ok(Expression::Map(entries))
    }

    fn message(&mut self, name: String) -> Parsed {
        let (mut fields, mut tallest) = (Vec::new(), 0);
        while !self.is("}") {
            if self.is(",") && matches!(self.peek(1).kind, Kind::Sign("}")) {
                self.at += 1;
                break;
            }
            let field = self.peek(0).clone();
            let field = match field.kind {
                Kind::Name => field.text,
                Kind::Escaped => field.text.trim_matches('`').to_owned(),
                _ => return self.mismatched("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"),
            };
            self.at += 1;
            self.require(":")?;
            fields.push((field, self.expression()?));
            tallest = tallest.max(self.height);
            if !self.accept(",") && !self.is("}") {
                return self.mismatched("{'}', ','}");
            }
        }
        self.require("}")?;
        self.grow(tallest)?;
        Ok(Expression::Message(name, fields))
    }
}

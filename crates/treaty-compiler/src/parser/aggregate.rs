//! Message literals: the text format, as the value of an option. — *Holds*: nesting is bounded.

use super::{MAX_LITERALS, Parse, Parser};
use crate::ast::{Aggregate, AggregateField, AggregateName, RawValue, SpannedValue};
use crate::compile::Places;
use crate::descriptor::Span;
use crate::lexer::TokenKind;

impl Parser<'_> {
    /// From `{` to `}`.
    pub(super) fn literal(&mut self) -> Parse<RawValue> {
        self.lexer.hash_comments = true;
        let aggregate = self.aggregate(0)?;
        Ok(RawValue::Message(aggregate))
    }

    fn nested(&mut self, depth: usize) -> Parse {
        if depth < MAX_LITERALS {
            return Ok(());
        }
        let help = format!("they nest at most {MAX_LITERALS} deep");
        self.report(self.current.span(), "message literals nest too deep", Some(&help));
        Err(super::Failed)
    }

    /// With its braces, or `<` and `>`. `depth` is how many are open around it.
    fn aggregate(&mut self, depth: usize) -> Parse<Aggregate> {
        let open = self.current;
        self.nested(depth)?;
        let has_braces = self.at(b'{');
        let close = if has_braces { b'}' } else { b'>' };
        self.braces += usize::from(has_braces);
        self.advance();
        let mut fields = Vec::new();
        while !self.at(close) {
            if self.at_end() || self.at_foreign_statement("literal") {
                self.braces = 0;
                let message = "this message literal is never closed";
                let help = format!("add a `{}`", char::from(close));
                self.report(open.span(), message, Some(&help));
                return Err(super::Failed);
            }
            if self.current.kind != TokenKind::Identifier && !self.at(b'[') {
                let what = format!("a field of the message, or `{}`", char::from(close));
                return Err(self.expected(&what, None));
            }
            fields.push(self.aggregate_field(depth)?);
            if self.at(b',') || self.at(b';') {
                self.advance();
            }
        }
        if depth == 0 {
            self.lexer.hash_comments = false;
        }
        self.braces -= usize::from(has_braces);
        self.advance();
        fields.shrink_to_fit();
        Ok(Aggregate { fields })
    }

    fn aggregate_field(&mut self, depth: usize) -> Parse<AggregateField> {
        let start = self.current.span().start;
        let name = if self.at(b'[') {
            self.bracketed_name()?
        } else {
            AggregateName::Field(self.identifier("a field of the message, or `}`")?.into())
        };
        let has_colon = self.try_symbol(b':');
        let is_nested = self.at(b'{') || self.at(b'<') || self.at(b'[');
        if !has_colon && !is_nested {
            let help = "a field is set as in `name: value`";
            return Err(self.expected("`:`", Some(help)));
        }
        let depth = depth + 1;
        let value = if self.at(b'[') { self.list(depth, has_colon)? } else { self.element(depth)? };
        let span = Span { start, end: self.previous.span().end };
        Ok(AggregateField { name, span, value })
    }

    /// `[pkg.extension]` or `[type.googleapis.com/pkg.Message]`
    fn bracketed_name(&mut self) -> Parse<AggregateName> {
        self.advance();
        let mut name = String::new();
        let mut slash = None;
        loop {
            match self.current.kind {
                TokenKind::Identifier => {}
                TokenKind::Symbol(b'/') if !name.is_empty() => slash = Some(name.len()),
                TokenKind::Symbol(b'.' | b'-') if !name.is_empty() => {}
                // Part of a host's name such as `v2.example.com`; no number of protobuf's.
                TokenKind::Integer if slash.is_none() => {}
                _ => break,
            }
            name.push_str(self.text_of(self.current));
            self.advance();
        }
        if name.is_empty() || name.ends_with(['.', '/']) {
            return Err(self.expected("the name of an extension, or the URL of a type", None));
        }
        self.symbol(b']')?;
        Ok(match slash {
            None => AggregateName::Extension(name.into()),
            Some(at) => {
                AggregateName::Any { url_prefix: name[..at].into(), message: name[at + 1..].into() }
            }
        })
    }

    /// Without a colon before it, only messages stand in it.
    fn list(&mut self, depth: usize, has_colon: bool) -> Parse<SpannedValue> {
        let start = self.current.span().start;
        let depth = depth + usize::from(self.places == Places::Buf);
        self.nested(depth - 1)?;
        self.advance();
        let mut values = Vec::new();
        while !self.at(b']') || !values.is_empty() {
            if !has_colon && !self.at(b'{') && !self.at(b'<') {
                return Err(
                    self.expected("`{`", Some("a list of other values has a `:` before it"))
                );
            }
            values.push(self.element(depth)?);
            if self.at(b']') {
                break;
            }
            if !self.try_symbol(b',') {
                return Err(self.expected("`,` or `]`", None));
            }
        }
        self.advance();
        let span = Span { start, end: self.previous.span().end };
        Ok(SpannedValue { value: RawValue::List(values), span })
    }

    /// Of a field or a list; `depth` is how many literals and lists are open around it.
    fn element(&mut self, depth: usize) -> Parse<SpannedValue> {
        let start = self.current.span().start;
        let value = if self.at(b'{') || self.at(b'<') {
            RawValue::Message(self.aggregate(depth)?)
        } else {
            self.scalar("a value")?
        };
        Ok(SpannedValue { value, span: Span { start, end: self.previous.span().end } })
    }
}

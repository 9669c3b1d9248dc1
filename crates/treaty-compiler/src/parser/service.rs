//! Services and methods.

use std::sync::Arc;

use super::suggestion::nearest;
use super::{Parse, Parser};
use crate::descriptor::{LocationId, Method, Options, Service, Step};
use crate::lexer::{Token, TokenKind};

impl Parser<'_> {
    pub(super) fn service(&mut self, location: LocationId) -> Parse<Service> {
        self.advance();
        let name = self.name(location, "a service name")?.into();
        let mut service = Service { name, ..Service::default() };
        let Some(open) = self.open_block(location) else { return Ok(service) };
        while self.in_block(open, "service") {
            let (first, mark) = (self.current, self.locations.mark());
            if self.service_statement(&mut service, location).is_err() {
                self.locations.forget(mark);
                self.recover(first);
            }
        }
        self.close(location);
        service.methods.shrink_to_fit();
        Ok(service)
    }

    fn service_statement(&mut self, service: &mut Service, location: LocationId) -> Parse {
        if self.at(b';') {
            self.finish(None);
            return Ok(());
        }
        if self.word() == "option" {
            let inner = self.open(location, Step::Field(3));
            return self.option_statement(&mut service.options, inner);
        }
        if self.word() != "rpc" && !self.means_rpc() {
            let help =
                "a service holds methods, as in `rpc Get(GetRequest) returns (GetResponse);`";
            return Err(self.expected_statement("`rpc` or `option`", help));
        }
        let inner = self.open(location, Step::Element(2, service.methods.len()));
        let method = self.method(inner)?;
        service.methods.push(method);
        Ok(())
    }

    /// Whether somebody slipped in writing `rpc`; it is then read as such.
    fn means_rpc(&mut self) -> bool {
        let word = self.word();
        let means = nearest(word, &["rpc", "option"]) == Some("rpc")
            && self.ahead().next().is_some_and(|next| next.kind == TokenKind::Identifier);
        if means {
            let span = self.current.span();
            self.report(span, format!("`{word}` is no statement"), Some("did you mean `rpc`?"));
        }
        means
    }

    fn method(&mut self, location: LocationId) -> Parse<Method> {
        self.advance();
        let name = self.name(location, "a method name")?.into();
        let (client_streaming, input) = self.method_type(location, 5, 2)?;
        if !self.try_word("returns") {
            return Err(self.expected("`returns`", Some("write `returns (Response)`")));
        }
        let (server_streaming, output) = self.method_type(location, 6, 3)?;
        let mut options = None;
        if self.at(b'{') {
            let open = self.current;
            self.finish(Some(location));
            // Braces give a method options, even where there are none in them.
            options = Some(Box::default());
            self.method_options(&mut options, location, open);
        } else {
            self.semicolon(Some(location))?;
        }
        self.close(location);
        Ok(Method { name, input, output, client_streaming, server_streaming, options })
    }

    fn method_type(
        &mut self,
        location: LocationId,
        stream_field: u16,
        type_field: u16,
    ) -> Parse<(bool, Arc<str>)> {
        self.symbol(b'(')?;
        let token = self.current;
        // A message may be named `stream`, as buf has it.
        let is_name =
            || self.ahead().next().is_some_and(|next| next.kind == TokenKind::Symbol(b')'));
        let is_stream = self.word() == "stream" && !is_name();
        if is_stream {
            self.advance();
            self.locate(location, Step::Field(stream_field), token, token);
        }
        let inner = self.open(location, Step::Field(type_field));
        let name = self.type_name("a message")?;
        self.close(inner);
        self.symbol(b')')?;
        Ok((is_stream, name))
    }

    fn method_options(
        &mut self,
        options: &mut Option<Box<Options>>,
        location: LocationId,
        open: Token,
    ) {
        while self.in_block(open, "method") {
            if self.at(b';') {
                self.finish(None);
                continue;
            }
            let (first, mark) = (self.current, self.locations.mark());
            let inner = self.open(location, Step::Field(4));
            let result =
                match self.word() {
                    "option" => self.option_statement(options, inner),
                    _ => Err(self
                        .expected_statement("`option`", "only options stand in a method's braces")),
                };
            if result.is_err() {
                self.locations.forget(mark);
                self.recover(first);
            }
        }
    }
}

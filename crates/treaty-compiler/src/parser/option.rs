//! Options: statements and lists, their names, and what only looks like one.

use super::{Failed, MAX_NAME_PARTS, Parse, Parser};
use crate::ast::{NamePart, RawOption};
use crate::compile::Places;
use crate::descriptor::{Field, LocationId, Options, Span, Step};

impl Parser<'_> {
    /// `option name = value;`
    pub(super) fn option_statement(
        &mut self,
        options: &mut Option<Box<Options>>,
        outer: LocationId,
    ) -> Parse {
        let location = self.open_option(options.as_deref(), outer);
        self.advance();
        let option = self.assignment(location)?;
        self.semicolon(Some(location))?;
        self.close(location);
        self.close(outer);
        options.get_or_insert_default().add(option);
        Ok(())
    }

    fn open_option(&mut self, options: Option<&Options>, outer: LocationId) -> LocationId {
        let index = options.map_or(0, |options| options.raw.len());
        self.open(outer, Step::Element(999, index))
    }

    /// `[name = value, ...]`
    pub(super) fn option_list(
        &mut self,
        options: &mut Option<Box<Options>>,
        outer: LocationId,
    ) -> Parse {
        self.advance();
        loop {
            self.listed_option(options, outer)?;
            if !self.try_symbol(b',') {
                break;
            }
        }
        self.end_of_list()
    }

    fn listed_option(&mut self, options: &mut Option<Box<Options>>, outer: LocationId) -> Parse {
        let location = self.open_option(options.as_deref(), outer);
        let option = self.assignment(location)?;
        self.close(location);
        options.get_or_insert_default().add(option);
        Ok(())
    }

    fn end_of_list(&mut self) -> Parse {
        if self.try_symbol(b']') {
            return Ok(());
        }
        Err(self.expected("`,` or `]`", None))
    }

    /// The options of a field, and the default and the JSON name among them.
    pub(super) fn field_options(&mut self, field: &mut Field, location: LocationId) -> Parse {
        if !self.at(b'[') {
            return Ok(());
        }
        let inner = self.open(location, Step::Field(8));
        self.advance();
        loop {
            match self.word() {
                "default" => self.default_value(field, location)?,
                "json_name" => self.json_name(field, location)?,
                _ => self.listed_option(&mut field.options, inner)?,
            }
            if !self.try_symbol(b',') {
                break;
            }
        }
        self.end_of_list()?;
        self.close(inner);
        if self.places == Places::Buf && field.options.is_none() {
            self.locations.hide(inner);
        }
        Ok(())
    }

    fn json_name(&mut self, field: &mut Field, location: LocationId) -> Parse {
        let token = self.current;
        if field.json_name.is_some() {
            self.report(token.span(), "`json_name` is set a second time", None);
        }
        let inner = self.open(location, Step::Field(10));
        self.advance();
        self.symbol(b'=')?;
        let protoc = self.places == Places::Protoc;
        let of_value = protoc.then(|| self.open(inner, Step::Same));
        let name = self.utf8_string("a JSON name in quotes")?;
        of_value.into_iter().for_each(|of_value| self.close(of_value));
        self.close(inner);
        field.json_name = Some(name.into());
        Ok(())
    }

    /// `name = value`
    fn assignment(&mut self, location: LocationId) -> Parse<RawOption> {
        let mut name = vec![self.name_part()?];
        while self.try_symbol(b'.') {
            let part = self.name_part()?;
            if name.len() == MAX_NAME_PARTS {
                let help = format!("it has at most {MAX_NAME_PARTS}");
                self.report(part.span, "the name of an option has too many parts", Some(&help));
                return Err(Failed);
            }
            name.push(part);
        }
        if !self.at(b'=') {
            let help = "an option is set as in `deprecated = true`";
            return Err(self.expected("`=`", Some(help)));
        }
        self.advance();
        let start = self.current.span().start;
        let value = self.option_value()?;
        let value_span = Span { start, end: self.previous.span().end };
        name.shrink_to_fit();
        Ok(RawOption { name, value, value_span, location })
    }

    fn name_part(&mut self) -> Parse<NamePart> {
        let start = self.current.span().start;
        let is_extension = self.try_symbol(b'(');
        let text = if is_extension {
            let name = self.dotted_from("the name of an extension")?;
            self.symbol(b')')?;
            name.into()
        } else {
            self.identifier("the name of an option")?.into()
        };
        let span = Span { start, end: self.previous.span().end };
        Ok(NamePart { text, is_extension, span })
    }
}

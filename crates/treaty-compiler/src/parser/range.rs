//! `extensions` and `reserved`.

use super::{MAX_REPEATED_BYTES, Parse, Parser};
use crate::ast::RawOption;
use crate::compile::Places;
use crate::descriptor::{ExtensionRange, LocationId, Message, Options, Span, Step};
use crate::lexer::{Token, TokenKind};

/// Stands for `max` until the whole message is known.
pub(super) const MAX_SENTINEL: i32 = -1;

/// Whose numbers a range is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// From 0; the end is the number after the last.
    Fields,
    /// Negative ones too; the end is the last.
    Enum,
}

impl Parser<'_> {
    pub(super) fn extension_ranges(
        &mut self,
        message: &mut Message,
        location: LocationId,
    ) -> Parse {
        self.advance();
        let first = message.extension_ranges.len();
        let result = self.extension_range_list(message, location, first);
        if result.is_err() {
            message.extension_ranges.truncate(first);
        }
        result
    }

    fn extension_range_list(
        &mut self,
        message: &mut Message,
        location: LocationId,
        first: usize,
    ) -> Parse {
        loop {
            let step = Step::Index(message.extension_ranges.len());
            let (start, end) = self.range(location, step, Numbers::Fields)?;
            message.extension_ranges.push(ExtensionRange { start, end, options: None });
            if !self.try_symbol(b',') {
                break;
            }
        }
        if self.at(b'[') {
            self.range_options(&mut message.extension_ranges[first..], location, first)?;
        }
        self.semicolon(Some(location))?;
        self.close(location);
        if self.places == Places::Buf {
            // It gives the statement a place for each of its ranges.
            for _ in first + 1..message.extension_ranges.len() {
                self.locations.repeat_with_comments(location);
            }
        }
        Ok(())
    }

    /// The options of all ranges of a statement: the same for each, each with its locations.
    fn range_options(
        &mut self,
        ranges: &mut [ExtensionRange],
        location: LocationId,
        first: usize,
    ) -> Parse {
        let open = self.current;
        let of_range = self.locate(location, Step::Index(first), open, open);
        // The range itself has its entry already, so this one only gives the others their path.
        self.locations.hide(of_range);
        let of_options = self.open(of_range, Step::Field(3));
        let mut options = None;
        self.option_list(&mut options, of_options)?;
        self.close(of_options);
        let Some(options) = options else { return Ok(()) };
        let text = Span { start: open.span().start, end: self.previous.span().end };
        let bytes = (self.previous.end - open.start) as usize;
        if !self.may_repeat(bytes * (ranges.len() - 1), text) {
            return Ok(());
        }
        for (index, range) in ranges.iter_mut().enumerate() {
            let mut raw = options.raw.clone();
            if index > 0 {
                self.repeat_locations(&mut raw, location, first + index, of_options);
            }
            range.options = Some(Box::new(Options::from_raw(raw)));
        }
        Ok(())
    }

    /// Whether the file may have so much more of its options repeated; that it may not is told once.
    fn may_repeat(&mut self, bytes: usize, text: Span) -> bool {
        let before = self.repeated_bytes;
        self.repeated_bytes += bytes;
        if bytes == 0 || self.repeated_bytes <= MAX_REPEATED_BYTES {
            return true;
        }
        if before <= MAX_REPEATED_BYTES {
            let help =
                format!("at most {MAX_REPEATED_BYTES} bytes of options are repeated in a file");
            self.report(text, "these options are repeated for too many ranges", Some(&help));
        }
        false
    }

    fn repeat_locations(
        &mut self,
        raw: &mut [RawOption],
        location: LocationId,
        index: usize,
        of_options: LocationId,
    ) {
        let of_range = self.locations.repeat(of_options, location, Step::Index(index));
        self.locations.hide(of_range);
        let repeated = self.locations.repeat(of_options, of_range, Step::Field(3));
        for (index, option) in raw.iter_mut().enumerate() {
            let step = Step::Element(999, index);
            option.location = self.locations.repeat(option.location, repeated, step);
        }
    }

    /// `reserved` of a message.
    pub(super) fn reserved(
        &mut self,
        around: LocationId,
        names: &mut Vec<Box<str>>,
        ranges: &mut Vec<(i32, i32)>,
    ) -> Parse {
        self.reserved_of(around, (10, names), (9, ranges), Numbers::Fields)
    }

    /// `reserved` of an enum.
    pub(super) fn reserved_of_enum(
        &mut self,
        around: LocationId,
        names: &mut Vec<Box<str>>,
        ranges: &mut Vec<(i32, i32)>,
    ) -> Parse {
        self.reserved_of(around, (5, names), (4, ranges), Numbers::Enum)
    }

    fn reserved_of(
        &mut self,
        around: LocationId,
        (names_field, names): (u16, &mut Vec<Box<str>>),
        (ranges_field, ranges): (u16, &mut Vec<(i32, i32)>),
        numbers: Numbers,
    ) -> Parse {
        let first = self.current;
        self.advance();
        if matches!(self.current.kind, TokenKind::String | TokenKind::Identifier) {
            return self.reserved_names(around, names_field, names, first);
        }
        let location = self.open_at(around, Step::Field(ranges_field), first);
        self.hide_repeated(location, ranges.is_empty());
        loop {
            let range = self.range(location, Step::Index(ranges.len()), numbers)?;
            ranges.push(range);
            if !self.try_symbol(b',') {
                break;
            }
        }
        self.semicolon(Some(location))?;
        self.close(location);
        Ok(())
    }

    /// Of several such statements, buf gives the first a place.
    fn hide_repeated(&mut self, statement: LocationId, is_first: bool) {
        if self.places == Places::Buf && !is_first {
            self.locations.hide(statement);
        }
    }

    fn reserved_names(
        &mut self,
        around: LocationId,
        field: u16,
        names: &mut Vec<Box<str>>,
        first: Token,
    ) -> Parse {
        let location = self.open_at(around, Step::Field(field), first);
        self.hide_repeated(location, names.is_empty());
        let mut is_told = false;
        loop {
            let inner = self.open(location, Step::Index(names.len()));
            let is_text = self.current.kind == TokenKind::String;
            let token = self.current;
            let name = if is_text {
                self.utf8_string("a reserved name")?
            } else {
                self.identifier("a reserved name")?.to_owned()
            };
            self.close(inner);
            if is_text == self.syntax.is_editions() && !self.is_syntax_unknown && !is_told {
                is_told = true;
                let (message, help) = if is_text {
                    ("editions reserve names without quotes", format!("write `reserved {name};`"))
                } else {
                    let help = format!("write `reserved \"{name}\";`");
                    ("only editions reserve names without quotes", help)
                };
                self.report(token.span(), message, Some(&help));
            }
            names.push(name.into());
            if !self.try_symbol(b',') {
                break;
            }
        }
        self.semicolon(Some(location))?;
        self.close(location);
        Ok(())
    }

    /// `5`, `5 to 7` or `5 to max`.
    fn range(&mut self, parent: LocationId, step: Step, numbers: Numbers) -> Parse<(i32, i32)> {
        let location = self.open(parent, step);
        let first = self.current;
        let start = self.bound(numbers)?;
        self.locate(location, Step::Field(1), first, self.previous);
        let end = if self.try_word("to") {
            let of_end = self.open(location, Step::Field(2));
            let end = if self.try_word("max") { None } else { Some(self.bound(numbers)?) };
            self.close(of_end);
            end
        } else {
            // A single number is start and end. Of a negative one protoc marks the sign alone.
            let last = if self.places == Places::Buf { self.previous } else { first };
            self.locate(location, Step::Field(2), first, last);
            Some(start)
        };
        self.close(location);
        Ok(match (numbers, end) {
            (Numbers::Fields, Some(end)) => (start, end + 1),
            (Numbers::Fields, None) => (start, MAX_SENTINEL),
            (Numbers::Enum, end) => (start, end.unwrap_or(i32::MAX)),
        })
    }

    fn bound(&mut self, numbers: Numbers) -> Parse<i32> {
        if numbers == Numbers::Enum {
            return self.signed_integer("a number of an enum's value");
        }
        let token = self.current;
        let bound = self.integer("a field number")?;
        if bound == i32::MAX {
            let help = "the largest field number is 536870911, also written `max`";
            self.report(token.span(), format!("{bound} is no field number"), Some(help));
            return Err(super::Failed);
        }
        Ok(bound)
    }
}

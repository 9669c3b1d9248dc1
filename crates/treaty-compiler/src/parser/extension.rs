//! `extend` blocks.

use super::field::{Around, Holder};
use super::{Parse, Parser};
use crate::descriptor::{Field, LocationId, Message, Step};

impl Parser<'_> {
    pub(super) fn extend(
        &mut self,
        extensions: &mut Vec<Field>,
        messages: &mut Vec<Message>,
        around: Around,
        location: LocationId,
    ) -> Parse {
        self.advance();
        let first = self.current;
        let extendee = self.type_name("the message to extend")?;
        let last = self.previous;
        let Some(open) = self.open_block(location) else { return Ok(()) };
        if self.at(b'}') {
            let span = self.current.span();
            let help = "add one, or remove the block";
            self.report(span, "an `extend` block has at least one field", Some(help));
        }
        while self.in_block(open, "`extend` block") {
            // protoc refuses empty statements here, buf does not.
            if self.at(b';') {
                self.finish(None);
                continue;
            }
            let (start, mark) = (self.current, self.locations.mark());
            let inner = self.open(location, Step::Index(extensions.len()));
            self.locate(inner, Step::Field(2), first, last);
            let mut field = Field { extendee: Some(extendee.clone()), ..Field::default() };
            if self.field(&mut field, Holder::Extend, messages, around, inner).is_ok() {
                extensions.push(field);
            } else {
                self.locations.forget(mark);
                self.recover(start);
            }
        }
        self.close(location);
        Ok(())
    }
}

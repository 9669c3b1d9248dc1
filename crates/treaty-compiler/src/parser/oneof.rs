//! Oneofs.

use super::field::Holder;
use super::{Parse, Parser};
use crate::descriptor::{Field, LocationId, Message, Oneof, Step};

impl Parser<'_> {
    pub(super) fn oneof(&mut self, message: &mut Message, around: LocationId) -> Parse {
        let index = message.oneofs.len();
        let location = self.open(around, Step::Element(8, index));
        self.advance();
        let name = self.name(location, "a oneof name")?.into();
        message.oneofs.push(Oneof { name, options: None });
        let Some(open) = self.open_block(location) else { return Ok(()) };
        while self.in_block(open, "oneof") {
            let (first, mark) = (self.current, self.locations.mark());
            if self.oneof_statement(message, around, location, index).is_err() {
                self.locations.forget(mark);
                self.recover(first);
            }
        }
        self.close(location);
        Ok(())
    }

    fn oneof_statement(
        &mut self,
        message: &mut Message,
        around: LocationId,
        location: LocationId,
        index: usize,
    ) -> Parse {
        // protoc refuses empty statements here, buf does not.
        if self.at(b';') {
            self.finish(None);
            return Ok(());
        }
        if self.word() == "option" && !self.is_type() {
            let inner = self.open(location, Step::Field(2));
            return self.option_statement(&mut message.oneofs[index].options, inner);
        }
        // The location begins behind a label, which cannot be here and has been reported then.
        let mut field = Field::default();
        let inner = self.open(around, Step::Element(2, message.fields.len()));
        let holder = Holder::Oneof(index as u32);
        self.field(&mut field, holder, &mut message.messages, (around, 3), inner)?;
        message.fields.push(field);
        Ok(())
    }
}

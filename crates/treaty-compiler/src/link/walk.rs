//! Visits every options message of a file. — *Holds*: both walks go in the same order, so that what one
//! finds the other can set.

use crate::Holder;
use crate::descriptor::{Enum, Field, File, Message, Options};

/// Where an options message stands.
pub(crate) struct Site<'a> {
    pub(crate) holder: Holder,
    /// The innermost scope that extension names are looked up in.
    pub(crate) scope: &'a str,
    /// From the file down to the element, without the number of its options.
    pub(crate) path: &'a [i32],
}

/// The number of `options` in the element's descriptor.
pub(crate) fn options_number(holder: Holder) -> i32 {
    match holder {
        Holder::File | Holder::Field => 8,
        Holder::Message => 7,
        Holder::Oneof => 2,
        Holder::Method => 4,
        Holder::ExtensionRange | Holder::Enum | Holder::EnumValue | Holder::Service => 3,
    }
}

type Visit<'v> = dyn FnMut(&Site<'_>, &Options) + 'v;

struct Walk<'v> {
    path: Vec<i32>,
    visit: &'v mut Visit<'v>,
}

/// Every options message of the file.
pub(crate) fn visit(file: &File, visit: &mut Visit<'_>) {
    // The closure is borrowed anew, as a trait object's lifetime does not shrink behind `&mut`.
    let mut again = |site: &Site<'_>, options: &Options| visit(site, options);
    let mut walk = Walk { path: Vec::new(), visit: &mut again };
    walk.site(Holder::File, &file.package, file.options.as_deref());
    for (index, message) in (0..).zip(&file.messages) {
        walk.under(4, index, |walk| walk.message(&file.package, message));
    }
    for (index, one) in (0..).zip(&file.enums) {
        walk.under(5, index, |walk| walk.enumeration(&file.package, one));
    }
    for (index, service) in (0..).zip(&file.services) {
        walk.under(6, index, |walk| {
            walk.site(Holder::Service, &file.package, service.options.as_deref());
            for (index, method) in (0..).zip(&service.methods) {
                walk.under(2, index, |walk| {
                    walk.site(Holder::Method, &service.full_name, method.options.as_deref());
                });
            }
        });
    }
    walk.fields(7, &file.package, &file.extensions);
}

impl Walk<'_> {
    fn under(&mut self, number: i32, index: i32, go: impl FnOnce(&mut Self)) {
        self.path.extend([number, index]);
        go(self);
        self.path.truncate(self.path.len() - 2);
    }

    fn site(&mut self, holder: Holder, scope: &str, options: Option<&Options>) {
        if let Some(options) = options {
            (self.visit)(&Site { holder, scope, path: &self.path }, options);
        }
    }

    fn fields(&mut self, number: i32, scope: &str, fields: &[Field]) {
        for (index, field) in (0..).zip(fields) {
            if field.options.is_some() {
                self.under(number, index, |walk| {
                    walk.site(Holder::Field, scope, field.options.as_deref());
                });
            }
        }
    }

    fn message(&mut self, scope: &str, message: &Message) {
        self.site(Holder::Message, scope, message.options.as_deref());
        self.fields(2, &message.full_name, &message.fields);
        for (index, one) in (0..).zip(&message.messages) {
            self.under(3, index, |walk| walk.message(&message.full_name, one));
        }
        for (index, one) in (0..).zip(&message.enums) {
            self.under(4, index, |walk| walk.enumeration(&message.full_name, one));
        }
        for (index, range) in (0..).zip(&message.extension_ranges) {
            self.under(5, index, |walk| {
                walk.site(Holder::ExtensionRange, scope, range.options.as_deref());
            });
        }
        self.fields(6, &message.full_name, &message.extensions);
        for (index, one) in (0..).zip(&message.oneofs) {
            self.under(8, index, |walk| {
                walk.site(Holder::Oneof, &message.full_name, one.options.as_deref());
            });
        }
    }

    fn enumeration(&mut self, scope: &str, one: &Enum) {
        self.site(Holder::Enum, scope, one.options.as_deref());
        for (index, value) in (0..).zip(&one.values) {
            if value.options.is_some() {
                self.under(2, index, |walk| {
                    walk.site(Holder::EnumValue, scope, value.options.as_deref());
                });
            }
        }
    }
}

type VisitMut<'v> = dyn FnMut(&mut Option<Box<Options>>) + 'v;

/// Every options message of the file, to change or to take away.
pub(crate) fn visit_mut(file: &mut File, visit: &mut VisitMut<'_>) {
    // The closure is borrowed anew, as a trait object's lifetime does not shrink behind `&mut`.
    let visit = &mut |options: &mut Option<Box<Options>>| {
        if options.is_some() {
            visit(options);
        }
    };
    visit(&mut file.options);
    file.messages.iter_mut().for_each(|one| message_mut(one, visit));
    file.enums.iter_mut().for_each(|one| enumeration_mut(one, visit));
    for service in &mut file.services {
        visit(&mut service.options);
        service.methods.iter_mut().for_each(|method| visit(&mut method.options));
    }
    file.extensions.iter_mut().for_each(|field| visit(&mut field.options));
}

fn message_mut(message: &mut Message, visit: &mut VisitMut<'_>) {
    visit(&mut message.options);
    message.fields.iter_mut().for_each(|field| visit(&mut field.options));
    message.messages.iter_mut().for_each(|one| message_mut(one, visit));
    message.enums.iter_mut().for_each(|one| enumeration_mut(one, visit));
    message.extension_ranges.iter_mut().for_each(|range| visit(&mut range.options));
    message.extensions.iter_mut().for_each(|field| visit(&mut field.options));
    message.oneofs.iter_mut().for_each(|oneof| visit(&mut oneof.options));
}

fn enumeration_mut(one: &mut Enum, visit: &mut VisitMut<'_>) {
    visit(&mut one.options);
    one.values.iter_mut().for_each(|value| visit(&mut value.options));
}

//! The own files as lint rules walk them: flat lists of elements that know the way up. — *Does not*
//! copy or judge. — *Holds*: elements stand in the order of the source, outer messages before inner.

use treaty_compiler::descriptor::{
    self, Enum, EnumValue, Field, File, Message, Method, Oneof, Options, Service,
};
use treaty_compiler::{Features, Holder};

use super::LintOptions;
use crate::Descriptors;

/// What all rules are given.
pub(crate) struct View<'d> {
    pub(crate) descriptors: &'d Descriptors,
    pub(crate) options: &'d LintOptions<'d>,
    /// Own files, by name.
    pub(crate) files: Vec<FileView<'d>>,
}

impl<'d> View<'d> {
    pub(super) fn new(descriptors: &'d Descriptors, options: &'d LintOptions<'d>) -> Self {
        let own = descriptors.own().filter_map(|name| descriptors.file(name));
        let files = own.map(|file| FileView::new(file)).collect();
        Self { descriptors, options, files }
    }
}

/// An own file.
pub(crate) struct FileView<'d> {
    pub(crate) proto: &'d File,
    pub(crate) messages: Vec<At<'d, Message>>,
    pub(crate) enums: Vec<At<'d, Enum>>,
    /// Fields and extensions of messages, then the file's extensions.
    pub(crate) fields: Vec<At<'d, Field>>,
}

/// An element and where it stands: in which of the file's messages, if in any.
pub(crate) struct At<'d, T> {
    pub(crate) proto: &'d T,
    pub(crate) parent: Option<usize>,
    /// Its field number in the descriptor around it, and its index there.
    step: [i32; 2],
}

impl<'d> FileView<'d> {
    fn new(proto: &'d File) -> Self {
        let mut view = Self { proto, messages: Vec::new(), enums: Vec::new(), fields: Vec::new() };
        view.add_messages(&proto.messages, None, 4);
        view.add_enums(&proto.enums, None, 5);
        view.add_fields(&proto.extensions, None, 7);
        view
    }

    /// Decoding bounds how deep messages nest.
    fn add_messages(&mut self, messages: &'d [Message], parent: Option<usize>, number: i32) {
        for (index, proto) in (0..).zip(messages) {
            self.messages.push(At { proto, parent, step: [number, index] });
            let this = Some(self.messages.len() - 1);
            self.add_fields(&proto.fields, this, 2);
            self.add_fields(&proto.extensions, this, 6);
            self.add_enums(&proto.enums, this, 4);
            self.add_messages(&proto.messages, this, 3);
        }
    }

    fn add_enums(&mut self, enums: &'d [Enum], parent: Option<usize>, number: i32) {
        let at = |(index, proto)| At { proto, parent, step: [number, index] };
        self.enums.extend((0..).zip(enums).map(at));
    }

    fn add_fields(&mut self, fields: &'d [Field], parent: Option<usize>, number: i32) {
        let at = |(index, proto)| At { proto, parent, step: [number, index] };
        self.fields.extend((0..).zip(fields).map(at));
    }

    pub(crate) fn path<T>(&self, at: &At<'d, T>) -> Vec<i32> {
        let mut steps = vec![at.step];
        let mut parent = at.parent;
        while let Some(message) = parent.and_then(|index| self.messages.get(index)) {
            steps.push(message.step);
            parent = message.parent;
        }
        steps.iter().rev().flatten().copied().collect()
    }

    /// The path of a part of an element.
    pub(crate) fn part<T>(&self, at: &At<'d, T>, part: &[i32]) -> Vec<i32> {
        let mut path = self.path(at);
        path.extend_from_slice(part);
        path
    }

    /// The message that an element is in.
    pub(crate) fn message<T>(&self, at: &At<'d, T>) -> Option<&At<'d, Message>> {
        self.messages.get(at.parent?)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = (&At<'d, Enum>, i32, &'d EnumValue)> {
        self.enums.iter().flat_map(|at| {
            (0..).zip(&at.proto.values).map(move |(index, value)| (at, index, value))
        })
    }

    /// Without those that stand for a proto3 `optional`.
    pub(crate) fn oneofs(&self) -> impl Iterator<Item = (&At<'d, Message>, i32, &'d Oneof)> {
        let declared = |at: &At<'d, Message>, index: u32| {
            let mut inside = at.proto.fields.iter().filter(|one| one.oneof_index == Some(index));
            !inside.any(|field| field.proto3_optional)
        };
        self.messages.iter().flat_map(move |at| {
            let oneofs = (0_u32..).zip(&at.proto.oneofs);
            let oneofs = oneofs.filter(move |(index, _)| declared(at, *index));
            oneofs.map(move |(index, oneof)| (at, index as i32, oneof))
        })
    }

    pub(crate) fn services(&self) -> impl Iterator<Item = (i32, &'d Service)> {
        (0..).zip(&self.proto.services)
    }

    /// Every method with its path.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (&'d Service, &'d Method, [i32; 4])> {
        self.services().flat_map(|(index, service)| {
            let methods = (0..).zip(&service.methods);
            methods.map(move |(at, method)| (service, method, [6, index, 2, at]))
        })
    }

    pub(crate) fn options(&self) -> Option<&'d Options> {
        self.proto.options.as_deref()
    }

    /// The directory, `.` for the root.
    pub(crate) fn directory(&self) -> &'d str {
        self.proto.name.rsplit_once('/').map_or(".", |(directory, _)| directory)
    }

    /// The features of a field or extension.
    pub(crate) fn features(&self, at: &At<'d, Field>) -> Features {
        let mut messages = Vec::new();
        let mut parent = at.parent;
        while let Some(message) = parent.and_then(|index| self.messages.get(index)) {
            messages.push(message.proto);
            parent = message.parent;
        }
        let file = Features::of(self.proto.syntax).below(self.options(), Holder::File);
        let below = |outer: Features, message: &&Message| {
            outer.below(message.options.as_deref(), Holder::Message)
        };
        let around = messages.iter().rev().fold(file, below);
        let oneof = self.oneof(at).and_then(|oneof| oneof.options.as_deref());
        around.below(oneof, Holder::Oneof).below(at.proto.options.as_deref(), Holder::Field)
    }

    /// The declared oneof that a field is in.
    pub(crate) fn oneof(&self, at: &At<'d, Field>) -> Option<&'d Oneof> {
        if at.proto.proto3_optional || at.proto.extendee.is_some() {
            return None;
        }
        let index = usize::try_from(at.proto.oneof_index?).ok()?;
        self.message(at)?.proto.oneofs.get(index)
    }
}

/// Whether a message stands for the entry of a map.
pub(crate) fn is_map_entry(message: &Message) -> bool {
    message.options.as_deref().is_some_and(|options| options.flag(7))
}

/// A name without its leading dot.
pub(crate) fn bare(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

/// The full name of a field or extension.
pub(crate) fn field_name(file: &FileView<'_>, at: &At<'_, descriptor::Field>) -> String {
    if at.proto.extendee.is_some() {
        return at.proto.full_name.to_string();
    }
    let message = at.parent.and_then(|index| file.messages.get(index));
    message.map_or_else(String::new, |one| format!("{}.{}", one.proto.full_name, at.proto.name))
}

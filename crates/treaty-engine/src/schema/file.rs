//! An own file: its descriptor, and where everything stands in it.

use std::collections::HashMap;
use std::sync::OnceLock;

use treaty_compiler::descriptor::{File, Options, Syntax};

use super::Span;
use crate::Subject;

/// An own file.
#[derive(Debug)]
pub(crate) struct SourceFile<'d> {
    pub(crate) proto: &'d File,
    pub(crate) name: &'d str,
    pub(crate) package: &'d str,
    pub(crate) syntax: &'static str,
    /// Filled when the first finding asks; most files have none.
    spans: OnceLock<HashMap<Box<[i32]>, Span>>,
}

impl<'d> SourceFile<'d> {
    pub(crate) fn new(proto: &'d File) -> Self {
        let syntax = match proto.syntax {
            Syntax::Proto2 => "proto2",
            Syntax::Proto3 => "proto3",
            Syntax::Edition(_) => "editions",
        };
        let spans = OnceLock::new();
        Self { proto, name: &proto.name, package: &proto.package, syntax, spans }
    }

    pub(crate) fn subject(&self) -> Subject {
        Subject::File(self.name.to_owned())
    }

    pub(crate) fn options(&self) -> Option<&'d Options> {
        self.proto.options.as_deref()
    }

    /// Where an element stands, if it is written in the source.
    pub(crate) fn span(&self, path: &[i32]) -> Option<Span> {
        let spans = self.spans.get_or_init(|| {
            let mut spans = HashMap::new();
            self.proto.locations.each_span(|path, span| {
                spans.entry(path.into()).or_insert_with(|| span.into());
            });
            spans
        });
        spans.get(path).copied()
    }
}

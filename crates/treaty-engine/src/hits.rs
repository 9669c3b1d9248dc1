//! Collects what rules find, before anyone has judged it.

use crate::Subject;
use crate::schema::{Place, Schema, Span};

/// Where a hit is shown in the new version.
#[derive(Debug, Clone)]
pub(crate) enum At<'d> {
    /// The first of these that the source has: the token at fault, then what is around it.
    Places(Vec<Place<'d>>),
    /// A file as a whole.
    File(String),
    /// Nowhere: what it stood in is gone.
    Gone,
}

impl<'d> At<'d> {
    pub(crate) fn place(place: &Place<'d>) -> Self {
        Self::Places(vec![place.clone()])
    }

    /// A part of an element, such as its type or an option.
    pub(crate) fn part(place: &Place<'d>, part: &[i32]) -> Self {
        Self::Places(vec![place.part(part)])
    }

    /// A part of an element, or the element itself where the part is not written.
    pub(crate) fn part_or_whole(place: &Place<'d>, part: &[i32]) -> Self {
        Self::Places(vec![place.part(part), place.clone()])
    }

    /// A statement of a file, such as its package.
    pub(crate) fn token(file: &'d str, path: &[i32]) -> Self {
        Self::Places(vec![Place::new(file, path)])
    }

    /// File and span; the old file's name where the place is gone, which the flag tells.
    pub(crate) fn resolve(&self, new: &Schema<'_>, old_file: &str) -> (String, Span, bool) {
        match self {
            Self::Places(places) => {
                let span =
                    places.iter().find_map(|place| new.files.get(place.file)?.span(&place.path));
                let file = places.first().map_or(old_file, |place| place.file);
                (file.to_owned(), span.unwrap_or(Span::FILE), false)
            }
            Self::File(file) => (file.clone(), Span::FILE, false),
            Self::Gone => (old_file.to_owned(), Span::FILE, true),
        }
    }
}

/// One thing that a rule found.
#[derive(Debug)]
pub(crate) struct Hit<'d> {
    pub(crate) subject: Subject,
    pub(crate) at: At<'d>,
    /// The old version's file.
    pub(crate) old_file: String,
    pub(crate) message: String,
}

/// What one rule found.
#[derive(Debug, Default)]
pub(crate) struct Hits<'d>(pub(crate) Vec<Hit<'d>>);

impl<'d> Hits<'d> {
    pub(crate) fn add(&mut self, subject: Subject, at: At<'d>, old_file: &str, message: String) {
        self.0.push(Hit { subject, at, old_file: old_file.to_owned(), message });
    }
}

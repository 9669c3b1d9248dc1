//! Collects what rules find, before anyone has judged it.

use crate::Subject;
use crate::schema::{Place, Schema, Span};

/// Where a hit is shown in the new version.
#[derive(Debug, Clone)]
pub(crate) enum At {
    /// The first of these that the source has: the token at fault, then what is around it.
    Places(Vec<Place>),
    /// A file as a whole.
    File(String),
    /// Nowhere: what it stood in is gone.
    Gone,
}

impl At {
    pub(crate) fn place(place: &Place) -> Self {
        Self::Places(vec![place.clone()])
    }

    /// A part of an element, such as its type or an option.
    pub(crate) fn part(place: &Place, part: &[i32]) -> Self {
        Self::Places(vec![place.part(part)])
    }

    /// A part of an element, or the element itself where the part is not written.
    pub(crate) fn part_or_whole(place: &Place, part: &[i32]) -> Self {
        Self::Places(vec![place.part(part), place.clone()])
    }

    /// A statement of a file, such as its package.
    pub(crate) fn token(file: &str, path: &[i32]) -> Self {
        Self::Places(vec![Place { file: file.to_owned(), path: path.to_vec() }])
    }

    /// File and span; the old file's name where the place is gone, which the flag tells.
    pub(crate) fn resolve(&self, new: &Schema, old_file: &str) -> (String, Span, bool) {
        match self {
            Self::Places(places) => {
                let span = places
                    .iter()
                    .find_map(|place| new.files.get(&place.file)?.spans.get(&place.path).copied());
                let file = places.first().map_or(old_file, |place| &place.file);
                (file.to_owned(), span.unwrap_or(Span::FILE), false)
            }
            Self::File(file) => (file.clone(), Span::FILE, false),
            Self::Gone => (old_file.to_owned(), Span::FILE, true),
        }
    }
}

/// One thing that a rule found.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) subject: Subject,
    pub(crate) at: At,
    /// The old version's file.
    pub(crate) old_file: String,
    pub(crate) message: String,
}

/// What one rule found.
#[derive(Debug, Default)]
pub(crate) struct Hits(pub(crate) Vec<Hit>);

impl Hits {
    pub(crate) fn add(&mut self, subject: Subject, at: At, old_file: &str, message: String) {
        self.0.push(Hit { subject, at, old_file: old_file.to_owned(), message });
    }
}
